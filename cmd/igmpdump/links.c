/* links.c - which link a message is on */
#include "igmpdump/links.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "igmpdump/input.h"

static bool is_link(const struct link *l, unsigned input, const struct mc_frame *f)
{
	return l->input == input && l->ifindex == f->ifindex && l->n_vlans == f->n_vlans &&
	       memcmp(l->vlans, f->vlans, sizeof l->vlans) == 0;
}

static uint32_t hash_of(unsigned input, const struct mc_frame *f)
{
	uint32_t h = hash_bytes(&input, sizeof input, f->ifindex);

	return hash_bytes(f->vlans, f->n_vlans * sizeof f->vlans[0], h);
}

/* Only live captures number the interfaces of this host. */
static void name_iface(struct link *l, const struct dump *d)
{
	char name[IF_NAMESIZE];

	if (!l->ifindex && d->live)
		snprintf(l->iface, sizeof l->iface, "%s", d->inputs[l->input].name);
	else if (l->ifindex && d->live && if_indextoname(l->ifindex, name))
		snprintf(l->iface, sizeof l->iface, "%s", name);
	else if (l->ifindex)
		snprintf(l->iface, sizeof l->iface, "if%u", (unsigned)l->ifindex);
}

static void name_link(struct link *l, const struct dump *d)
{
	const char *file = d->inputs[l->input].name, *slash = strrchr(file, '/');
	int n;

	if (!l->iface[0] && strcmp(file, "-") == 0)
		file = "stdin";
	else if (slash && slash[1])
		file = slash + 1;
	n = snprintf(l->name, sizeof l->name, "%.40s", l->iface[0] ? l->iface : file);
	for (unsigned i = 0; i < l->n_vlans; i++)
		n += snprintf(l->name + n, sizeof l->name - (size_t)n, ".%u", l->vlans[i]);
}

/* Not realloc(), which knows nothing of cache lines: threads that count frames, each
 * on a link of its own, would disturb each other. */
static bool grow(struct links *ls)
{
	uint32_t size = ls->n ? 2 * ls->n : 1;
	struct link *v = aligned_alloc(_Alignof(struct link), size * sizeof *v);

	if (!v)
		return false;
	if (ls->n)
		memcpy(v, ls->v, ls->n * sizeof *v);
	free(ls->v);
	ls->v = v;
	return true;
}

static uint32_t add(struct dump *d, unsigned input, const struct mc_frame *f, uint32_t hash)
{
	struct links *ls = &d->links;
	struct link *l;

	if (!(ls->n & (ls->n - 1)) && !grow(ls))
		return UINT32_MAX;
	if (hindex_put(&ls->index, hash, ls->n) < 0)
		return UINT32_MAX;
	l = &ls->v[ls->n];
	*l = (struct link){ .input = input,
			    .linktype = d->inputs[input].linktype,
			    .ifindex = f->ifindex,
			    .n_vlans = f->n_vlans };
	memcpy(l->vlans, f->vlans, sizeof l->vlans);
	name_iface(l, d);
	name_link(l, d);
	return ls->n++;
}

static uint32_t search(struct dump *d, unsigned input, const struct mc_frame *f)
{
	struct links *ls = &d->links;
	uint32_t hash = hash_of(input, f), at = 0, n;

	while ((n = hindex_next(&ls->index, hash, &at)) != HINDEX_NONE)
		if (is_link(&ls->v[n], input, f))
			return n;
	return ls->n == LINKS_MAX ? LINKS_MAX - 1 : add(d, input, f, hash);
}

uint32_t links_find(struct dump *d, unsigned input, const struct mc_frame *f)
{
	struct links *ls = &d->links;

	if (!ls->n || !is_link(&ls->v[ls->last], input, f)) {
		uint32_t n = search(d, input, f);

		if (n == UINT32_MAX)
			return n;
		ls->last = n;
	}
	ls->v[ls->last].frames++;
	return ls->last;
}

void links_free(struct links *l)
{
	free(l->v);
	hindex_free(&l->index);
}
