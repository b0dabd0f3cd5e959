/* hindex.h - a hash index over an array that somebody else keeps.
 *
 *   uint32_t n, at = 0;
 *   while ((n = hindex_next(&h, hash, &at)) != HINDEX_NONE)
 *           if (the array's n-th element is the one) ...
 *
 * Elements are numbered; none is ever removed. */
#ifndef COMMON_HINDEX_H
#define COMMON_HINDEX_H

#include <stddef.h>
#include <stdint.h>

#define HINDEX_NONE UINT32_MAX

struct hindex_slot {
	uint32_t hash;
	uint32_t number; /* plus one; 0 is empty */
};

/* All zero is an empty index. */
struct hindex {
	struct hindex_slot *slots;
	uint32_t size; /* a power of two, at least twice used */
	uint32_t used;
};

/* 0, or -ENOMEM. */
int hindex_put(struct hindex *h, uint32_t hash, uint32_t number);

/* The next element with this hash; *at is 0 at first, and ours. */
uint32_t hindex_next(const struct hindex *h, uint32_t hash, uint32_t *at);

void hindex_free(struct hindex *h);

/* Hashes bytes; seed carries the hash of what came before. */
uint32_t hash_bytes(const void *bytes, size_t len, uint32_t seed);

#endif
