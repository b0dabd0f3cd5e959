/* member.c - JoinHostGroup and LeaveHostGroup over as many sockets as it takes */
#include "sys/optbatch.h"
#include "sys/rx.h"
#include "sys/sockaddr.h"
#include "sys/why.h"

#include <errno.h>
#include <mc/host.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The kernel's default of igmp_max_msf; lists that are longer are spread. */
#define SOCKET_SOURCES 10
/* Joins for which it pays to make many in one call: opening costs some hundred. */
#define LONG_LIST 512

/* --- the table of members ------------------------------------------------ */

static uint32_t hash_key(const struct mc_addr *group, unsigned ifindex, uint16_t port)
{
	uint64_t low, high, h;

	memcpy(&high, group->bytes, 8);
	memcpy(&low, group->bytes + 8, 8);
	h = (high ^ (low * 0x9e3779b97f4a7c15u)) + ((uint64_t)ifindex << 16) + port;
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	return (uint32_t)(h ^ (h >> 32));
}

static bool is_member(const struct member *m, const struct mc_addr *group, unsigned ifindex,
		      uint16_t port)
{
	return m->port == port && m->ifindex == ifindex &&
	       memcmp(&m->group, group, sizeof(*group)) == 0;
}

static struct member *find(const struct mc_rx *rx, const struct mc_addr *group, unsigned ifindex,
			   uint16_t port)
{
	if (!rx->index_size)
		return NULL;

	uint32_t hash = hash_key(group, ifindex, port);

	for (uint32_t i = hash;; i++) {
		const struct slot *at = &rx->index[i & (rx->index_size - 1)];

		if (!at->number)
			return NULL;
		if (at->hash == hash &&
		    is_member(&rx->members[at->number - 1], group, ifindex, port))
			return &rx->members[at->number - 1];
	}
}

static void index_put(struct mc_rx *rx, struct slot slot)
{
	uint32_t i = slot.hash;

	while (rx->index[i & (rx->index_size - 1)].number)
		i++;
	rx->index[i & (rx->index_size - 1)] = slot;
}

/* Room for more members, in the table and in its half-full index. */
static int table_grow(struct mc_rx *rx, unsigned more)
{
	unsigned size = rx->members_size ? rx->members_size : 16;

	if (rx->n_members + more <= rx->members_size)
		return 0;
	while (size < rx->n_members + more)
		size *= 2;

	struct member *members = realloc(rx->members, size * sizeof(*members));

	if (!members)
		return -ENOMEM;
	rx->members = members;

	struct slot *old = rx->index, *index = calloc((size_t)size * 2, sizeof(*index));
	unsigned old_size = rx->index_size;

	if (!index)
		return -ENOMEM;
	rx->index = index;
	rx->index_size = size * 2;
	rx->members_size = size;
	for (unsigned i = 0; i < old_size; i++)
		if (old[i].number)
			index_put(rx, old[i]);
	free(old);
	mc_populate(rx->members + rx->n_members, more * sizeof(*members));
	mc_populate(index, (size_t)rx->index_size * sizeof(*index));
	return 0;
}

void rx_members_free(struct mc_rx *rx)
{
	for (unsigned i = 0; i < rx->n_members; i++) {
		free(rx->members[i].sources);
		free(rx->members[i].many_places);
	}
	free(rx->members);
	free(rx->index);
}

static bool has_source(const struct member *m, const struct mc_addr *source)
{
	for (unsigned i = 0; i < m->n_sources; i++)
		if (memcmp(&m->sources[i], source, sizeof(*source)) == 0)
			return true;
	return false;
}

const struct member *rx_match(struct mc_rx *rx, const struct mc_addr *group, unsigned ifindex,
			      uint16_t port, const struct mc_addr *source)
{
	const struct member *m = NULL;

	if (rx->last < rx->n_members && is_member(&rx->members[rx->last], group, ifindex, port))
		m = &rx->members[rx->last];
	else
		m = find(rx, group, ifindex, port);
	if (!m || !m->joined)
		return NULL;
	rx->last = (unsigned)(m - rx->members);
	return has_source(m, source) == (m->mode == MC_INCLUDE) ? m : NULL;
}

/* --- the kernel's memberships -------------------------------------------- */

static struct group_req group_request(const struct member *m)
{
	struct group_req r = { .gr_interface = m->ifindex };

	sockaddr_fill(&r.gr_group, &m->group, 0, 0);
	return r;
}

static int mcast_group(int fd, int option, const struct member *m)
{
	struct group_req r = group_request(m);

	return setsockopt(fd, level_of(m->group.family), option, &r, sizeof(r)) < 0 ? -errno : 0;
}

static int mcast_source(int fd, int option, const struct member *m, const struct mc_addr *source)
{
	struct group_source_req r = { .gsr_interface = m->ifindex };

	sockaddr_fill(&r.gsr_group, &m->group, 0, 0);
	sockaddr_fill(&r.gsr_source, source, 0, 0);
	return setsockopt(fd, level_of(m->group.family), option, &r, sizeof(r)) < 0 ? -errno : 0;
}

/* Joins on one socket with n of the sources. All or nothing. */
static int place_on(int fd, const struct member *m, const struct mc_addr *sources, unsigned n)
{
	bool include = m->mode == MC_INCLUDE;
	int option = include ? MCAST_JOIN_SOURCE_GROUP : MCAST_BLOCK_SOURCE;
	int err = include ? 0 : mcast_group(fd, MCAST_JOIN_GROUP, m);

	for (unsigned i = 0; !err && i < n; i++) {
		err = mcast_source(fd, option, m, &sources[i]);
		if (err && (i || !include))
			mcast_group(fd, MCAST_LEAVE_GROUP, m);
	}
	return err;
}

static struct holder *open_holder(struct mc_rx *rx, const struct member *m, int *err)
{
	struct holder *grown = realloc(rx->holders, (rx->n_holders + 1) * sizeof(*grown));
	int fd;

	*err = -ENOMEM;
	if (!grown)
		return NULL;
	rx->holders = grown;
	fd = socket(af_of(m->group.family), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	*err = fd < 0 ? -errno : 0;
	if (fd < 0)
		return NULL;
	rx->holders[rx->n_holders] = (struct holder){ fd, m->group.family, m->port, 0 };
	return &rx->holders[rx->n_holders++];
}

/* Of the holders for a family and port: as a rule the newest, or one that was left. */
static struct holder *roomy_holder(struct mc_rx *rx, const struct member *m)
{
	for (unsigned i = rx->n_holders; i-- > 0;) {
		struct holder *h = &rx->holders[i];

		if (h->family == m->group.family && h->port == m->port &&
		    h->n_members < SOCKET_MEMBERS)
			return h;
	}
	return NULL;
}

/* Joins on a holder: its descriptor.  A full one (the administrator may have
 * lowered the limit) is followed by a fresh one before giving up. */
static int place_on_holder(struct mc_rx *rx, const struct member *m, const struct mc_addr *sources,
			   unsigned n, bool fresh)
{
	struct holder *h = fresh ? NULL : roomy_holder(rx, m);
	int err = h ? place_on(h->fd, m, sources, n) : -ENOBUFS;

	if (err == -ENOBUFS && (!h || h->n_members)) {
		h = open_holder(rx, m, &err);
		if (h)
			err = place_on(h->fd, m, sources, n);
	}
	if (err || !h)
		return err;
	h->n_members++;
	return h->fd;
}

/* The receiving socket itself, while it has room: the kernel then filters. */
static int place_on_receiver(struct receiver *r, const struct member *m)
{
	int err;

	if (r->n_members >= SOCKET_MEMBERS || r->takes_all)
		return -ENOBUFS;
	err = place_on(r->fd, m, m->sources, m->n_sources);
	if (err)
		return err;
	r->n_members++;
	return r->fd;
}

static void unplace(struct mc_rx *rx, int fd, const struct member *m)
{
	mcast_group(fd, MCAST_LEAVE_GROUP, m);
	for (unsigned i = 0; i < rx->n_receivers; i++)
		if (rx->receivers[i].fd == fd)
			rx->receivers[i].n_members--;
	for (unsigned i = rx->n_holders; i-- > 0;) {
		if (rx->holders[i].fd != fd)
			continue;
		rx->holders[i].n_members--;
		return;
	}
}

/* Nearly all have one place, which needs no allocation. */
static int *places_of(struct member *m)
{
	return m->many_places ? m->many_places : &m->one_place;
}

/* Undoes the places from number `keep` on. */
static void unplace_from(struct mc_rx *rx, struct member *m, unsigned keep)
{
	while (m->n_places > keep)
		unplace(rx, places_of(m)[--m->n_places], m);
	if (keep == 0) {
		free(m->many_places);
		m->many_places = NULL;
	}
}

static int places_grow(struct member *m, unsigned more)
{
	int *grown;

	if (m->n_places + more <= 1)
		return 0;
	grown = realloc(m->many_places, (m->n_places + more) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	if (!m->many_places && m->n_places)
		grown[0] = m->one_place;
	m->many_places = grown;
	return 0;
}

/* An INCLUDE list that one socket cannot hold, in portions: the kernel merges
 * the sockets' filters to their union (RFC 9776 3.2).  EXCLUDE lists merge to
 * their intersection and cannot be spread.  A socket holds one portion of a
 * group only, or leaving one would leave both. */
static int place_spread(struct mc_rx *rx, struct member *m, const struct mc_addr *sources,
			unsigned n)
{
	unsigned before = m->n_places;
	int err = places_grow(m, (n + SOCKET_SOURCES - 1) / SOCKET_SOURCES);

	for (unsigned at = 0; !err && at < n; at += SOCKET_SOURCES) {
		unsigned part = n - at < SOCKET_SOURCES ? n - at : SOCKET_SOURCES;
		int fd = place_on_holder(rx, m, sources + at, part, m->n_places > 0);

		if (fd < 0)
			err = fd;
		else
			places_of(m)[m->n_places++] = fd;
	}
	if (err)
		unplace_from(rx, m, before);
	return err;
}

static int place(struct mc_rx *rx, struct receiver *r, struct member *m)
{
	int fd, err;

	if (m->mode == MC_INCLUDE && m->n_sources > SOCKET_SOURCES) {
		rx_take_all(r);
		return place_spread(rx, m, m->sources, m->n_sources);
	}
	err = places_grow(m, 1);
	if (err)
		return err;
	fd = place_on_receiver(r, m);
	if (fd == -ENOBUFS) {
		rx_take_all(r);
		fd = place_on_holder(rx, m, m->sources, m->n_sources, false);
	}
	if (fd < 0) {
		unplace_from(rx, m, 0);
		return fd;
	}
	places_of(m)[m->n_places++] = fd;
	return 0;
}

/* --- the public calls ---------------------------------------------------- */

/* Names the limit that a join ran into, and its value. */
static void explain_limit(const struct mc_membership *m, struct mc_why *why)
{
	bool v4 = m->group.family == MC_IPV4;
	long msf = sysctl_read(v4 ? "net/ipv4/igmp_max_msf" : "net/ipv6/mld_max_msf");
	unsigned list = m->n_sources;

	if (m->mode == MC_INCLUDE && list > SOCKET_SOURCES)
		list = SOCKET_SOURCES;
	if (msf >= 0 && list > (unsigned long)msf)
		why_fix(why, "%u sources on a socket, but %s=%ld; raise it with sysctl -w", list,
			v4 ? "net.ipv4.igmp_max_msf" : "net.ipv6.mld_max_msf", msf);
	else if (v4 && sysctl_read("net/ipv4/igmp_max_memberships") < SOCKET_MEMBERS)
		why_fix(why, "net.ipv4.igmp_max_memberships=%ld; raise it with sysctl -w",
			sysctl_read("net/ipv4/igmp_max_memberships"));
	else
		why_fix(why, "net.core.optmem_max=%ld; raise it with sysctl -w",
			sysctl_read("net/core/optmem_max"));
}

static int explain(int err, const struct mc_membership *m, struct mc_why *why)
{
	char text[MC_ADDR_TEXT];

	mc_addr_format(&m->group, text);
	why_set(why, err, "cannot join %s on interface %u: %s", text, m->ifindex, mc_strerror(err));
	if (err == -ENOBUFS || err == -ENOMEM)
		explain_limit(m, why);
	else if (err == -EMFILE)
		why_fix(why, "raise the limit of open files (ulimit -n)");
	return err;
}

static int check(const struct mc_membership *m, struct mc_why *why)
{
	char text[MC_ADDR_TEXT];

	if (!mc_addr_is_multicast(&m->group))
		return why_set(why, -MC_ENOTGROUP, "%s is not a multicast group",
			       mc_addr_format(&m->group, text));
	if (!m->port || !m->ifindex)
		return why_set(why, -EINVAL, "%s needs a port and an interface",
			       mc_addr_format(&m->group, text));
	if (m->mode == MC_INCLUDE && !m->n_sources)
		return why_set(why, -EINVAL, "%s: INCLUDE without sources is no membership",
			       mc_addr_format(&m->group, text));
	for (unsigned i = 0; i < m->n_sources; i++)
		if (m->sources[i].family != m->group.family || mc_addr_is_multicast(&m->sources[i]))
			return why_set(why, -EINVAL, "%s is no source for the group",
				       mc_addr_format(&m->sources[i], text));
	return 0;
}

static int copy_sources(struct member *to, const struct mc_membership *m)
{
	if (!m->n_sources)
		return 0;
	to->sources = malloc(m->n_sources * sizeof(*to->sources));
	if (!to->sources)
		return -ENOMEM;
	memcpy(to->sources, m->sources, m->n_sources * sizeof(*to->sources));
	to->n_sources = m->n_sources;
	return 0;
}

/* Joins more sources on the one socket that a short list lies on. */
static int add_in_place(struct member *m, const struct mc_addr *sources, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int err = mcast_source(places_of(m)[0], MCAST_JOIN_SOURCE_GROUP, m, &sources[i]);

		if (!err)
			continue;
		while (i-- > 0)
			mcast_source(places_of(m)[0], MCAST_LEAVE_SOURCE_GROUP, m, &sources[i]);
		return err;
	}
	return 0;
}

/* A second INCLUDE of a member adds what it does not have yet. */
static int add_sources(struct mc_rx *rx, struct receiver *r, struct member *m,
		       const struct mc_membership *more)
{
	struct mc_addr *all = realloc(m->sources, (m->n_sources + more->n_sources) * sizeof(*all));
	unsigned n = 0;
	int err = 0;

	if (!all)
		return -ENOMEM;
	m->sources = all;
	for (unsigned i = 0; i < more->n_sources; i++)
		if (!has_source(m, &more->sources[i]))
			all[m->n_sources + n++] = more->sources[i];
	if (m->n_places == 1 && m->n_sources + n <= SOCKET_SOURCES) {
		err = add_in_place(m, all + m->n_sources, n);
	} else if (n) {
		rx_take_all(r);
		err = place_spread(rx, m, all + m->n_sources, n);
	}
	if (err)
		return err;
	m->n_sources += n;
	return (int)(m - rx->members);
}

/* Neither list has duplicates: the same length and no stranger means equal. */
static bool same_exclude(const struct member *old, const struct mc_membership *m)
{
	if (old->mode != MC_EXCLUDE || m->mode != MC_EXCLUDE || old->n_sources != m->n_sources)
		return false;
	for (unsigned i = 0; i < m->n_sources; i++)
		if (!has_source(old, &m->sources[i]))
			return false;
	return true;
}

static int join_again(struct mc_rx *rx, struct receiver *r, struct member *old,
		      const struct mc_membership *m, struct mc_why *why)
{
	char text[MC_ADDR_TEXT];
	int ret;

	if (old->joined && same_exclude(old, m))
		return (int)(old - rx->members);
	if (old->joined && (old->mode != MC_INCLUDE || m->mode != MC_INCLUDE))
		return why_set(why, -EEXIST, "%s port %u is joined already, with another filter",
			       mc_addr_format(&m->group, text), m->port);
	if (old->joined) {
		ret = add_sources(rx, r, old, m);
		return ret < 0 ? explain(ret, m, why) : ret;
	}
	free(old->sources);
	old->sources = NULL;
	old->n_sources = 0;
	old->mode = (uint8_t)m->mode;
	ret = copy_sources(old, m);
	if (!ret)
		ret = place(rx, r, old);
	if (ret)
		return explain(ret, m, why);
	old->joined = true;
	rx->n_joined++;
	return (int)(old - rx->members);
}

static struct member member_from(const struct mc_membership *m)
{
	return (struct member){ .group = m->group,
				.ifindex = m->ifindex,
				.port = m->port,
				.mode = (uint8_t)m->mode,
				.joined = true };
}

/* Its number.  table_grow has made room. */
static int table_add(struct mc_rx *rx, const struct member *m)
{
	rx->members[rx->n_members++] = *m;
	index_put(rx, (struct slot){ hash_key(&m->group, m->ifindex, m->port), rx->n_members });
	rx->n_joined++;
	return (int)rx->n_members - 1;
}

int mc_join_host_group(mc_rx *rx, const struct mc_membership *m, struct mc_why *why)
{
	struct member fresh = member_from(m), *old;
	int receiver, err;

	if ((err = check(m, why)))
		return err;
	receiver = rx_receiver_for(rx, m->group.family, m->port, why);
	if (receiver < 0)
		return receiver;
	if (rx->use_rings && (err = rx_ring_for(rx, m->group.family, m->ifindex, m->port, why)) < 0)
		return err;
	old = find(rx, &m->group, m->ifindex, m->port);
	if (old)
		return join_again(rx, &rx->receivers[receiver], old, m, why);
	err = table_grow(rx, 1);
	if (!err)
		err = copy_sources(&fresh, m);
	if (!err)
		err = place(rx, &rx->receivers[receiver], &fresh);
	if (err) {
		free(fresh.sources);
		return explain(err, m, why);
	}
	return table_add(rx, &fresh);
}

/* --- many at once -------------------------------------------------------- */

/* Joins that wait for each other, to be made in one system call. */
struct together {
	unsigned n;
	struct setopt calls[OPTBATCH_MAX];
	struct group_req requests[OPTBATCH_MAX];
	struct mc_join *outs[OPTBATCH_MAX];
};

static mc_nsec wall_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

/* Gives up the holder that was counted on, and joins as one alone would. */
static int join_alone(struct mc_rx *rx, int number, struct mc_why *why)
{
	struct member *m = &rx->members[number];
	const struct mc_membership again = { .group = m->group,
					     .ifindex = m->ifindex,
					     .port = m->port,
					     .mode = (enum mc_filter_mode)m->mode };

	unplace_from(rx, m, 0);
	m->joined = false;
	rx->n_joined--;
	return mc_join_host_group(rx, &again, why);
}

static void join_together(struct mc_rx *rx, struct together *t, struct mc_why *why, int *first)
{
	mc_nsec now = wall_clock();

	optbatch_set(rx->joining, t->calls, t->n);
	for (unsigned i = 0; i < t->n; i++) {
		struct mc_join *out = t->outs[i];

		out->asked = now;
		if (t->calls[i].result < 0)
			out->number = join_alone(rx, out->number, *first ? NULL : why);
		if (out->number < 0 && !*first)
			*first = out->number;
	}
	t->n = 0;
}

/* A new member for which only a holder has to join: that can wait. */
static bool can_wait(const struct mc_rx *rx, const struct mc_membership *m)
{
	if (m->mode != MC_EXCLUDE || m->n_sources || check(m, NULL) < 0)
		return false;
	if (rx->use_rings && !rx_ring_has(rx, m->group.family, m->ifindex, m->port))
		return false;
	for (unsigned i = 0; i < rx->n_receivers; i++)
		if (rx->receivers[i].port == m->port && rx->receivers[i].family == m->group.family)
			return rx->receivers[i].takes_all &&
			       !find(rx, &m->group, m->ifindex, m->port);
	return false;
}

/* 0, or an error when there is no holder for it. */
static int let_wait(struct mc_rx *rx, struct together *t, const struct mc_membership *m,
		    struct mc_join *out)
{
	struct member fresh = member_from(m);
	struct holder *h = roomy_holder(rx, &fresh);
	int err = table_grow(rx, 1);

	if (!err && !h)
		h = open_holder(rx, &fresh, &err);
	if (err)
		return err;
	h->n_members++;
	fresh.one_place = h->fd;
	fresh.n_places = 1;
	t->requests[t->n] = group_request(&fresh);
	t->calls[t->n] = (struct setopt){ .fd = h->fd,
					  .level = level_of(m->group.family),
					  .name = MCAST_JOIN_GROUP,
					  .value = &t->requests[t->n],
					  .len = sizeof(t->requests[0]) };
	t->outs[t->n++] = out;
	out->number = table_add(rx, &fresh);
	return 0;
}

static int join_each(struct mc_rx *rx, struct together *t, struct mc_join *out,
		     const struct mc_membership *first, unsigned n, struct mc_why *why)
{
	struct mc_membership m = *first;
	int err = 0;

	for (unsigned i = 0; i < n; i++) {
		int bad = mc_addr_add(&m.group, &first->group, i);

		if (t->n == OPTBATCH_MAX)
			join_together(rx, t, why, &err);
		if (!bad && can_wait(rx, &m) && let_wait(rx, t, &m, &out[i]) == 0)
			continue;
		join_together(rx, t, why, &err);
		out[i].asked = wall_clock();
		out[i].number = bad ? bad : mc_join_host_group(rx, &m, err ? NULL : why);
		if (out[i].number < 0 && !err)
			err = out[i].number;
	}
	join_together(rx, t, why, &err);
	return err;
}

int mc_join_host_groups(mc_rx *rx, struct mc_join *out, const struct mc_membership *m, unsigned n,
			struct mc_why *why)
{
	struct together *t = calloc(1, sizeof(*t));
	int err = t ? table_grow(rx, n) : -ENOMEM;

	if (err) {
		free(t);
		return why_set(why, err, "no memory to join groups");
	}
	if (n >= LONG_LIST && !rx->joining)
		rx->joining = optbatch_open();
	err = join_each(rx, t, out, m, n, why);
	free(t);
	return err;
}

/* --- leaving ------------------------------------------------------------- */

int mc_leave_host_group(mc_rx *rx, const struct mc_addr *group, unsigned ifindex, uint16_t port)
{
	struct member *m = find(rx, group, ifindex, port);

	if (!m || !m->joined)
		return -MC_ENOTMEMBER;
	unplace_from(rx, m, 0);
	m->joined = false;
	rx->n_joined--;
	return 0;
}

unsigned mc_rx_forget_iface(mc_rx *rx, unsigned ifindex)
{
	unsigned n = 0;

	/* Newest first, as in mc_rx_close. */
	for (unsigned i = rx->n_members; i-- > 0;) {
		struct member *m = &rx->members[i];

		if (m->ifindex != ifindex || !m->joined)
			continue;
		/* The kernel dropped the interface, but not the sockets' entries. */
		unplace_from(rx, m, 0);
		m->joined = false;
		rx->n_joined--;
		n++;
	}
	return n;
}
