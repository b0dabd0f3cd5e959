/* vectors.h - rows of vectors.tsv, and the fields in them */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	COL_ID,
	COL_AF,
	COL_NAME,
	COL_LEN,
	COL_PARSE,
	COL_VIOL,
	COL_RX,
	COL_FIELDS,
	COL_NOTE,
	COL_HEX,
	COLUMNS
};

struct vector {
	char *col[COLUMNS];
	uint8_t bytes[2048];
	size_t len;
};

static inline unsigned vector_nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static inline size_t vector_unhex(uint8_t *out, const char *hex)
{
	size_t n = 0;

	for (; hex[0] && hex[1]; hex += 2)
		out[n++] = (uint8_t)(vector_nibble(hex[0]) << 4 | vector_nibble(hex[1]));
	return n;
}

/* The file lies beside the test that includes this. */
static inline FILE *vectors_open(const char *test_file)
{
	char path[512];
	const char *slash = strrchr(test_file, '/');

	snprintf(path, sizeof(path), "%.*svectors.tsv", slash ? (int)(slash - test_file + 1) : 0,
		 test_file);
	return fopen(path, "r");
}

/* Splits the next line into v, whose strings live in *line; 0 at the end. */
static inline int vectors_next(FILE *f, struct vector *v, char **line, size_t *size)
{
	char *at, *end;

	if (getline(line, size, f) <= 0)
		return 0;
	(*line)[strcspn(*line, "\n")] = '\0';
	at = *line;
	end = at + strlen(at);
	for (int i = 0; i < COLUMNS; i++)
		v->col[i] = at ? strsep(&at, "\t") : end;
	v->len = vector_unhex(v->bytes, v->col[COL_HEX]);
	return 1;
}

#endif
