/* store.h - many small records of one size, and finding them by what they hold
 *
 * A pool hands out records by number, in blocks that never move; an index maps
 * hashes to numbers.  Memory comes from a function like realloc(3) that frees
 * when the size is 0. */
#ifndef FSM_STORE_H
#define FSM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wide.h"

#define NONE	  UINT32_MAX
#define POOL_LINE 64 /* records of this size lie in one cache line */

/* Bytes of a block beside its records: it begins on a cache line, and what to free
 * stands behind it. */
#define POOL_EXTRA (POOL_LINE - 1 + sizeof(char *))

typedef void *alloc_fn(void *old, size_t size);

/* The first word of a record is never NONE while it is in use; the second
 * links the free ones.  Behind the records of a block is room for rest_size bytes
 * each, for what is not always looked at: its owner divides it, and fills it. */
struct pool {
	alloc_fn *alloc;
	size_t size, rest_size;
	unsigned block_log; /* 2^n records in a block */
	char **blocks;	    /* on cache lines */
	uint32_t n_blocks, blocks_room;
	uint32_t used; /* records ever handed out */
	uint32_t free;
	uint32_t live;
};

void pool_init(struct pool *p, alloc_fn *alloc, unsigned block_log, size_t size, size_t rest_size);
void pool_close(struct pool *p);

/* A record's number; NONE without memory.  It is all zeros the first time, and
 * what was left in it but for the first two words later. */
uint32_t pool_new(struct pool *p);
void pool_free(struct pool *p, uint32_t id);

static inline char *pool_block(const struct pool *p, uint32_t id, unsigned block_log)
{
	return p->blocks[id >> block_log];
}

/* For those who know the pool's numbers when they are compiled. */
static inline void *pool_get(const struct pool *p, uint32_t id, unsigned block_log, size_t size)
{
	return pool_block(p, id, block_log) + (id & ((1u << block_log) - 1)) * size;
}

static inline void *pool_at(const struct pool *p, uint32_t id)
{
	return pool_get(p, id, p->block_log, p->size);
}

/* The room behind the records of the block that has this one. */
static inline char *pool_rest(const struct pool *p, uint32_t id, unsigned block_log, size_t size)
{
	return pool_block(p, id, block_log) + (size << block_log);
}

static inline bool pool_is_live(const struct pool *p, uint32_t id)
{
	return *(const uint32_t *)pool_at(p, id) != NONE;
}

/* Open addressing; a slot is 0 or hash << 32 | number + 1. */
struct index {
	alloc_fn *alloc;
	uint64_t *slots;
	uint32_t mask;
	uint32_t used;
};

void index_init(struct index *ix, alloc_fn *alloc);
void index_close(struct index *ix);

/* False without memory. */
bool index_add(struct index *ix, uint32_t hash, uint32_t id);
void index_remove(struct index *ix, uint32_t hash, uint32_t id);

/* The next number filed under a hash, or NONE.  Start with *pos = hash. */
static inline uint32_t index_next(const struct index *ix, uint32_t hash, uint32_t *pos)
{
	uint64_t slot;

	if (!ix->slots)
		return NONE;
	while ((slot = ix->slots[(*pos)++ & ix->mask]))
		if (slot >> 32 == hash)
			return (uint32_t)slot - 1;
	return NONE;
}

/* The first of them. */
static inline uint32_t index_first(const struct index *ix, uint32_t hash)
{
	uint32_t pos = hash;

	return index_next(ix, hash, &pos);
}

/* Fetches what a search for the hash will look at: first the slot, and when
 * that has come, the number in it. */
static inline void index_prefetch(const struct index *ix, uint32_t hash)
{
	if (ix->slots)
		__builtin_prefetch(&ix->slots[hash & ix->mask]);
}

/* Multiply and fold: each bit of the input reaches each of the output. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
	struct wide m =
		wide_mul(a ^ UINT64_C(0x9e3779b97f4a7c15), b ^ UINT64_C(0xd1b54a32d192ed03));

	return m.low ^ m.high;
}

/* Where the owner lies in memory is as good as a secret to those who would
 * choose addresses that collide.  One multiplication alone leaves numbers that
 * follow each other in steps, which linear probing turns into long runs. */
static inline uint32_t hash_words(const void *secret, uint64_t a, uint64_t b)
{
	uint64_t h = mix(mix(a, b ^ (uintptr_t)secret), (uintptr_t)secret);

	return (uint32_t)(h ^ h >> 32);
}

static inline uint32_t hash_bytes(const void *secret, const uint8_t bytes[16], uint64_t extra)
{
	uint64_t w[2];

	memcpy(w, bytes, sizeof(w));
	return hash_words(secret, mix(w[0], extra), w[1]);
}

#endif
