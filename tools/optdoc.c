/* optdoc.c - completions and man page lists from a program's option table
 *
 * Compiled once per program with OPTDOC_TOOL_H naming its opts.h.
 *
 *   optdoc bash | zsh | fish      the completion, on stdout
 *   optdoc man PAGE.in            the page, its marker lines replaced
 */
#include OPTDOC_TOOL_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const color_choices[] = { "auto", "always", "never", NULL };

static const char *const *choices_of(const struct opt *o)
{
	return o->type == OPT_COLOR ? color_choices : o->choices;
}

static void put_choices(const struct opt *o, const char *between)
{
	const char *const *c = choices_of(o);

	for (size_t i = 0; c[i]; i++)
		printf("%s%s", i ? between : "", c[i]);
}

static bool repeatable(const struct opt *o)
{
	return o->type == OPT_LIST || o->type == OPT_COUNT;
}

/* text with a backslash before each of the characters in `special`. */
static void put_escaped(const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

/* For Bourne shells within '...': a quote ends, is escaped, begins again. */
static void put_quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	}
}

/* ---- bash ---- */

static bool has_candidates(const struct opt *o)
{
	return choices_of(o) || o->hint == OPT_HINT_FILE || o->hint == OPT_HINT_IFACE;
}

static void bash_names(const struct opt *o)
{
	if (o->letter)
		printf("-%c | ", o->letter);
	printf("--%s", o->name);
}

static void bash_files(void)
{
	printf("\t\tcompopt -o filenames 2>/dev/null\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
}

static void bash_interfaces(void)
{
	printf("\t\tmapfile -t COMPREPLY < <(compgen -W \"$(_%s_interfaces)\" -- \"$cur\")\n",
	       program.name);
}

static void bash_argument(const struct opt *o)
{
	printf("\t");
	bash_names(o);
	printf(")\n");
	if (choices_of(o)) {
		printf("\t\tmapfile -t COMPREPLY < <(compgen -W '");
		put_choices(o, " ");
		printf("' -- \"$cur\")\n");
	} else if (o->hint == OPT_HINT_FILE) {
		bash_files();
	} else {
		bash_interfaces();
	}
	/* An optional value is one only after '='. */
	if (o->type == OPT_COLOR)
		printf("\t\t[ \"$assigned\" ] && return\n\t\tCOMPREPLY=()\n");
	else
		printf("\t\treturn\n");
	printf("\t\t;;\n");
}

static void bash_arguments(void)
{
	size_t n = 0;

	printf("\tcase $prev in\n");
	for (size_t i = 0; i < program.n_opts; i++)
		if (program.opts[i].arg && has_candidates(&program.opts[i]))
			bash_argument(&program.opts[i]);
	for (size_t i = 0; i < program.n_opts; i++) {
		if (!program.opts[i].arg || has_candidates(&program.opts[i]))
			continue;
		printf(n++ ? " | " : "\t");
		bash_names(&program.opts[i]);
	}
	printf("%s\tesac\n", n ? ")\n\t\treturn\n\t\t;;\n" : "");
}

static void bash_operands(void)
{
	switch (program.operand_hint) {
	case OPT_HINT_NONE:
		return;
	case OPT_HINT_FILE:
		printf("\t*)\n");
		bash_files();
		break;
	case OPT_HINT_IFACE:
		printf("\t*)\n");
		bash_interfaces();
		break;
	case OPT_HINT_GROUP:
		/* GROUP%IF */
		printf("\t*%%*)\n\t\tmapfile -t COMPREPLY < <(compgen -P \"${cur%%%%%%*}%%\" "
		       "-W \"$(_%s_interfaces)\" -- \"${cur##*%%}\")\n",
		       program.name);
		break;
	}
	printf("\t\t;;\n");
}

static void bash_options(void)
{
	printf("\tcase $cur in\n\t-*)\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < program.n_opts; i++)
		printf("%s--%s", i ? " " : "", program.opts[i].name);
	printf("' -- \"$cur\")\n\t\t;;\n");
	bash_operands();
	printf("\tesac\n");
}

static void bash(void)
{
	const char *name = program.name;

	printf("# bash completion for %s\n\n", name);
	printf("_%s_interfaces() {\n\tlocal dir\n\tfor dir in /sys/class/net/*/; do\n"
	       "\t\tdir=${dir%%/}\n\t\tprintf '%%s\\n' \"${dir##*/}\"\n\tdone\n}\n\n",
	       name);
	printf("_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tlocal assigned=\n\tCOMPREPLY=()\n",
	       name);
	/* COMP_WORDBREAKS has '=': "--color=al" comes as three words. */
	printf("\tif [ \"$cur\" = = ]; then\n\t\tcur='' assigned=1\n"
	       "\telif [ \"$prev\" = = ]; then\n"
	       "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]} assigned=1\n\tfi\n");
	bash_arguments();
	bash_options();
	printf("}\n\ncomplete -F _%s %s\n", name, name);
}

/* ---- zsh ---- */

static void zsh_names(const struct opt *o)
{
	const char *join_short = o->arg ? "+" : "", *join_long = o->arg ? "=" : "";

	if (o->type == OPT_COLOR)
		join_long = "=-";
	if (repeatable(o))
		printf("'*'");
	else if (o->type == OPT_HELP || o->type == OPT_VERSION)
		printf("'(- *)'");
	else if (o->letter)
		printf("'(-%c --%s)'", o->letter, o->name);
	if (o->letter)
		printf("{-%c%s,--%s%s}", o->letter, join_short, o->name, join_long);
	else
		printf("--%s%s", o->name, join_long);
}

static void zsh_hint(enum opt_hint hint)
{
	if (hint == OPT_HINT_FILE)
		printf("_files");
	else if (hint == OPT_HINT_IFACE)
		printf("_net_interfaces");
	else
		printf(" ");
}

static void zsh_option(const struct opt *o)
{
	printf(" \\\n\t");
	zsh_names(o);
	printf("'[");
	put_quoted(o->help, "[]:\\");
	printf("]");
	if (o->arg) {
		printf(o->type == OPT_COLOR ? "::" : ":");
		put_quoted(o->arg, ":\\");
		printf(":");
		if (choices_of(o)) {
			printf("(");
			put_choices(o, " ");
			printf(")");
		} else {
			zsh_hint(o->hint);
		}
	}
	printf("'");
}

static void zsh(void)
{
	printf("#compdef %s\n# zsh completion for %s\n\n_arguments -s -S", program.name,
	       program.name);
	for (size_t i = 0; i < program.n_opts; i++)
		zsh_option(&program.opts[i]);
	if (program.operands) {
		printf(" \\\n\t'*:");
		put_quoted(program.operands, ":\\");
		printf(":");
		zsh_hint(program.operand_hint);
		printf("'");
	}
	printf("\n");
}

/* ---- fish ---- */

static void fish_hint(enum opt_hint hint)
{
	if (hint == OPT_HINT_IFACE)
		printf(" -a '(command ls /sys/class/net)'");
}

static void fish_option(const struct opt *o)
{
	printf("complete -c %s", program.name);
	if (o->letter)
		printf(" -s %c", o->letter);
	printf(" -l %s", o->name);
	if (o->arg && o->hint == OPT_HINT_FILE)
		printf(" -r -F");
	else if (o->arg && o->type != OPT_COLOR)
		printf(" -x");
	if (choices_of(o)) {
		printf(" -a '");
		put_choices(o, " ");
		printf("'");
	}
	fish_hint(o->hint);
	printf(" -d '");
	put_escaped(o->help, "\\'");
	printf("'\n");
}

static void fish(void)
{
	printf("# fish completion for %s\n\n", program.name);
	if (program.operand_hint != OPT_HINT_FILE) {
		printf("complete -c %s -f", program.name);
		fish_hint(program.operand_hint);
		printf("\n");
	}
	for (size_t i = 0; i < program.n_opts; i++)
		fish_option(&program.opts[i]);
}

/* ---- man ---- */

/* What roff would set as something prettier, which cannot be pasted into a shell. */
static const char *roff_escape(char c, char before)
{
	switch (c) {
	case '\\':
		return "\\e";
	case '\'':
		return "\\(aq";
	case '`':
		return "\\(ga";
	case '^':
		return "\\(ha";
	case '~':
		return "\\(ti";
	case '-':
		/* Of an option, not a hyphen. */
		return before == ' ' || before == '-' ? "\\-" : NULL;
	default:
		return NULL;
	}
}

static void man_text(const char *text)
{
	char before = ' ';

	if (*text == '.')
		printf("\\&"); /* not a request */
	for (; *text; before = *text++) {
		const char *escape = roff_escape(*text, before);

		if (escape)
			fputs(escape, stdout);
		else
			putchar(*text);
	}
}

/* "less output" is "Less output." there. */
static void man_sentence(const char *text)
{
	char first[2] = { (char)toupper((unsigned char)*text), '\0' };

	man_text(*text ? first : "");
	man_text(*text ? text + 1 : "");
	printf(*text && text[strlen(text) - 1] == '.' ? "\n" : ".\n");
}

static void man_option(const struct opt *o)
{
	printf(".It");
	if (o->letter)
		printf(" Fl %c ,", o->letter);
	printf(" Fl \\-%s", o->name);
	if (o->type == OPT_COLOR)
		printf(" Ns Op = Ns Ar %s", o->arg);
	else if (o->arg)
		printf(" Ar %s", o->arg);
	printf("\n");
	man_sentence(o->help);
	if (o->choices) {
		printf("One of\n");
		for (size_t i = 0; o->choices[i]; i++)
			printf(".Cm %s %s\n", o->choices[i], o->choices[i + 1] ? "," : ".");
	}
	if (o->more)
		printf("%s%s", o->more, o->more[strlen(o->more) - 1] == '\n' ? "" : "\n");
}

static void man_options(void)
{
	for (size_t i = 0; i < program.n_opts; i++) {
		const struct opt *o = &program.opts[i];

		if (o->section) {
			if (i)
				printf(".El\n");
			printf(".Ss %s\n", o->section);
		}
		if (o->section || i == 0)
			printf(".Bl -tag -width Ds\n");
		man_option(o);
	}
	if (program.n_opts)
		printf(".El\n");
}

static void man_examples(void)
{
	for (size_t i = 0; i < program.n_examples; i++) {
		if (i)
			printf(".Pp\n");
		man_sentence(program.examples[i].does);
		printf(".Bd -literal -offset indent\n");
		man_text(program.examples[i].command);
		printf("\n.Ed\n");
	}
}

static void man_exit_status(void)
{
	printf(".Bl -tag -width Ds\n");
	for (size_t i = 0; i < program.n_exits; i++) {
		printf(".It %d\n", program.exits[i].status);
		man_sentence(program.exits[i].when);
	}
	printf(".El\n");
}

/* What holds for all programs; a page adds what its own may still do. */
static void man_privileges(void)
{
	printf("Once all that is needed is open,\n"
	       ".Nm\n"
	       "becomes the user who called, or the one of\n"
	       ".Fl \\-user ,\n"
	       "gives up capabilities and the right to gain new ones, and allows itself no\n"
	       "other system calls\n"
	       ".Pq Xr seccomp 2\n"
	       "than its further work needs: execve never, opening files only as said here.\n"
	       "Only then does it look at what others sent or wrote.\n"
	       "Any other call ends it at once, with\n"
	       ".Dv SIGSYS ;\n"
	       "a shell calls that status 159.\n"
	       "Which call it was is told by the kernel\\(aqs log,\n"
	       ".Ql dmesg | grep type=1326\n"
	       "or\n"
	       ".Ql ausearch \\-m SECCOMP ,\n"
	       "and by\n"
	       ".Ql strace \\-f ;\n"
	       "please report it.\n"
	       "With\n"
	       ".Fl \\-no\\-sandbox\n"
	       "every call stays allowed, for debuggers, and for valgrind, which opens files of\n"
	       "its own.\n"
	       "A kernel without seccomp is told of with\n"
	       ".Fl v .\n"
	       ".Pp\n");
}

static const struct {
	const char *line;
	void (*put)(void);
} markers[] = {
	{ "@OPTIONS@\n", man_options },
	{ "@EXAMPLES@\n", man_examples },
	{ "@EXIT_STATUS@\n", man_exit_status },
	{ "@PRIVILEGES@\n", man_privileges },
};

#define N_MARKERS (sizeof(markers) / sizeof *markers)

static void man_line(const char *line, bool found[N_MARKERS])
{
	for (size_t i = 0; i < N_MARKERS; i++) {
		if (strcmp(line, markers[i].line) == 0) {
			markers[i].put();
			found[i] = true;
			return;
		}
	}
	fputs(line, stdout);
}

/* A page without one of the markers is a mistake: the lists would be missing. */
static int man(const char *path)
{
	bool found[N_MARKERS] = { false };
	char *line = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		return 1;
	}
	while (getline(&line, &size, f) > 0)
		man_line(line, found);
	free(line);
	fclose(f);
	for (size_t i = 0; i < N_MARKERS; i++) {
		if (found[i])
			continue;
		fprintf(stderr, "%s: no line %s", path, markers[i].line);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int status = 0;

	if (strcmp(mode, "bash") == 0) {
		bash();
	} else if (strcmp(mode, "zsh") == 0) {
		zsh();
	} else if (strcmp(mode, "fish") == 0) {
		fish();
	} else if (strcmp(mode, "man") == 0 && argc == 3) {
		status = man(argv[2]);
	} else {
		fprintf(stderr, "Usage: optdoc bash|zsh|fish|man PAGE.in\n");
		return 2;
	}
	return fflush(stdout) == 0 ? status : 1;
}
