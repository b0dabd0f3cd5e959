/* opt.c - the command line, by the option table */
#include "common/opt.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "common/out.h"

#define LONG_BASE 256 /* getopt's value of row i is LONG_BASE + i */
#define NAME_SIZE 32
#define ERR_MAX	  1024

static bool takes_argument(const struct opt *o)
{
	return o->arg != NULL;
}

static bool is_optional(const struct opt *o)
{
	return o->type == OPT_COLOR;
}

/* The table in getopt's words. */
struct getopt_tables {
	char letters[3 * OPT_ROWS_MAX + 2];
	struct option longs[OPT_ROWS_MAX + 1];
};

static void make_tables(struct getopt_tables *t, const struct program *p)
{
	char *s = t->letters;

	assert(p->n_opts <= OPT_ROWS_MAX);
	memset(t, 0, sizeof *t);
	*s++ = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < p->n_opts; i++) {
		const struct opt *o = &p->opts[i];
		struct option *l = &t->longs[i];

		l->name = o->name;
		l->val = LONG_BASE + (int)i;
		l->has_arg = !takes_argument(o) ? no_argument
			     : is_optional(o)	? optional_argument
						: required_argument;
		if (!o->letter)
			continue;
		*s++ = o->letter;
		for (int colons = l->has_arg; colons > 0; colons--)
			*s++ = ':';
	}
}

/* The row of a value that getopt returned, or NULL. */
static const struct opt *row_of(const struct program *p, int value)
{
	if (value >= LONG_BASE)
		return &p->opts[value - LONG_BASE];
	for (size_t i = 0; i < p->n_opts; i++)
		if (value && p->opts[i].letter == value)
			return &p->opts[i];
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be changed, added, or left out to make b of a. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[NAME_SIZE + 1], len = strlen(b);

	if (len > NAME_SIZE)
		return len;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0]++;

		for (size_t j = 1; j <= len; j++) {
			size_t change = diagonal + (a[i] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, 1 + least(row[j], row[j - 1]));
		}
	}
	return row[len];
}

static const struct opt *nearest(const struct program *p, const char *name)
{
	const struct opt *best = NULL;
	size_t limit = strlen(name) / 3 + 1;

	for (size_t i = 0; i < p->n_opts; i++) {
		size_t d = edit_distance(name, p->opts[i].name);

		if (d <= limit) {
			best = &p->opts[i];
			limit = d - (d > 0);
		}
	}
	return best;
}

/* "--rate or --range": the options that the shortened name may mean. */
static size_t list_candidates(char *buf, size_t size, const struct program *p, const char *name)
{
	size_t n = 0, len = 0;

	for (size_t i = 0; i < p->n_opts; i++) {
		if (strncmp(p->opts[i].name, name, strlen(name)) != 0 || len >= size)
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%s--%s", n++ ? " or " : "",
					p->opts[i].name);
	}
	return n;
}

/* word: "--nam=value" that getopt found unknown or ambiguous. */
static int bad_long(const struct program *p, const char *word)
{
	char name[NAME_SIZE], list[ERR_MAX];
	const struct opt *o;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	if (list_candidates(list, sizeof list, p, name) > 1)
		return usage_error(NULL, "--%s may mean %s; write more of it", name, list);
	o = nearest(p, name);
	if (o)
		return usage_error(NULL, "no option --%s; did you mean --%s?", name, o->name);
	return usage_error(NULL, "no option --%s; see %s --help", name, p->name);
}

static int bad_option(const struct program *p, const char *word)
{
	const struct opt *o = row_of(p, optopt);

	if (o && !takes_argument(o))
		return usage_error(NULL, "--%s takes no value; leave it out", o->name);
	if (optopt)
		return usage_error(NULL, "no option -%c; see %s --help", optopt, p->name);
	return bad_long(p, word);
}

static int missing_argument(const struct program *p)
{
	const struct opt *o = row_of(p, optopt);

	assert(o && "getopt knows what needs a value");
	return usage_error(NULL, "--%s needs a value; write --%s %s", o->name, o->name, o->arg);
}

static int show_help(const struct program *p)
{
	opt_help(p, stdout);
	if (ferror(stdout))
		out_note_error(errno);
	return out_finish(EXIT_TRUE);
}

static int show_version(const struct program *p)
{
	out_printf("%s (mctools) %s\n", p->name, mc_version());
	return out_finish(EXIT_TRUE);
}

static int take(const struct opt *o, void *config, struct opt_args *args)
{
	char err[ERR_MAX], where[NAME_SIZE + 2];
	int rc;

	assert(o && "getopt knows the options");
	if (o->type == OPT_HELP)
		return show_help(args->program);
	if (o->type == OPT_VERSION)
		return show_version(args->program);
	args->seen[o - args->program->opts] = true;
	rc = opt_value(o, (char *)config + o->offset, optarg, err, sizeof err);
	if (rc == 0)
		return OPT_RUN;
	snprintf(where, sizeof where, "--%s", o->name);
	usage_error(where, "%s", err);
	return rc == -ENOMEM ? EXIT_ENV : EXIT_USAGE;
}

static int take_all(const struct getopt_tables *t, int argc, char **argv, void *config,
		    struct opt_args *args)
{
	int value, status = OPT_RUN;

	opterr = 0;
	optind = 0; /* glibc and musl: start anew */
	while (status == OPT_RUN) {
		value = getopt_long(argc, argv, t->letters, t->longs, NULL);
		if (value == -1)
			break;
		if (value == '?')
			status = bad_option(args->program, argv[optind - 1]);
		else if (value == ':')
			status = missing_argument(args->program);
		else
			status = take(row_of(args->program, value), config, args);
	}
	args->v = argv + optind;
	args->n = argc - optind;
	return status;
}

static enum color_when color_asked(const struct program *p, const void *config)
{
	for (size_t i = 0; i < p->n_opts; i++)
		if (p->opts[i].type == OPT_COLOR)
			return *(const enum color_when *)((const char *)config + p->opts[i].offset);
	return COLOR_AUTO;
}

int opt_parse(const struct program *p, int argc, char **argv, void *config, struct opt_args *args)
{
	struct getopt_tables t;
	int status;

	out_init(p->name);
	memset(args, 0, sizeof *args);
	args->program = p;
	make_tables(&t, p);
	status = take_all(&t, argc, argv, config, args);
	if (status == OPT_RUN && args->n > 0 && !p->operands)
		status = usage_error(NULL,
				     "'%s' is not an option, and nothing else is taken; "
				     "see %s --help",
				     args->v[0], p->name);
	if (status != OPT_RUN)
		opt_free(p, config);
	else
		out_color_init(color_asked(p, config));
	return status;
}

void opt_free(const struct program *p, void *config)
{
	for (size_t i = 0; i < p->n_opts; i++) {
		struct opt_list *l;

		if (p->opts[i].type != OPT_LIST)
			continue;
		l = (struct opt_list *)((char *)config + p->opts[i].offset);
		free(l->v);
		l->v = NULL;
		l->n = 0;
	}
}

bool opt_given(const struct opt_args *args, const char *name)
{
	for (size_t i = 0; i < args->program->n_opts; i++)
		if (strcmp(args->program->opts[i].name, name) == 0)
			return args->seen[i];
	assert(!"an option that is not in the table");
	return false;
}
