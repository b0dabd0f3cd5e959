/* words.c - a command line to words, without a shell */
#include "igmpdump/words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Copies one word from text to *to, and both move on.  NULL, or where a quote
 * is opened that is not closed. */
static const char *copy_word(const char **text, char **to)
{
	const char *opened = NULL, *p;

	for (p = *text; *p && (opened || !is_blank(*p)); p++) {
		char quote = '\0';

		if (opened)
			quote = *opened;
		if (*p == quote) {
			opened = NULL;
		} else if (!opened && (*p == '\'' || *p == '"')) {
			opened = p;
		} else if (*p == '\\' &&
			   (quote == '\0' || (quote == '"' && p[1] && strchr("\"\\", p[1])))) {
			if (!p[1])
				return p;
			*(*to)++ = *++p;
		} else {
			*(*to)++ = *p;
		}
	}
	*text = p;
	*(*to)++ = '\0';
	return opened;
}

int words_split(struct words *out, const char *text, size_t *at)
{
	size_t len = strlen(text);
	const char *p = text, *open;
	char *to;

	*at = 0;
	/* No more words than every second character, nor bytes than text. */
	*out = (struct words){ .v = calloc(len / 2 + 2, sizeof(*out->v)),
			       .bytes = malloc(len + 2) };
	if (!out->v || !out->bytes) {
		words_free(out);
		return -ENOMEM;
	}
	to = out->bytes;
	for (;;) {
		while (is_blank(*p))
			p++;
		if (!*p)
			break;
		out->v[out->n++] = to;
		open = copy_word(&p, &to);
		if (open) {
			*at = (size_t)(open - text);
			words_free(out);
			return -EINVAL;
		}
	}
	if (out->n && out->v[0][0])
		return 0;
	words_free(out);
	return -ENOENT;
}

void words_free(struct words *w)
{
	free(w->v);
	free(w->bytes);
	*w = (struct words){ NULL, 0, NULL };
}
