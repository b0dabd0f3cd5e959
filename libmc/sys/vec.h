/* vec.h - arrays that grow */
#ifndef SYS_VEC_H
#define SYS_VEC_H

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *v;                                                                           \
		unsigned n, capacity;                                                              \
	}

/* gcc's analyzer loses sight of an array that a struct in a struct has: it is no leak. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static inline int vec_grow(void **items, unsigned *capacity, unsigned need, size_t size)
{
	unsigned more = *capacity ? *capacity : 16;
	void *p;

	if (need <= *capacity)
		return 0;
	while (more < need)
		more = more > UINT_MAX / 4 ? need : more * 2;
	p = reallocarray(*items, more, size);
	if (!p)
		return -ENOMEM;
	*items = p;
	*capacity = more;
	return 0;
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

/* Room for `extra` more items: 0 or -ENOMEM. */
#define VEC_ROOM(vec, extra)                                                                       \
	vec_grow((void **)&(vec)->v, &(vec)->capacity, (vec)->n + (extra), sizeof(*(vec)->v))

/* Appends a copy: 0 or -ENOMEM. */
#define VEC_PUSH(vec, item) (VEC_ROOM(vec, 1) < 0 ? -ENOMEM : ((vec)->v[(vec)->n++] = (item), 0))

#define VEC_FREE(vec) free((vec)->v)

#endif
