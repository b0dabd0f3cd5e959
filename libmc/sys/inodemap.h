/* inodemap.h - a hash table from the inodes of sockets to a word each */
#ifndef SYS_INODEMAP_H
#define SYS_INODEMAP_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct inode_slot {
	uint64_t inode; /* 0: free */
	uint32_t value;
};

struct inode_map {
	struct inode_slot *v;
	size_t size, n; /* size is a power of two */
};

static inline void inode_map_clear(struct inode_map *m)
{
	if (m->v)
		memset(m->v, 0, m->size * sizeof(*m->v));
	m->n = 0;
}

static inline void inode_map_free(struct inode_map *m)
{
	free(m->v);
	memset(m, 0, sizeof(*m));
}

/* The slot of an inode, or the free one where it belongs. */
static inline struct inode_slot *inode_map_slot(const struct inode_map *m, uint64_t inode)
{
	size_t i = (size_t)(inode * 0x9e3779b97f4a7c15u >> 20) & (m->size - 1);

	while (m->v[i].inode && m->v[i].inode != inode)
		i = (i + 1) & (m->size - 1);
	return &m->v[i];
}

static inline bool inode_map_get(uint32_t *value, const struct inode_map *m, uint64_t inode)
{
	const struct inode_slot *s = m->size ? inode_map_slot(m, inode) : NULL;

	*value = s && s->inode ? s->value : 0;
	return s && s->inode;
}

static inline int inode_map_grow(struct inode_map *m)
{
	struct inode_map bigger = { .size = m->size ? m->size * 2 : 256, .n = m->n };

	bigger.v = calloc(bigger.size, sizeof(*bigger.v));
	if (!bigger.v)
		return -ENOMEM;
	for (size_t i = 0; i < m->size; i++)
		if (m->v[i].inode)
			*inode_map_slot(&bigger, m->v[i].inode) = m->v[i];
	free(m->v);
	*m = bigger;
	return 0;
}

/* 0 or -ENOMEM. */
static inline int inode_map_put(struct inode_map *m, uint64_t inode, uint32_t value)
{
	struct inode_slot *s;

	if (m->n * 2 >= m->size && inode_map_grow(m) < 0)
		return -ENOMEM;
	s = inode_map_slot(m, inode);
	m->n += !s->inode;
	*s = (struct inode_slot){ inode, value };
	return 0;
}

#endif
