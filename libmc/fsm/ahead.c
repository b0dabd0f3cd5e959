/* ahead.c - what messages will look at, asked for before it is needed
 *
 * Reports name hosts, groups and members all over memory, and memory takes as long
 * as a hundred instructions to answer.  It answers a dozen questions at once as
 * fast as one.  So the records of several messages go step by step together: all
 * places in the indices are asked for, then all records that they name, and when
 * the first message is heard, what it needs has come. */
#include "state.h"

/* What everybody drops without effect: RFC 9776 9.2, RFC 9777 6.2 and 7.4.  The
 * rules for MLD are strict; IGMP is heard whatever its TTL (most do). */
static bool is_heard(const struct mc_frame *f, const struct mc_gm *gm)
{
	if (gm->bad_checksum || gm->kind == MC_GM_OTHER || f->src.family != gm->family)
		return false;
	if (gm->version < 1 || gm->version > (gm->family == MC_IPV6 ? 2 : 3))
		return false;
	if (gm->family == MC_IPV6)
		return f->ttl == 1 && f->router_alert && mc_addr_is_link_local(&f->src);
	return !mc_addr_is_multicast(&f->src) && !mc_addr_is_broadcast(&f->src);
}

/* RFC 9776 7.3.2: how older messages translate. */
static struct mc_record older_record(const struct mc_gm *gm)
{
	return (struct mc_record){ .type = gm->kind == MC_GM_LEAVE ? MC_REC_TO_IN : MC_REC_IS_EX,
				   .group = gm->group };
}

static bool is_older(const struct mc_gm *gm)
{
	return gm->kind == MC_GM_LEAVE || rank_of((uint8_t)gm->family, gm->version) < 3;
}

static void ask_for_host(const struct mc_observer *o, struct next *n, const struct mc_frame *f)
{
	n->hash = host_hash(o, n->link, f);
	index_prefetch(&o->by_host, n->hash);
}

static inline void ask_for_group(const struct mc_observer *o, const struct next *n, struct look *l)
{
	l->group = l->member = NONE;
	l->hash = group_hash(o, n->link, l->r.group.family, l->r.group.bytes);
	index_prefetch(&o->by_group, l->hash);
}

static inline bool read_record(struct look *l, enum mc_family family, struct mc_span *rest)
{
	size_t size = family == MC_IPV4 ? 4 : 16;
	struct mc_record_view v;

	if (!mc_record_take(rest, family, &v))
		return false;
	l->r.type = v.type;
	l->r.group = (struct mc_addr){ .family = (uint8_t)family };
	memcpy(l->r.group.bytes, v.group, size);
	l->r.sources = v.sources;
	l->r.n_sources = (uint16_t)(v.sources.len / size);
	return true;
}

/* Of a message, those that are left, as many as there is room for. */
static void read_records(struct ahead *a, struct next *n, enum mc_family family)
{
	struct look *l = n->looks = &a->looks[a->used], *end = &a->looks[AHEAD_RECORDS];

	if (family == MC_IPV4)
		while (l < end && read_record(l, MC_IPV4, &n->rest))
			ask_for_group(a->o, n, l++);
	else
		while (l < end && read_record(l, MC_IPV6, &n->rest))
			ask_for_group(a->o, n, l++);
	n->n = (unsigned)(l - n->looks);
	a->used += n->n;
}

/* Mostly that of the message before. */
static uint32_t find_link(const struct ahead *a, const struct mc_heard *heard)
{
	const struct mc_heard *before = heard - 1;

	if (a->n && a->next[a->n - 1].is_heard && before->link == heard->link &&
	    before->gm->family == heard->gm->family)
		return a->next[a->n - 1].link;
	return link_find(a->o, heard->link, (uint8_t)heard->gm->family);
}

/* False when it does not fit beside those before it. */
static bool read_message(struct ahead *a, const struct mc_heard *heard)
{
	const struct mc_gm *gm = heard->gm;
	struct next *n = &a->next[a->n];

	*n = (struct next){ .looks = &a->looks[a->used], .host = NONE, .link = NONE };
	n->is_heard = is_heard(heard->frame, gm);
	if (!n->is_heard)
		return true;
	n->link = find_link(a, heard);
	ask_for_host(a->o, n, heard->frame);
	if (gm->kind == MC_GM_QUERY)
		return true;
	if (a->n && a->used + (is_older(gm) ? 1u : gm->n_records) > AHEAD_RECORDS)
		return false;
	if (!is_older(gm)) {
		n->rest = gm->records;
		read_records(a, n, gm->family);
		return true;
	}
	n->looks->r = older_record(gm);
	ask_for_group(a->o, n, n->looks);
	n->n = 1;
	a->used++;
	return true;
}

/* ---- step by step ---- */

static void fetch_host(const struct mc_observer *o, struct next *n)
{
	if (n->link != NONE)
		n->host = index_first(&o->by_host, n->hash);
	if (n->host != NONE)
		__builtin_prefetch(host_at(o, n->host));
}

/* A member is found by the numbers of its group and its host, before anything is
 * known of them but these. */
static void ask_for_members(const struct mc_observer *o, struct next *n)
{
	if (n->link == NONE)
		return;
	for (unsigned i = 0; i < n->n; i++) {
		struct look *l = &n->looks[i];

		l->group = index_first(&o->by_group, l->hash);
		if (l->group == NONE)
			continue;
		__builtin_prefetch(group_at(o, l->group));
		if (n->host == NONE)
			continue;
		l->hash = pair_hash(o, l->group, n->host);
		index_prefetch(&o->by_pair, l->hash);
	}
}

static void fetch_members(const struct mc_observer *o, struct next *n)
{
	if (n->host == NONE)
		return;
	for (unsigned i = 0; i < n->n; i++) {
		struct look *l = &n->looks[i];

		if (l->group == NONE)
			continue;
		l->member = index_first(&o->by_pair, l->hash);
		if (l->member == NONE)
			continue;
		__builtin_prefetch(member_at(o, l->member), 1);
		if (l->r.n_sources)
			__builtin_prefetch(sources_room(o, l->member), 1);
		else if (l->r.type == MC_REC_TO_IN) /* it leaves */
			__builtin_prefetch(beside_at(o, l->member), 1);
	}
}

static void step_through(struct ahead *a)
{
	for (unsigned i = 0; i < a->n; i++) {
		fetch_host(a->o, &a->next[i]);
		ask_for_members(a->o, &a->next[i]);
	}
	for (unsigned i = 0; i < a->n; i++)
		fetch_members(a->o, &a->next[i]);
}

/* ---- all of them ---- */

/* Another processor may have read it: first the message, then its records. */
#define FAR  6
#define NEAR 2

static void fetch_message(const struct mc_heard *heard)
{
	const char *f = (const char *)heard->frame, *gm = (const char *)heard->gm;

	__builtin_prefetch(f);
	__builtin_prefetch(f + POOL_LINE);
	__builtin_prefetch(gm);
	__builtin_prefetch(gm + POOL_LINE);
}

void ahead_look(struct ahead *a, const struct mc_observer *o, const struct mc_heard *heard,
		size_t n)
{
	a->o = o;
	a->used = 0;
	for (a->n = 0; a->n < n && a->n < AHEAD_MESSAGES; a->n++) {
		if (a->n + FAR < n)
			fetch_message(&heard[a->n + FAR]);
		if (a->n + NEAR < n)
			__builtin_prefetch(heard[a->n + NEAR].gm->records.p);
		if (!read_message(a, &heard[a->n]))
			break;
	}
	step_through(a);
}

/* The rest of a message that is too long for one time, and therefore the first of
 * all; those behind it have no records here. */
bool ahead_go_on(struct ahead *a, struct next *n, const struct hearing *h, const struct mc_gm *gm)
{
	if (!n->rest.len)
		return false;
	a->used = 0;
	n->link = h->link;
	n->host = h->host;
	read_records(a, n, gm->family);
	ask_for_members(h->o, n);
	fetch_members(h->o, n);
	return n->n > 0;
}
