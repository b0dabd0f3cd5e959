/* kept.c - blocks for the sources that a record has no room for: see kept.h */
#include "kept.h"

/* Bytes of a block for them, 0 when they need none: powers of two, so that most
 * changes keep the block. */
static size_t block_for(size_t room, size_t size)
{
	size_t block = 2 * room;

	if (size <= room)
		return 0;
	while (block < size)
		block *= 2;
	return block;
}

bool kept_move(alloc_fn *alloc, uint8_t *here, size_t room, size_t before, size_t after)
{
	size_t had = block_for(room, before), needs = block_for(room, after);
	uint8_t *block = NULL;

	if (had == needs)
		return true;
	if (needs) {
		block = alloc(NULL, needs);
		if (!block)
			return false;
	}
	if (had)
		alloc(kept_bytes(here, room, before), 0);
	if (block)
		memcpy(here, &block, sizeof(block));
	return true;
}

void kept_free(alloc_fn *alloc, uint8_t *here, size_t room, size_t size)
{
	if (size > room)
		alloc(kept_bytes(here, room, size), 0);
}
