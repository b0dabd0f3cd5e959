/* words.h - a command line to words, without a shell */
#ifndef IGMPDUMP_WORDS_H
#define IGMPDUMP_WORDS_H

#include <stddef.h>

struct words {
	char **v; /* NULL-terminated */
	size_t n;
	char *bytes;
};

/* Splits at blanks.  '...' keeps everything, "..." everything but \" and \\,
 * and a backslash outside of quotes the next character.  Nothing is expanded.
 * 0, -ENOMEM, -ENOENT when the first word is missing or empty, or -EINVAL with
 * *at the offset of what is not closed. */
int words_split(struct words *out, const char *text, size_t *at);
void words_free(struct words *w);

#endif
