/* opt_help.c - the text of --help */
#include "common/opt.h"

#include <ctype.h>
#include <string.h>

#define WIDTH	  80
#define LEFT_MAX  28 /* wider names push their text to the next line */
#define LEFT_SIZE 64

/* "  -r, --rate RATE" */
static size_t left_text(char buf[LEFT_SIZE], const struct opt *o)
{
	int len = o->letter ? snprintf(buf, LEFT_SIZE, "  -%c, --%s", o->letter, o->name)
			    : snprintf(buf, LEFT_SIZE, "      --%s", o->name);

	if (o->arg)
		len += snprintf(buf + len, LEFT_SIZE - (size_t)len,
				o->type == OPT_COLOR ? "[=%s]" : " %s", o->arg);
	return (size_t)len;
}

/* The words of text from column `indent` on; the cursor is there already. */
static void put_wrapped(FILE *f, const char *text, size_t indent)
{
	size_t column = indent;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > indent && column + 1 + word > WIDTH - 1) {
			fprintf(f, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', f);
			column++;
		}
		fprintf(f, "%.*s", (int)word, text);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', f);
}

static size_t left_column(const struct program *p)
{
	char left[LEFT_SIZE];
	size_t widest = 0;

	for (size_t i = 0; i < p->n_opts; i++) {
		size_t len = left_text(left, &p->opts[i]);

		if (len > widest && len <= LEFT_MAX)
			widest = len;
	}
	return widest + 2;
}

static void put_option(FILE *f, const struct opt *o, size_t column)
{
	char left[LEFT_SIZE];
	size_t len = left_text(left, o);

	if (len + 2 > column)
		fprintf(f, "%s\n%*s", left, (int)column, "");
	else
		fprintf(f, "%-*s", (int)column, left);
	put_wrapped(f, o->help, column);
}

static void put_options(FILE *f, const struct program *p)
{
	size_t column = left_column(p);

	for (size_t i = 0; i < p->n_opts; i++) {
		if (p->opts[i].section)
			fprintf(f, "\n%s:\n", p->opts[i].section);
		put_option(f, &p->opts[i], column);
	}
}

void opt_help(const struct program *p, FILE *f)
{
	fprintf(f, "Usage: %s [OPTION ...]%s%s\n", p->name, p->operands ? " " : "",
		p->operands ? p->operands : "");
	fprintf(f, "%c%s.\n", toupper((unsigned char)p->summary[0]), p->summary + 1);
	put_options(f, p);
	if (p->n_examples)
		fputs("\nExamples:\n", f);
	for (size_t i = 0; i < p->n_examples; i++) {
		fprintf(f, "  %s\n      ", p->examples[i].command);
		put_wrapped(f, p->examples[i].does, 6);
	}
	fprintf(f, "\nSee %s(1).\n", p->name);
}
