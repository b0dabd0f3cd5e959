/* census.c - the data itself: every stream, and whether anybody joined it */
#include "igmpdump/census.h"

#include <errno.h>
#include <stdlib.h>

#include <mc/group.h>

struct census {
	struct flow *v;
	const struct flow **sorted;
	uint32_t n, size;
	struct hindex index;
	uint64_t untracked;
	uint32_t last; /* of the packet before: the usual answer */
};

int census_open(struct census **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void census_close(struct census *c)
{
	if (!c)
		return;
	free(c->v);
	free(c->sorted);
	hindex_free(&c->index);
	free(c);
}

static bool is_flow(const struct flow *f, const struct message *m, uint16_t port)
{
	return f->link == m->link && f->port == port && f->protocol == m->f.protocol &&
	       memcmp(&f->group, &m->f.dst, sizeof(f->group)) == 0 &&
	       memcmp(&f->source, &m->f.src, sizeof(f->source)) == 0;
}

static uint32_t hash_of(const struct message *m, uint16_t port)
{
	uint32_t numbers[2] = { m->link, (uint32_t)port << 8 | m->f.protocol };
	uint32_t h = hash_bytes(numbers, sizeof(numbers), 0);

	h = hash_bytes(m->f.src.bytes, sizeof(m->f.src.bytes), h);
	return hash_bytes(m->f.dst.bytes, sizeof(m->f.dst.bytes), h);
}

static bool make_room(struct census *c)
{
	uint32_t size = c->size ? 2 * c->size : 64;
	struct flow *v;

	if (c->n < c->size)
		return true;
	if (c->n == CENSUS_MAX)
		return false;
	v = realloc(c->v, size * sizeof(*v));
	if (!v)
		return false;
	c->v = v;
	c->size = size;
	return true;
}

/* RFC 4541 2.1.2 and 3: groups of the link's own scope are forwarded to all. */
static bool is_control(const struct mc_addr *group)
{
	struct mc_group_info info;

	return mc_group_classify(&info, group) == 0 && info.scope <= MC_SCOPE_LINK;
}

static struct flow *add(struct census *c, const struct message *m, uint16_t port, uint32_t hash)
{
	struct flow *f;

	if (!make_room(c) || hindex_put(&c->index, hash, c->n) < 0)
		return NULL;
	f = &c->v[c->n++];
	*f = (struct flow){ .link = m->link,
			    .source = m->f.src,
			    .group = m->f.dst,
			    .port = port,
			    .protocol = m->f.protocol,
			    .ttl_min = UINT8_MAX,
			    .control = is_control(&m->f.dst),
			    .first = m->when };
	return f;
}

static struct flow *find(struct census *c, const struct message *m, uint16_t port)
{
	uint32_t hash, n, at = 0;

	if (c->last < c->n && is_flow(&c->v[c->last], m, port))
		return &c->v[c->last];
	hash = hash_of(m, port);
	while ((n = hindex_next(&c->index, hash, &at)) != HINDEX_NONE) {
		if (is_flow(&c->v[n], m, port)) {
			c->last = n;
			return &c->v[n];
		}
	}
	return add(c, m, port, hash);
}

void census_add(struct census *c, const mc_observer *o, const struct message *m,
		const struct mc_udp *udp)
{
	struct flow *f = find(c, m, udp ? udp->dst_port : 0);

	if (!f) {
		c->untracked++;
		return;
	}
	f->packets++;
	f->bytes += m->f.ip.len;
	if (m->when.ns > f->last.ns)
		f->last = m->when;
	if (m->f.ttl < f->ttl_min)
		f->ttl_min = m->f.ttl;
	if (m->f.ttl > f->ttl_max)
		f->ttl_max = m->f.ttl;
	f->dscps |= UINT64_C(1) << (m->f.tos >> 2);
	if (!f->control && !mc_observer_wanted(o, f->link, &f->source, &f->group))
		f->unwanted++;
}

void census_totals(const struct census *c, struct census_totals *out)
{
	*out = (struct census_totals){ .streams = c->n, .untracked = c->untracked };
	for (uint32_t i = 0; i < c->n; i++) {
		out->packets += c->v[i].packets;
		out->bytes += c->v[i].bytes;
		out->unwanted += c->v[i].unwanted;
	}
}

static int by_bytes(const void *a, const void *b)
{
	const struct flow *x = *(const struct flow *const *)a;
	const struct flow *y = *(const struct flow *const *)b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	/* Both are elements of one array: the older first. */
	return (x > y) - (x < y);
}

const struct flow *const *census_sorted(struct census *c, size_t *n)
{
	*n = 0;
	free(c->sorted);
	c->sorted = c->n ? calloc(c->n, sizeof(*c->sorted)) : NULL;
	if (!c->sorted)
		return NULL;
	for (uint32_t i = 0; i < c->n; i++)
		c->sorted[i] = &c->v[i];
	qsort(c->sorted, c->n, sizeof(*c->sorted), by_bytes);
	*n = c->n;
	return c->sorted;
}

static double per_second(const struct flow *f, double amount)
{
	double seconds = (double)(f->last.ns - f->first.ns) / 1e9;

	return f->packets > 1 && seconds > 0 ? amount / seconds : 0;
}

double flow_pps(const struct flow *f)
{
	return per_second(f, (double)(f->packets - 1));
}

/* Without the last packet, whose time on the wire comes after it. */
double flow_bps(const struct flow *f)
{
	double share = (double)(f->packets - 1) / (double)f->packets;

	return per_second(f, 8 * (double)f->bytes * share);
}

const char *flow_joined(const struct flow *f)
{
	if (f->control)
		return "not needed";
	if (!f->unwanted)
		return "yes";
	return f->unwanted == f->packets ? "no" : "at times";
}
