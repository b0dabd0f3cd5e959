/* filter.c - filter modes and source lists of hosts, as reports change them */
#include "filter.h"
#include <string.h>

/* Made for either size of an address, which the compiler then knows. */
#define FOR_EACH_SIZE static inline __attribute__((always_inline))

FOR_EACH_SIZE uint32_t number(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

FOR_EACH_SIZE int order(const uint8_t *a, const uint8_t *b, size_t each)
{
	if (each == 4)
		return number(a) < number(b) ? -1 : number(a) > number(b);
	return memcmp(a, b, each);
}

/* Where a source is or belongs; from the end, as lists are mostly sorted. */
FOR_EACH_SIZE unsigned place(const struct filter *f, const uint8_t *a, size_t each, bool *found)
{
	unsigned i = f->n;
	int before = 1;

	while (i > 0 && (before = order(a, f->sources + (i - 1) * each, each)) < 0)
		i--;
	*found = i > 0 && before == 0;
	return *found ? i - 1 : i;
}

FOR_EACH_SIZE void add(struct filter *f, const uint8_t *a, size_t each)
{
	bool found;
	unsigned i = place(f, a, each, &found);
	uint8_t *at = f->sources + i * each;

	if (found)
		return;
	if (f->n == FILTER_KEPT) {
		f->more = true;
		return;
	}
	if (i < f->n)
		memmove(at + each, at, (f->n - i) * each);
	memcpy(at, a, each);
	f->n++;
}

FOR_EACH_SIZE void drop(struct filter *f, const uint8_t *a, size_t each)
{
	bool found;
	unsigned i = place(f, a, each, &found);
	uint8_t *at = f->sources + i * each;

	if (!found)
		return;
	f->n--;
	memmove(at, at + each, (f->n - i) * each);
}

enum change { CHANGE_NOTHING, CHANGE_ADD, CHANGE_DROP, CHANGE_REPLACE };

FOR_EACH_SIZE void change(struct filter *f, enum change what, const struct mc_span *sources,
			  size_t each)
{
	if (what == CHANGE_REPLACE) {
		f->more = false;
		f->n = 0;
	}
	for (size_t at = 0; at + each <= sources->len; at += each) {
		if (what == CHANGE_DROP)
			drop(f, sources->p + at, each);
		else
			add(f, sources->p + at, each);
	}
}

static void change4(struct filter *f, enum change what, const struct mc_span *sources)
{
	change(f, what, sources, 4);
}

static void change6(struct filter *f, enum change what, const struct mc_span *sources)
{
	change(f, what, sources, 16);
}

/* ---- what a record says ---- */

static enum change replace(struct filter *f, enum mc_filter_mode mode)
{
	f->mode = (uint8_t)mode;
	return CHANGE_REPLACE;
}

static enum change change_of_include(struct filter *f, bool exists, enum filter_context context)
{
	if (exists && context == FILTER_CONTINUED && f->mode == MC_INCLUDE)
		return CHANGE_ADD;
	return replace(f, MC_INCLUDE);
}

/* RFC 9776 5.2: a host in EXCLUDE mode that is asked about sources answers
 * IS_IN with those it takes, which says nothing about its mode. */
static enum change change_of_state(struct filter *f, bool exists, const struct mc_record *r,
				   enum filter_context context)
{
	if (!r->n_sources) /* never sent by the rules, and without effect on routers */
		return CHANGE_NOTHING;
	if (!exists || context != FILTER_PARTIAL)
		return change_of_include(f, exists, context);
	return f->mode == MC_INCLUDE ? CHANGE_ADD : CHANGE_DROP;
}

static enum change change_of(struct filter *f, bool exists, const struct mc_record *r,
			     enum filter_context context)
{
	switch (r->type) {
	case MC_REC_IS_IN:
		return change_of_state(f, exists, r, context);
	case MC_REC_TO_IN:
		return change_of_include(f, exists, context);
	case MC_REC_IS_EX:
	case MC_REC_TO_EX:
		return replace(f, MC_EXCLUDE);
	case MC_REC_ALLOW:
		if (!exists)
			return replace(f, MC_INCLUDE);
		return f->mode == MC_INCLUDE ? CHANGE_ADD : CHANGE_DROP;
	case MC_REC_BLOCK:
		if (!exists)
			return CHANGE_NOTHING;
		return f->mode == MC_INCLUDE ? CHANGE_DROP : CHANGE_ADD;
	default: /* RFC 9776 4.2.13: unrecognised types are ignored */
		return CHANGE_NOTHING;
	}
}

bool filter_apply(struct filter *f, bool exists, const struct mc_record *r,
		  enum filter_context context)
{
	enum change what = change_of(f, exists, r, context);

	if (what == CHANGE_NOTHING)
		return exists;
	if (r->group.family == MC_IPV4)
		change4(f, what, &r->sources);
	else
		change6(f, what, &r->sources);
	return f->mode == MC_EXCLUDE || f->n || f->more;
}
