/* store.c - pools of records and an index over them: see store.h */
#include "store.h"

#define INDEX_LEAST 64

void pool_init(struct pool *p, alloc_fn *alloc, unsigned block_log, size_t size, size_t rest_size)
{
	*p = (struct pool){ .alloc = alloc,
			    .block_log = block_log,
			    .size = size,
			    .rest_size = rest_size,
			    .free = NONE };
}

/* What to free of a block. */
static char **given_at(const struct pool *p, char *block)
{
	return (char **)(void *)(block + ((p->size + p->rest_size) << p->block_log));
}

void pool_close(struct pool *p)
{
	for (uint32_t i = 0; i < p->n_blocks; i++)
		p->alloc(*given_at(p, p->blocks[i]), 0);
	if (p->blocks)
		p->alloc(p->blocks, 0);
	pool_init(p, p->alloc, p->block_log, p->size, p->rest_size);
}

static bool grow_pool(struct pool *p)
{
	size_t size = ((p->size + p->rest_size) << p->block_log) + POOL_EXTRA;
	char *given, *block;

	if (p->n_blocks == p->blocks_room) {
		uint32_t room = p->blocks_room ? 2 * p->blocks_room : 16;
		char **blocks = p->alloc(p->blocks, room * sizeof(*blocks));

		if (!blocks)
			return false;
		p->blocks = blocks;
		p->blocks_room = room;
	}
	given = p->alloc(NULL, size);
	if (!given)
		return false;
	block = given + (-(uintptr_t)given & (POOL_LINE - 1));
	*given_at(p, block) = given;
	p->blocks[p->n_blocks++] = block;
	return true;
}

static uint32_t fresh(struct pool *p)
{
	uint32_t id = p->used++;

	memset(pool_at(p, id), 0, p->size);
	return id;
}

uint32_t pool_new(struct pool *p)
{
	uint32_t id = p->free;

	if (id != NONE) {
		p->free = ((uint32_t *)pool_at(p, id))[1];
		if (p->free != NONE) /* it may be anywhere, and is next */
			__builtin_prefetch(pool_at(p, p->free), 1);
	} else if (p->used < p->n_blocks << p->block_log || grow_pool(p)) {
		id = fresh(p);
	} else {
		return NONE;
	}
	p->live++;
	return id;
}

void pool_free(struct pool *p, uint32_t id)
{
	uint32_t *words = pool_at(p, id);

	words[0] = NONE;
	words[1] = p->free;
	p->free = id;
	p->live--;
}

void index_init(struct index *ix, alloc_fn *alloc)
{
	*ix = (struct index){ .alloc = alloc };
}

void index_close(struct index *ix)
{
	if (ix->slots)
		ix->alloc(ix->slots, 0);
	index_init(ix, ix->alloc);
}

static void put(struct index *ix, uint64_t slot)
{
	uint32_t pos = (uint32_t)(slot >> 32);

	while (ix->slots[pos & ix->mask])
		pos++;
	ix->slots[pos & ix->mask] = slot;
}

static bool grow_index(struct index *ix)
{
	uint32_t room = ix->slots ? 2 * (ix->mask + 1) : INDEX_LEAST;
	uint64_t *old = ix->slots, *slots = ix->alloc(NULL, room * sizeof(*slots));
	uint32_t n = old ? ix->mask + 1 : 0;

	if (!slots)
		return false;
	memset(slots, 0, room * sizeof(*slots));
	ix->slots = slots;
	ix->mask = room - 1;
	for (uint32_t i = 0; i < n; i++)
		if (old[i])
			put(ix, old[i]);
	if (old)
		ix->alloc(old, 0);
	return true;
}

bool index_add(struct index *ix, uint32_t hash, uint32_t id)
{
	/* Five eighths full is where a miss still ends within a cache line. */
	if (!ix->slots || ix->used >= (ix->mask + 1) / 8 * 5)
		if (!grow_index(ix))
			return false;
	put(ix, (uint64_t)hash << 32 | (id + 1));
	ix->used++;
	return true;
}

/* Later entries of the run move up, so that no search stops at the hole. */
static void close_hole(struct index *ix, uint32_t hole)
{
	for (uint32_t pos = hole + 1; ix->slots[pos & ix->mask]; pos++) {
		uint32_t home = (uint32_t)(ix->slots[pos & ix->mask] >> 32);

		if (((pos - home) & ix->mask) < ((pos - hole) & ix->mask))
			continue;
		ix->slots[hole & ix->mask] = ix->slots[pos & ix->mask];
		hole = pos;
	}
	ix->slots[hole & ix->mask] = 0;
}

void index_remove(struct index *ix, uint32_t hash, uint32_t id)
{
	uint64_t slot = (uint64_t)hash << 32 | (id + 1);
	uint32_t pos = hash;

	while (ix->slots[pos & ix->mask] != slot)
		pos++;
	close_hole(ix, pos & ix->mask);
	ix->used--;
}
