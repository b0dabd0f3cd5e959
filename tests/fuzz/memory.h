/* memory.h - an allocator for fuzz targets: counted, and it may end */
#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static int64_t blocks_out;
static int64_t fail_each; /* 0: never */
static int64_t allocations;

static void *fuzz_alloc(void *old, size_t size)
{
	if (!size) {
		blocks_out -= old != NULL;
		free(old);
		return NULL;
	}
	if (fail_each && ++allocations % fail_each == 0)
		return NULL;
	blocks_out += old == NULL;
	return realloc(old, size);
}

#endif
