/* kept.h - the few sources that a record keeps: in place, or in a block
 *
 * As bytes, 4 or 16 each.  A record has `room` bytes for them, 8 or more, which
 * hold a pointer when the sources need more. */
#ifndef FSM_KEPT_H
#define FSM_KEPT_H

#include "filter.h"
#include "store.h"
#include <string.h>

static inline size_t kept_each(uint8_t family)
{
	return family == MC_IPV4 ? 4 : 16;
}

/* Where `size` bytes of sources are. */
static inline uint8_t *kept_bytes(uint8_t *here, size_t room, size_t size)
{
	uint8_t *block;

	if (size <= room)
		return here;
	memcpy(&block, here, sizeof(block));
	return block;
}

static inline struct mc_addr kept_at(uint8_t family, const uint8_t *bytes, unsigned i)
{
	struct mc_addr a = { .family = family };

	if (family == MC_IPV4)
		memcpy(a.bytes, bytes + i * 4u, 4);
	else
		memcpy(a.bytes, bytes + i * 16u, 16);
	return a;
}

static inline bool kept_is(uint8_t family, const uint8_t *bytes, unsigned i,
			   const struct mc_addr *a)
{
	return memcmp(bytes + i * kept_each(family), a->bytes, kept_each(family)) == 0;
}

bool kept_move(alloc_fn *alloc, uint8_t *here, size_t room, size_t before, size_t after);

/* Makes room for `after` bytes where `before` were; what they were is lost when
 * the block changes.  False without memory, and nothing has changed. */
static inline bool kept_resize(alloc_fn *alloc, uint8_t *here, size_t room, size_t before,
			       size_t after)
{
	if (before <= room && after <= room)
		return true;
	return kept_move(alloc, here, room, before, after);
}

void kept_free(alloc_fn *alloc, uint8_t *here, size_t room, size_t size);

/* Between where a record keeps sources and a filter's, f->n of them: a whole room
 * of known size is copied faster than the part of it that is used. */
static inline void kept_load(struct filter *f, uint8_t family, uint8_t *here, size_t room)
{
	size_t size = f->n * kept_each(family);

	if (size <= room)
		memcpy(f->sources, here, room);
	else
		memcpy(f->sources, kept_bytes(here, room, size), size);
}

/* Addresses were just written one by one, and are read like that at once. */
static inline void kept_store(uint8_t *here, size_t room, uint8_t family, const struct filter *f)
{
	size_t size = f->n * kept_each(family);
	uint8_t *bytes = kept_bytes(here, room, size);

	if (family == MC_IPV4)
		for (size_t at = 0; at < size; at += 4) {
			memcpy(bytes + at, f->sources + at, 4);
			__asm__("" ::: "memory"); /* not several at once */
		}
	else
		memcpy(bytes, f->sources, size);
}

static inline bool kept_same(uint8_t *here, size_t room, uint8_t family, const struct filter *f)
{
	size_t size = f->n * kept_each(family);
	const uint8_t *bytes = kept_bytes(here, room, size);

	for (size_t at = 0; at < size; at += 4) /* mostly one or two: no call */
		if (memcmp(bytes + at, f->sources + at, 4) != 0)
			return false;
	return true;
}

#endif
