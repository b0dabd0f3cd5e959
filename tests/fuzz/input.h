/* input.h - what fuzz targets share: operands out of the input */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool ok)
{
	if (!ok)
		abort();
}

struct input {
	const uint8_t *p;
	size_t left;
};

static inline uint64_t take(struct input *in, unsigned bytes)
{
	uint64_t v = 0;

	for (; bytes && in->left; bytes--, in->left--)
		v = v << 8 | *in->p++;
	return v;
}

/* All that is left, as text, of its exact size so that the sanitizer sees a byte too
 * far; the caller frees it. */
static inline char *take_text(struct input *in)
{
	char *text = malloc(in->left + 1);

	require(text != NULL);
	if (in->left)
		memcpy(text, in->p, in->left);
	text[in->left] = '\0';
	in->left = 0;
	return text;
}

#endif
