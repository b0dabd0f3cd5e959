/* buckets.h - finding records by what they hold, in four bytes each
 *
 * Linear hashing (Litwin 1980): records of a bucket are chained through a word
 * of their own, and each new record splits one bucket.  So there are always as
 * many buckets as there have been records at once, and no insertion has to move
 * more than a few.  Slower than struct index of store.h, which looks at no
 * record but the right one, and smaller: 8 bytes against 13 to 26. */
#ifndef FSM_BUCKETS_H
#define FSM_BUCKETS_H

#include "store.h"

/* The word that chains a record, and the hash of what it holds. */
typedef uint32_t *chain_fn(void *owner, uint32_t id);
typedef uint32_t chain_hash_fn(void *owner, uint32_t id);

struct buckets {
	alloc_fn *alloc;
	void *owner;
	chain_fn *chain;
	chain_hash_fn *hash;
	uint32_t **blocks; /* of heads */
	uint32_t n_blocks, blocks_room;
	uint32_t n;    /* buckets in use */
	uint32_t half; /* the power of two at or below n */
	uint32_t used; /* records */
};

#define HEADS_LOG 10 /* heads in a block */

void buckets_init(struct buckets *b, alloc_fn *alloc, void *owner, chain_fn *chain,
		  chain_hash_fn *hash);
void buckets_close(struct buckets *b);

/* False without memory, which is needed for the first ones only: later the
 * chains get longer. */
bool buckets_add(struct buckets *b, uint32_t hash, uint32_t id);
void buckets_remove(struct buckets *b, uint32_t hash, uint32_t id);

static inline uint32_t *bucket_head(const struct buckets *b, uint32_t i)
{
	return &b->blocks[i >> HEADS_LOG][i & ((1u << HEADS_LOG) - 1)];
}

static inline uint32_t bucket_of(const struct buckets *b, uint32_t hash)
{
	uint32_t i = hash & (2 * b->half - 1);

	return i < b->n ? i : hash & (b->half - 1);
}

/* The first record that may hold what has the hash, or NONE; the word that
 * chains it names the next. */
static inline uint32_t bucket_first(const struct buckets *b, uint32_t hash)
{
	return b->n ? *bucket_head(b, bucket_of(b, hash)) : NONE;
}

static inline void bucket_prefetch(const struct buckets *b, uint32_t hash)
{
	if (b->n)
		__builtin_prefetch(bucket_head(b, bucket_of(b, hash)));
}

#endif
