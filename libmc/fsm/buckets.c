/* buckets.c - linear hashing over records of a pool: see buckets.h */
#include "buckets.h"

void buckets_init(struct buckets *b, alloc_fn *alloc, void *owner, chain_fn *chain,
		  chain_hash_fn *hash)
{
	*b = (struct buckets){ .alloc = alloc, .owner = owner, .chain = chain, .hash = hash };
}

void buckets_close(struct buckets *b)
{
	for (uint32_t i = 0; i < b->n_blocks; i++)
		b->alloc(b->blocks[i], 0);
	if (b->blocks)
		b->alloc(b->blocks, 0);
	buckets_init(b, b->alloc, b->owner, b->chain, b->hash);
}

static bool grow(struct buckets *b)
{
	uint32_t *heads;

	if (b->n_blocks == b->blocks_room) {
		uint32_t room = b->blocks_room ? 2 * b->blocks_room : 16;
		uint32_t **blocks = b->alloc(b->blocks, room * sizeof(*blocks));

		if (!blocks)
			return false;
		b->blocks = blocks;
		b->blocks_room = room;
	}
	heads = b->alloc(NULL, sizeof(*heads) << HEADS_LOG);
	if (!heads)
		return false;
	for (uint32_t i = 0; i < 1u << HEADS_LOG; i++)
		heads[i] = NONE;
	b->blocks[b->n_blocks++] = heads;
	return true;
}

/* The records of one bucket whose hash has the next bit move to a new one. */
static void split(struct buckets *b)
{
	uint32_t *from = bucket_head(b, b->n - b->half), *to = bucket_head(b, b->n), id;

	while ((id = *from) != NONE) {
		uint32_t *next = b->chain(b->owner, id);

		if (b->hash(b->owner, id) & b->half) {
			*from = *next;
			*next = *to;
			*to = id;
		} else {
			from = next;
		}
	}
	if (++b->n == 2 * b->half)
		b->half *= 2;
}

static bool add_bucket(struct buckets *b)
{
	if (b->n == b->n_blocks << HEADS_LOG && !grow(b))
		return b->n > 0;
	if (b->n)
		split(b);
	else
		b->n = b->half = 1;
	return true;
}

bool buckets_add(struct buckets *b, uint32_t hash, uint32_t id)
{
	uint32_t *head;

	if (b->used >= b->n && !add_bucket(b))
		return false;
	head = bucket_head(b, bucket_of(b, hash));
	*b->chain(b->owner, id) = *head;
	*head = id;
	b->used++;
	return true;
}

void buckets_remove(struct buckets *b, uint32_t hash, uint32_t id)
{
	uint32_t *at = bucket_head(b, bucket_of(b, hash));

	while (*at != id)
		at = b->chain(b->owner, *at);
	*at = *b->chain(b->owner, id);
	b->used--;
}
