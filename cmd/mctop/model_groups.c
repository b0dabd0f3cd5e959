/* model_groups.c - memberships: read, kept, compared, announced */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hindex.h"
#include "mctop/model_space.h"

static unsigned bucket_of(const struct model *m, const struct iface *f, const struct mc_addr *addr)
{
	uint32_t h = hash_bytes(&f, sizeof f, 0);

	return hash_bytes(addr, sizeof *addr, h) & (m->n_buckets - 1);
}

/* Groups of the link's own scope reach every port anyway. */
static bool mac_of(const struct model *m, struct mc_mac *mac, unsigned *bucket,
		   const struct group *g)
{
	uint32_t h = hash_bytes(&g->iface, sizeof g->iface, 1);
	struct mc_group_info info;

	if (mc_group_classify(&info, &g->addr) < 0 || info.scope <= MC_SCOPE_LINK ||
	    g->iface->i.loopback || mc_group_mac(mac, &g->addr) < 0)
		return false;
	*bucket = hash_bytes(mac, sizeof *mac, h) & (m->n_buckets - 1);
	return true;
}

struct group *group_find(const struct model *m, const struct iface *f, const struct mc_addr *addr)
{
	struct group *g;

	if (!m->n_buckets)
		return NULL;
	for (g = m->buckets[bucket_of(m, f, addr)]; g; g = g->next)
		if (g->iface == f && memcmp(&g->addr, addr, sizeof *addr) == 0)
			return g;
	return NULL;
}

struct group *model_find(const struct model *m, uint64_t netns, unsigned ifindex,
			 const struct mc_addr *addr)
{
	for (unsigned i = 0; i < m->n_spaces; i++) {
		struct iface *f = model_iface(m->spaces[i], ifindex);

		if (f && m->spaces[i]->inode == netns)
			return group_find(m, f, addr);
	}
	return NULL;
}

/* The other groups of the interface with the same MAC: how many, and one of them. */
static unsigned mac_twins(const struct model *m, const struct group *g, struct group **twin)
{
	struct mc_mac mac, other;
	unsigned bucket, unused, n = 0;

	if (!mac_of(m, &mac, &bucket, g))
		return 0;
	for (struct group *t = m->macs[bucket]; t; t = t->next_mac) {
		if (t == g || t->iface != g->iface || !mac_of(m, &other, &unused, t) ||
		    memcmp(&mac, &other, sizeof mac) != 0)
			continue;
		*twin = t;
		n++;
	}
	return n;
}

static void chain(struct model *m, struct group *g)
{
	unsigned b = bucket_of(m, g->iface, &g->addr);
	struct mc_mac mac;

	g->next = m->buckets[b];
	m->buckets[b] = g;
	if (mac_of(m, &mac, &b, g)) {
		g->next_mac = m->macs[b];
		m->macs[b] = g;
	}
}

static void unchain(struct model *m, struct group *g)
{
	unsigned b = bucket_of(m, g->iface, &g->addr);
	struct group **p = &m->buckets[b];
	struct mc_mac mac;

	while (*p != g)
		p = &(*p)->next;
	*p = g->next;
	if (!mac_of(m, &mac, &b, g))
		return;
	for (p = &m->macs[b]; *p != g;)
		p = &(*p)->next_mac;
	*p = g->next_mac;
}

static void grow_buckets(struct model *m)
{
	if (m->n_groups < m->n_buckets)
		return;
	m->n_buckets = m->n_buckets ? m->n_buckets * 2 : BUCKETS_MIN;
	free(m->buckets);
	free(m->macs);
	m->buckets = need(calloc(m->n_buckets, sizeof(struct group *)));
	m->macs = need(calloc(m->n_buckets, sizeof(struct group *)));
	for (unsigned i = 0; i < m->n_groups; i++)
		chain(m, m->groups[i]);
}

static struct group *add(struct model *m, struct iface *f, const struct mc_addr *addr)
{
	struct group *g = need(calloc(1, sizeof *g)), *twin;

	g->iface = f;
	g->addr = *addr;
	g->since = now_wall();
	g->since_exact = !m->loading;
	grow_buckets(m);
	if (m->n_groups == m->room_groups) {
		m->room_groups = m->room_groups ? m->room_groups * 2 : 64;
		m->groups = need(reallocarray(m->groups, m->room_groups, sizeof g));
	}
	g->at = m->n_groups;
	m->groups[m->n_groups++] = g;
	chain(m, g);
	if (mac_twins(m, g, &twin))
		g->mac_shared = twin->mac_shared = true;
	f->n_groups[addr->family == MC_IPV6]++;
	m->others_stale = true;
	m->generation[TABLE_GROUPS]++;
	return g;
}

static void discard(struct model *m, struct group *g)
{
	struct group *twin;

	if (mac_twins(m, g, &twin) == 1)
		twin->mac_shared = false;
	unchain(m, g);
	m->groups[g->at] = m->groups[--m->n_groups];
	m->groups[g->at]->at = g->at;
	if (g->left_at.ns)
		m->n_left--;
	else
		g->iface->n_groups[g->addr.family == MC_IPV6]--;
	flows_free(m, g);
	free(g->sources);
	free(g);
	m->generation[TABLE_GROUPS]++;
}

static void joined(struct model *m, struct iface *f, struct group *g, const struct mc_addr *addr)
{
	if (!g) {
		g = add(m, f, addr);
	} else {
		g->left_at.ns = 0;
		m->n_left--;
		g->since = now_wall();
		g->since_exact = true;
		f->n_groups[addr->family == MC_IPV6]++;
		m->generation[TABLE_GROUPS]++;
	}
	event_group(m, EVENT_JOINED, g, "joined");
}

static void left(struct model *m, struct group *g)
{
	event_group(m, EVENT_LEFT, g, "left");
	if (!m->linger.ns) {
		discard(m, g);
		return;
	}
	g->left_at = now_wall();
	g->n_holders = 0;
	g->iface->n_groups[g->addr.family == MC_IPV6]--;
	m->n_left++;
	m->generation[TABLE_GROUPS]++;
}

void groups_forget_left(struct model *m, bool all)
{
	int64_t limit = now_wall().ns - m->linger.ns;

	for (unsigned i = m->n_left ? m->n_groups : 0; i-- > 0;) {
		struct group *g = m->groups[i];

		if (g->left_at.ns && (all || g->left_at.ns < limit))
			discard(m, g);
	}
}

void groups_drop_iface(struct model *m, struct iface *f, bool tell)
{
	for (unsigned i = m->n_groups; i-- > 0;) {
		struct group *g = m->groups[i];

		if (g->iface != f)
			continue;
		if (tell && !g->left_at.ns)
			event_group(m, EVENT_LEFT, g, "left");
		discard(m, g);
	}
}

void groups_free_all(struct model *m)
{
	while (m->n_groups)
		discard(m, m->groups[m->n_groups - 1]);
	free(m->groups);
	free(m->buckets);
	free(m->macs);
}

static bool in_spec(const struct mc_spec *s, const struct mc_addr *addr)
{
	uint64_t far;

	return s->first.family == addr->family && mc_addr_cmp(&s->first, addr) <= 0 &&
	       mc_addr_distance(&far, &s->first, addr) == 0 && far < s->count;
}

static bool is_wanted(const struct model *m, const struct mc_addr *addr)
{
	if (m->c->common.family && m->c->common.family != addr->family)
		return false;
	for (size_t i = 0; i < m->wanted.n; i++)
		if (in_spec(&m->wanted.v[i], addr))
			return true;
	return m->wanted.n == 0;
}

static bool same_sources(const struct group *g, const struct mc_interface_state *st)
{
	return g->n_sources == st->n_sources &&
	       (!g->n_sources ||
		memcmp(g->sources, st->sources, g->n_sources * sizeof *g->sources) == 0);
}

/* Mode and sources; whether they are others than before. */
static bool take_filter(struct group *g, const struct mc_interface_state *st)
{
	bool whole = st->have & MC_HAVE_FILTER, first = !g->read;

	g->read = true;
	if (same_sources(g, st) && g->mode == st->mode && g->has_filter == whole)
		return false;
	free(g->sources);
	g->sources = NULL;
	g->n_sources = 0;
	if (st->n_sources) {
		g->sources = need(calloc(st->n_sources, sizeof *g->sources));
		memcpy(g->sources, st->sources, st->n_sources * sizeof *g->sources);
		g->n_sources = st->n_sources;
	}
	g->has_filter = whole;
	g->mode = st->mode;
	return !first;
}

static void take_state(struct model *m, struct iface *f, const struct mc_interface_state *st)
{
	struct group *g = group_find(m, f, &st->group);

	if (!g || g->left_at.ns) {
		joined(m, f, g, &st->group);
		g = group_find(m, f, &st->group);
	}
	g->seen = true;
	if (st->have & MC_HAVE_USERS) {
		/* Who is it? */
		if (g->users != st->users)
			pace_hurry(&f->space->io->scan);
		g->users = st->users;
	}
	if (take_filter(g, st)) {
		event_group(m, EVENT_CHANGED, g, "has other sources");
		pace_hurry(&f->space->io->scan);
	}
}

static void forget_unseen(struct model *m, const struct space *s)
{
	for (unsigned i = m->n_groups; i-- > 0;) {
		struct group *g = m->groups[i];

		if (g->iface->space == s && !g->seen && !g->left_at.ns)
			left(m, g);
	}
}

static void take_versions(struct space *s)
{
	const struct mc_gm_interface *v;
	int n = mc_memberships_interfaces(&v, s->io->memberships);

	for (int i = 0; i < n; i++) {
		struct iface *f = model_iface(s, v[i].ifindex);

		if (!f)
			continue;
		f->version[v[i].family == MC_IPV6] = v[i].speaks;
		if (v[i].family == MC_IPV4)
			f->old_querier = v[i].older_querier;
	}
}

void groups_read(struct model *m, struct space *s)
{
	const struct mc_interface_state *v;
	struct mc_why why = { "", "" };
	int64_t began = cpu_ns();
	int n = mc_memberships_read(&v, s->io->memberships, MC_MEMBERSHIPS_FILTERS, &why);

	if (n < 0) {
		event_note(m, why.what[0] ? why.what : mc_strerror(n));
		pace_done(&s->io->groups, began, SECOND);
		return;
	}
	for (unsigned i = 0; i < m->n_groups; i++)
		m->groups[i]->seen = false;
	for (int i = 0; i < n; i++) {
		struct iface *f = model_iface(s, v[i].ifindex);

		if (f && is_wanted(m, &v[i].group))
			take_state(m, f, &v[i]);
	}
	forget_unseen(m, s);
	take_versions(s);
	n = mc_sockets_want(s->io->sockets, v, (unsigned)n);
	if (n < 0)
		event_note(m, mc_strerror(n));
	pace_done(&s->io->groups, began, SECOND);
}

static void take_event(struct model *m, struct space *s, const struct mc_membership_event *e)
{
	struct iface *f = model_iface(s, e->ifindex);
	struct group *g = f ? group_find(m, f, &e->group) : NULL;

	if (!is_wanted(m, &e->group))
		return;
	if (!f && e->joined)
		pace_hurry(&s->io->ifaces);
	if (f && e->joined && (!g || g->left_at.ns))
		joined(m, f, g, &e->group);
	else if (g && !e->joined && !g->left_at.ns)
		left(m, g);
	else
		return;
	if (e->joined)
		pace_hurry(&s->io->scan);
}

void groups_watch(struct model *m, struct space *s)
{
	struct mc_membership_event e;
	bool any = false;
	int rc;

	if (mc_memberships_fd(s->io->memberships) < 0)
		return;
	while ((rc = mc_memberships_next(&e, s->io->memberships)) == 1) {
		take_event(m, s, &e);
		any = true;
	}
	if (rc == -ENOBUFS)
		s->io->netlink_lost++;
	if (any || rc == -ENOBUFS)
		pace_hurry(&s->io->groups);
}
