/* filter.c - filter modes and source lists of hosts, as reports change them */
#include "filter.h"
#include <string.h>

/* Where a source is or belongs. */
static unsigned place(const struct filter *f, const struct mc_addr *a, bool *found)
{
	unsigned i = 0;
	int order = 1;

	while (i < f->n && (order = mc_addr_cmp(a, &f->sources[i])) > 0)
		i++;
	*found = i < f->n && order == 0;
	return i;
}

static void add(struct filter *f, const struct mc_addr *a)
{
	bool found;
	unsigned i = place(f, a, &found);

	if (found)
		return;
	if (f->n == FILTER_KEPT) {
		f->more = true;
		return;
	}
	memmove(&f->sources[i + 1], &f->sources[i], (f->n - i) * sizeof(*a));
	f->sources[i] = *a;
	f->n++;
}

static void drop(struct filter *f, const struct mc_addr *a)
{
	bool found;
	unsigned i = place(f, a, &found);

	if (!found)
		return;
	f->n--;
	memmove(&f->sources[i], &f->sources[i + 1], (f->n - i) * sizeof(*a));
}

static void add_all(struct filter *f, const struct mc_record *r)
{
	for (unsigned i = 0; i < r->n_sources; i++) {
		struct mc_addr a = mc_gm_source(r->group.family, &r->sources, i);

		add(f, &a);
	}
}

static void drop_all(struct filter *f, const struct mc_record *r)
{
	for (unsigned i = 0; i < r->n_sources; i++) {
		struct mc_addr a = mc_gm_source(r->group.family, &r->sources, i);

		drop(f, &a);
	}
}

static void replace(struct filter *f, enum mc_filter_mode mode, const struct mc_record *r)
{
	f->mode = (uint8_t)mode;
	f->more = false;
	f->n = 0;
	add_all(f, r);
}

static bool is_left(const struct filter *f)
{
	return f->mode == MC_EXCLUDE || f->n || f->more;
}

static bool apply_include(struct filter *f, bool exists, const struct mc_record *r,
			  enum filter_context context)
{
	if (exists && context == FILTER_CONTINUED && f->mode == MC_INCLUDE)
		add_all(f, r);
	else
		replace(f, MC_INCLUDE, r);
	return is_left(f);
}

/* RFC 9776 5.2: a host in EXCLUDE mode that is asked about sources answers
 * IS_IN with those it takes, which says nothing about its mode. */
static bool apply_state(struct filter *f, bool exists, const struct mc_record *r,
			enum filter_context context)
{
	if (!r->n_sources) /* never sent by the rules, and without effect on routers */
		return exists;
	if (!exists || context != FILTER_PARTIAL)
		return apply_include(f, exists, r, context);
	if (f->mode == MC_INCLUDE)
		add_all(f, r);
	else
		drop_all(f, r);
	return true;
}

static bool apply_allow(struct filter *f, bool exists, const struct mc_record *r)
{
	if (!exists)
		replace(f, MC_INCLUDE, r);
	else if (f->mode == MC_INCLUDE)
		add_all(f, r);
	else
		drop_all(f, r);
	return is_left(f);
}

static bool apply_block(struct filter *f, bool exists, const struct mc_record *r)
{
	if (!exists)
		return false;
	if (f->mode == MC_INCLUDE)
		drop_all(f, r);
	else
		add_all(f, r);
	return is_left(f);
}

bool filter_apply(struct filter *f, bool exists, const struct mc_record *r,
		  enum filter_context context)
{
	switch (r->type) {
	case MC_REC_IS_IN:
		return apply_state(f, exists, r, context);
	case MC_REC_TO_IN:
		return apply_include(f, exists, r, context);
	case MC_REC_IS_EX:
	case MC_REC_TO_EX:
		replace(f, MC_EXCLUDE, r);
		return true;
	case MC_REC_ALLOW:
		return apply_allow(f, exists, r);
	case MC_REC_BLOCK:
		return apply_block(f, exists, r);
	default: /* RFC 9776 4.2.13: unrecognised types are ignored */
		return exists;
	}
}
