/* hindex.c - a hash index over an array that somebody else keeps */
#include "common/hindex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void place(struct hindex *h, struct hindex_slot s)
{
	uint32_t i = s.hash;

	while (h->slots[i & (h->size - 1)].number)
		i++;
	h->slots[i & (h->size - 1)] = s;
}

static int grow(struct hindex *h)
{
	struct hindex old = *h;

	h->size = old.size ? old.size * 2 : 64;
	h->slots = calloc(h->size, sizeof(*h->slots));
	if (!h->slots) {
		*h = old;
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < old.size; i++)
		if (old.slots[i].number)
			place(h, old.slots[i]);
	free(old.slots);
	return 0;
}

int hindex_put(struct hindex *h, uint32_t hash, uint32_t number)
{
	if ((h->used + 1) * 2 > h->size && grow(h) < 0)
		return -ENOMEM;
	place(h, (struct hindex_slot){ hash, number + 1 });
	h->used++;
	return 0;
}

uint32_t hindex_next(const struct hindex *h, uint32_t hash, uint32_t *at)
{
	if (!h->size)
		return HINDEX_NONE;
	for (;;) {
		const struct hindex_slot *s = &h->slots[(hash + *at) & (h->size - 1)];

		if (!s->number)
			return HINDEX_NONE;
		++*at;
		if (s->hash == hash)
			return s->number - 1;
	}
}

void hindex_free(struct hindex *h)
{
	free(h->slots);
	*h = (struct hindex){ NULL, 0, 0 };
}

uint32_t hash_bytes(const void *bytes, size_t len, uint32_t seed)
{
	const unsigned char *p = bytes;
	uint64_t h = seed * 0x9e3779b97f4a7c15u + len;
	uint64_t word;

	for (; len >= 8; len -= 8, p += 8) {
		memcpy(&word, p, 8);
		h = (h ^ word) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	if (len) {
		word = 0;
		memcpy(&word, p, len);
		h = (h ^ word) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	return (uint32_t)(h ^ (h >> 29));
}
