/* script_read.c - reads scenario files: lines such as "at 10s join 100 239.1.1.1" */
#include "mchost/script.h"

#include "common/out.h"
#include "mchost/shares.h"

#include <errno.h>
#include <mc/craft.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANK " \t\r\n"

static const char *const actions[] = {
	[DO_JOIN] = "join",   [DO_LEAVE] = "leave", [DO_KILL] = "kill",	  [DO_REVIVE] = "revive",
	[DO_CHURN] = "churn", [DO_ZAP] = "zap",	    [DO_CRAFT] = "craft", [DO_END] = "end",
};

struct reader {
	const char *file;
	unsigned line;
	char *rest; /* of the line */
	const char *text;
	struct channels *ch;
	struct script *script;
};

static int complain(const struct reader *r, const char *word, const char *what)
{
	err_msg("%s:%u: '%s' %s", r->file, r->line, word, what);
	return EXIT_USAGE;
}

/* The next word, NULL at the end of the line. */
static char *next_word(struct reader *r)
{
	char *word = r->rest + strspn(r->rest, BLANK);
	size_t len = strcspn(word, BLANK);

	if (!len)
		return NULL;
	r->rest = word + len + (word[len] != '\0');
	word[len] = '\0';
	return word;
}

static int read_group(struct reader *r, struct step *s, const char *word)
{
	struct mc_spec_error err;
	struct mc_spec spec;

	if (mc_spec_parse(&spec, word, &err)) {
		err_msg("%s:%u: group '%s': %s", r->file, r->line, word, err.text);
		err_caret(word, err.offset);
		return EXIT_USAGE;
	}
	if (s->groups)
		return complain(r, word, "is a second group; write a line for each");
	s->groups = spec.count;
	return channels_add(r->ch, &s->first, &spec);
}

static int read_rate(struct reader *r, struct step *s, const char *word)
{
	if (word && !strcmp(word, "off") && s->action != DO_JOIN)
		return 0;
	if (!word || parse_rate(&s->rate, word) || s->rate.unit != RATE_PACKETS)
		return complain(r, word ? word : "", "is not a rate; write 500/s");
	return 0;
}

/* "[WHO] [GROUP] [rate RATE]" */
static int read_hosts(struct reader *r, struct step *s)
{
	const char *word;
	uint64_t n;
	int status = 0;

	snprintf(s->who, sizeof(s->who), "all");
	for (bool first = true; !status && (word = next_word(r)); first = false) {
		if (!strcmp(word, "rate") && s->action <= DO_LEAVE)
			status = read_rate(r, s, next_word(r));
		else if (first && strlen(word) < sizeof(s->who) && shares_count(&n, word, 1))
			snprintf(s->who, sizeof(s->who), "%s", word);
		else if (s->action <= DO_LEAVE)
			status = read_group(r, s, word);
		else
			status = complain(r, word,
					  "is not a number of hosts; write all, 500 or 10%");
	}
	return status;
}

static int read_message(struct reader *r, struct step *s)
{
	struct mc_spec_error err;
	struct mc_craft craft;

	r->rest[strcspn(r->rest, "\r\n")] = '\0';
	if (mc_craft_parse(&craft, r->rest, &err)) {
		err_msg("%s:%u: %s", r->file, r->line, err.text);
		err_caret(r->rest, err.offset);
		return EXIT_USAGE;
	}
	s->message = strdup(r->rest);
	return s->message ? 0 : err_why(NULL, -ENOMEM, NULL);
}

static int read_arguments(struct reader *r, struct step *s)
{
	const char *more;
	int status = 0;

	switch (s->action) {
	case DO_JOIN:
	case DO_LEAVE:
	case DO_KILL:
	case DO_REVIVE:
		return read_hosts(r, s);
	case DO_CRAFT:
		return read_message(r, s);
	case DO_CHURN:
	case DO_ZAP:
		status = read_rate(r, s, next_word(r));
		break;
	case DO_END:
		break;
	}
	more = status ? NULL : next_word(r);
	return more ? complain(r, more, "is too much on this line") : status;
}

static struct step *add_step(struct script *s)
{
	struct step *grown = realloc(s->steps, (s->n + 1) * sizeof(*grown));

	if (!grown)
		return NULL;
	s->steps = grown;
	grown[s->n] = (struct step){ .action = DO_END };
	return &grown[s->n++];
}

static int find_action(struct step *s, const char *word)
{
	for (unsigned i = 0; word && i < sizeof(actions) / sizeof(*actions); i++) {
		if (!strcmp(actions[i], word)) {
			s->action = (enum action)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* gcc's analyzer loses sight of the steps, which the script keeps and script_close frees. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static int read_line(struct reader *r)
{
	const char *word = next_word(r);
	struct step *s;

	if (!word || word[0] == '#')
		return 0;
	if (strcmp(word, "at") != 0)
		return complain(r, word, "does not begin a line; write: at 10s join 100 239.1.1.1");
	s = add_step(r->script);
	if (!s)
		return err_why(NULL, -ENOMEM, NULL);
	s->line = r->line;
	word = next_word(r);
	if (!word || parse_time(&s->at, word))
		return complain(r, word ? word : "", "is not a time; write 10s, 500ms or 2m");
	if (r->script->n > 1 && s->at.ns < s[-1].at.ns)
		return complain(r, word, "is before the line above");
	word = next_word(r);
	if (find_action(s, word))
		return complain(r, word ? word : "",
				"is none of join, leave, kill, revive, churn, zap, craft, end");
	return read_arguments(r, s);
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

static int read_file(struct script *s, const char *path, struct channels *ch)
{
	struct reader r = { .file = path, .ch = ch, .script = s };
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *line = NULL;
	size_t size = 0;
	int status = 0;

	if (!f) {
		err_msg("cannot read scenario '%s': %s", path, mc_strerror(errno));
		return EXIT_ENV;
	}
	while (!status && getline(&line, &size, f) >= 0) {
		r.line++;
		r.rest = line;
		status = read_line(&r);
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return status;
}

/* "10%", "10%@30s" */
static int read_kill(struct script *s, const struct config *c)
{
	const char *sign = c->kill ? strchr(c->kill, '@') : NULL;
	char who[32];
	uint64_t n;

	s->kill_at.ns = -1;
	if (!c->kill)
		return 0;
	snprintf(who, sizeof(who), "%.*s", (int)strcspn(c->kill, "@"), c->kill);
	if (!shares_count(&n, who, 100) || (sign && parse_time(&s->kill_at, sign + 1)))
		return usage_error("--kill",
				   "'%s' is not a share of the hosts; write 10%% or 10%%@30s",
				   c->kill);
	s->kill = c->kill;
	return 0;
}

/* Without a scenario: all join. */
static int default_steps(struct script *s, const struct config *c)
{
	struct step *join = add_step(s);

	if (!join)
		return err_why(NULL, -ENOMEM, NULL);
	join->action = DO_JOIN;
	snprintf(join->who, sizeof(join->who), "all");
	join->rate = c->ramp;
	return 0;
}

int script_open(struct script *s, const struct config *c, struct channels *ch)
{
	int status;

	*s = (struct script){ .churn = { .rate = c->churn.value },
			      .zap = { .rate = c->zap.value } };
	if (c->scenario)
		status = read_file(s, c->scenario, ch);
	else
		status = default_steps(s, c);
	return status ? status : read_kill(s, c);
}

void script_close(struct script *s)
{
	for (unsigned i = 0; i < s->n; i++)
		free(s->steps[i].message);
	free(s->steps);
	free(s->tasks);
}
