/* memberships.c - the kernel's memberships: from netlink, else from /proc */
#include "kern/nlread.h"
#include "sys/gmversion.h"
#include "sys/memberships.h"
#include "sys/netns.h"
#include "sys/sockaddr.h"
#include "sys/why.h"

#include <fcntl.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

/* RTNLGRP_IPV4_MCADDR and RTNLGRP_IPV6_MCADDR, Linux 6.14. */
#define GROUP_IPV4_MCADDR 37
#define GROUP_IPV6_MCADDR 38

/* Forced versions are read again every so many reads: two files an interface. */
#define FORCED_READS 10

/* A read that changes fell into is taken again so often, then it has to do: the
 * kernel does not mark such dumps of memberships as interrupted, and files of
 * /proc are read a page at a time. */
#define DUMP_ATTEMPTS 8
#define PROC_ATTEMPTS 3

#define LOOPBACK_INDEX 1

/* Everything of the namespace is opened here, while the thread is in it. */
static int open_inside(void *handle)
{
	mc_memberships *m = handle;
	static const char *const groups[] = { "igmp", "igmp6" };
	static const char *const filters[] = { "mcfilter", "mcfilter6" };
	int err = nlsock_open(&m->route, NETLINK_ROUTE);

	if (!err)
		err = nlwatch_open(&m->watch);
	if (!err)
		err = nlwatch_open(&m->sentinel);
	if (err)
		return err;
	for (int i = 0; i < 2; i++) {
		m->groups_fd[i] = proc_net_open(groups[i]);
		m->filters_fd[i] = proc_net_open(filters[i]);
		m->anchor_fd[i] = anchor_open(i ? MC_IPV6 : MC_IPV4);
	}
	m->can.dump4 = m->can.dump6 = true;
	m->can.notify4 = nlwatch_join(&m->watch, GROUP_IPV4_MCADDR) == 0;
	m->can.notify6 = nlwatch_join(&m->watch, GROUP_IPV6_MCADDR) == 0;
	nlwatch_join(&m->sentinel, GROUP_IPV4_MCADDR);
	nlwatch_join(&m->sentinel, GROUP_IPV6_MCADDR);
	return m->groups_fd[0] < 0 && m->groups_fd[1] < 0 ? m->groups_fd[0] : 0;
}

static mc_memberships *fresh(void)
{
	mc_memberships *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->route.fd = m->watch.fd = m->sentinel.fd = -1;
	for (int i = 0; i < 2; i++)
		m->groups_fd[i] = m->filters_fd[i] = m->anchor_fd[i] = -1;
	return m;
}

int mc_memberships_open(mc_memberships **out, const struct mc_memberships_opts *o,
			struct mc_why *why)
{
	int netns_fd = o ? o->netns_fd : 0, err;
	mc_memberships *m = fresh();

	*out = NULL;
	if (!m)
		return why_set(why, -ENOMEM, "no memory to read memberships");
	err = netns_open_inside(netns_fd, open_inside, m, "memberships", why);
	if (!err && netns_fd) {
		m->netns_fd = fcntl(netns_fd, F_DUPFD_CLOEXEC, 1);
		if (m->netns_fd < 0)
			err = why_set(why, -errno, "cannot keep the namespace: %s",
				      mc_strerror(errno));
	}
	if (err) {
		mc_memberships_close(m);
		return err;
	}
	*out = m;
	return 0;
}

void mc_memberships_close(mc_memberships *m)
{
	if (!m)
		return;
	for (int i = 0; i < 2; i++) {
		if (m->groups_fd[i] >= 0)
			close(m->groups_fd[i]);
		if (m->filters_fd[i] >= 0)
			close(m->filters_fd[i]);
		if (m->anchor_fd[i] >= 0)
			close(m->anchor_fd[i]);
	}
	if (m->netns_fd > 0)
		close(m->netns_fd);
	nlsock_close(&m->route);
	nlwatch_close(&m->watch);
	nlwatch_close(&m->sentinel);
	VEC_FREE(&m->buf);
	VEC_FREE(&m->names);
	VEC_FREE(&m->states);
	VEC_FREE(&m->sorted);
	VEC_FREE(&m->raw);
	VEC_FREE(&m->sources);
	VEC_FREE(&m->ifaces);
	VEC_FREE(&m->shown);
	free(m);
}

/* --- by netlink ------------------------------------------------------------ */

struct group_dump {
	mc_memberships *m;
	unsigned begin; /* states that were there before */
	enum mc_family family;
};

static int take_dumped(void *ctx, const struct nl_msg *msg)
{
	struct group_dump *d = ctx;
	struct mc_interface_state *s;
	struct mc_membership_event ev;

	if (!msg) {
		d->m->states.n = d->begin;
		return 0;
	}
	if (!nl_read_group(&ev, msg) || ev.group.family != d->family)
		return 0;
	if (VEC_ROOM(&d->m->states, 1) < 0)
		return -ENOMEM;
	s = &d->m->states.v[d->m->states.n++];
	memset(s, 0, sizeof(*s));
	s->ifindex = ev.ifindex;
	s->group = ev.group;
	return 0;
}

static int dump_family(mc_memberships *m, enum mc_family family)
{
	struct group_dump d = { .m = m, .begin = m->states.n, .family = family };
	struct ifaddrmsg head = { .ifa_family = (uint8_t)af_of(family) };

	return nlsock_dump(&m->route, RTM_GETMULTICAST, &head, sizeof(head), take_dumped, &d);
}

static void name_states(mc_memberships *m)
{
	const char *name = "";
	unsigned last = 0;

	for (unsigned i = 0; i < m->states.n; i++) {
		struct mc_interface_state *s = &m->states.v[i];

		if (s->ifindex != last)
			name = ifname_of(&m->names, s->ifindex);
		last = s->ifindex;
		memcpy(s->ifname, name, strnlen(name, sizeof(s->ifname) - 1));
	}
}

/* --- by /proc --------------------------------------------------------------- */

static struct gm_iface *iface_add(mc_memberships *m, const struct procnet_group *g,
				  enum mc_family family)
{
	struct gm_iface f = { .public = { .ifindex = g->ifindex,
					  .family = family,
					  .speaks = { .version = g->version } } };

	memcpy(f.public.ifname, g->ifname, sizeof(g->ifname));
	return VEC_PUSH(&m->ifaces, f) < 0 ? NULL : &m->ifaces.v[m->ifaces.n - 1];
}

static int state_add(mc_memberships *m, const struct procnet_group *g, struct gm_iface *f)
{
	struct mc_interface_state s = {
		.ifindex = g->ifindex,
		.group = g->group,
		.have = MC_HAVE_USERS,
		.users = g->users,
		.reporter = g->reporter,
		.timer_running = g->timer_running,
		.timer = g->timer,
	};

	memcpy(s.ifname, g->ifname, sizeof(s.ifname));
	if (!f->public.groups++)
		f->newest = g->group;
	return VEC_PUSH(&m->states, s);
}

static int proc_family(mc_memberships *m, enum mc_family family)
{
	int which = family == MC_IPV6, err;
	struct procnet_group g = { 0 };
	struct gm_iface *f = NULL;
	struct text text;

	err = proc_read(&text, &m->buf, m->groups_fd[which]);
	if (err < 0)
		return err;
	while (which ? procnet_igmp6_next(&g, &text) : procnet_igmp_next(&g, &text)) {
		if (!f || f->public.ifindex != g.ifindex)
			f = iface_add(m, &g, family);
		if (!f || (g.group.family != MC_ANY && state_add(m, &g, f) < 0))
			return -ENOMEM;
	}
	return 0;
}

/* --- versions ---------------------------------------------------------------- */

static const struct mc_gm_interface *shown_before(const mc_memberships *m, unsigned ifindex,
						  enum mc_family family)
{
	for (unsigned i = 0; i < m->shown.n; i++)
		if (m->shown.v[i].ifindex == ifindex && m->shown.v[i].family == family)
			return &m->shown.v[i];
	return NULL;
}

static void take_forced(const mc_memberships *m, struct mc_gm_interface *f)
{
	const struct mc_gm_interface *old = shown_before(m, f->ifindex, f->family);
	int forced;

	if (old && m->reads % FORCED_READS)
		forced = old->speaks.forced;
	else
		forced = gm_version_forced(f->ifname, f->family);
	f->speaks.forced = forced > 0 ? forced : 0;
	if (f->family == MC_IPV6)
		f->speaks.version = f->speaks.forced == 1 ? 1 : 2;
	else
		f->older_querier = f->speaks.version < 3 && !f->speaks.forced;
}

static int shown_cmp(const void *a, const void *b)
{
	const struct mc_gm_interface *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return (int)x->family - (int)y->family;
}

/* sysctls are those of the namespace that the thread is in. */
static int show_interfaces(mc_memberships *m, struct mc_why *why)
{
	int back, err = mc_netns_enter(&back, m->netns_fd, why);

	if (err)
		return err;
	for (unsigned i = 0; i < m->ifaces.n; i++)
		take_forced(m, &m->ifaces.v[i].public);
	err = mc_netns_leave(&back);
	m->shown.n = 0;
	if (!err)
		err = VEC_ROOM(&m->shown, m->ifaces.n + 1);
	for (unsigned i = 0; !err && i < m->ifaces.n; i++)
		m->shown.v[m->shown.n++] = m->ifaces.v[i].public;
	if (m->shown.n)
		qsort(m->shown.v, m->shown.n, sizeof(*m->shown.v), shown_cmp);
	return err;
}

/* --- reading ------------------------------------------------------------------ */

static int read_groups(mc_memberships *m)
{
	bool *const can[] = { &m->can.dump4, &m->can.dump6 };
	int err = 0;

	m->ifaces.n = 0;
	for (int i = 0; i < 2 && !err; i++) {
		enum mc_family family = i ? MC_IPV6 : MC_IPV4;

		if (*can[i]) {
			err = dump_family(m, family);
			*can[i] = err != -EOPNOTSUPP;
		}
		if (!*can[i])
			err = proc_family(m, family);
	}
	return err ? err : ifnames_read(&m->names, &m->route);
}

/* Without the sources one's own anchor is all that can be taken away. */
static void forget_anchors(mc_memberships *m)
{
	for (unsigned i = 0; i < m->states.n && m->states.v[i].ifindex == LOOPBACK_INDEX; i++) {
		struct mc_interface_state *s = &m->states.v[i];
		bool six = s->group.family == MC_IPV6;

		if (m->anchor_fd[six] >= 0 && anchor_group(&s->group) && s->users)
			s->users--;
	}
}

static int read_users(mc_memberships *m, struct mc_why *why)
{
	int err;

	m->ifaces.n = 0;
	err = proc_family(m, MC_IPV4);
	if (!err)
		err = proc_family(m, MC_IPV6);
	return err ? err : show_interfaces(m, why);
}

/* Until a read was not disturbed, if the kernel tells. */
static int read_calmly(mc_memberships *m, bool groups, struct mc_why *why)
{
	int left = groups ? DUMP_ATTEMPTS : PROC_ATTEMPTS, err;

	nlwatch_drain(&m->sentinel);
	do {
		m->states.n = 0;
		err = groups ? read_groups(m) : read_users(m, why);
	} while (!err && --left && nlwatch_drain(&m->sentinel));
	return err;
}

int mc_memberships_read(const struct mc_interface_state **out, mc_memberships *m,
			enum mc_memberships_depth depth, struct mc_why *why)
{
	int err;

	*out = NULL;
	why_set(why, 0, "%s", "");
	err = read_calmly(m, depth == MC_MEMBERSHIPS_GROUPS, why);
	if (!err)
		err = memberships_sort(m);
	if (!err && depth == MC_MEMBERSHIPS_GROUPS)
		name_states(m);
	if (!err && depth == MC_MEMBERSHIPS_USERS)
		forget_anchors(m);
	if (!err && depth == MC_MEMBERSHIPS_FILTERS)
		err = filters_read(m);
	m->reads++;
	if (err) {
		if (why && !why->what[0])
			why_set(why, 0, "cannot read memberships: %s", mc_strerror(err));
		return err;
	}
	*out = m->states.v;
	return (int)m->states.n;
}

int mc_memberships_interfaces(const struct mc_gm_interface **out, const mc_memberships *m)
{
	*out = m->shown.v;
	return (int)m->shown.n;
}

void mc_memberships_abilities(struct mc_memberships_abilities *out, const mc_memberships *m)
{
	*out = m->can;
}

int mc_memberships_fd(const mc_memberships *m)
{
	return m->can.notify4 || m->can.notify6 ? m->watch.fd : -1;
}

int mc_memberships_next(struct mc_membership_event *out, mc_memberships *m)
{
	struct nl_msg msg;
	int n;

	while ((n = nlwatch_next(&msg, &m->watch)) > 0)
		if (nl_read_group(out, &msg))
			return 1;
	memset(out, 0, sizeof(*out));
	return n;
}
