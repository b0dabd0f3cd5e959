/* joins.c - what was asked for: every group on every interface */
#include "mcrecv/joins.h"

#include "common/out.h"
#include "common/sig.h"

#include <errno.h>
#include <mc/host.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GROUPS_MAX   1000000
#define JOIN_PORTION 1024

static mc_nsec monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

/* --- interfaces ---------------------------------------------------------- */

static int use_iface(struct joins *j, const struct mc_iface *iface, enum mc_family family,
		     unsigned *number)
{
	struct join_iface *grown;
	unsigned i = 0;

	while (i < j->n_ifaces && j->ifaces[i].iface.index != iface->index)
		i++;
	if (i == j->n_ifaces) {
		grown = realloc(j->ifaces, (i + 1) * sizeof(*grown));
		if (!grown)
			return err_why(NULL, -ENOMEM, NULL);
		j->ifaces = grown;
		j->ifaces[j->n_ifaces++] = (struct join_iface){ .iface = *iface };
	}
	*(family == MC_IPV4 ? &j->ifaces[i].v4 : &j->ifaces[i].v6) = true;
	*number = i;
	return 0;
}

/* A receiver can do without an address, but not without the rest. */
static int check_iface(const struct mc_iface *iface, enum mc_family family)
{
	struct mc_why why = { "", "" };
	int err = mc_iface_check(iface, family, &why);

	if (err == -EADDRNOTAVAIL) {
		warn_msg("%s has no IPv%d address: its reports come from %s, which switches may "
			 "ignore",
			 iface->name, (int)family, family == MC_IPV4 ? "0.0.0.0" : "::");
		return 0;
	}
	return err ? err_why(NULL, err, &why) : 0;
}

static int add_target(struct joins *j, const struct mc_spec *s, const struct mc_iface *iface)
{
	struct join_target *grown;
	unsigned number = 0;
	int status = check_iface(iface, s->first.family);

	if (!status)
		status = use_iface(j, iface, s->first.family, &number);
	if (status)
		return status;
	grown = realloc(j->targets, (j->n_targets + 1) * sizeof(*grown));
	if (!grown)
		return err_why(NULL, -ENOMEM, NULL);
	j->targets = grown;
	j->targets[j->n_targets++] = (struct join_target){ s, number };
	return 0;
}

static int add_named(struct joins *j, const struct mc_spec *s, const char *name)
{
	struct mc_why why = { "", "" };
	struct mc_iface iface;
	int err = mc_iface_get(&iface, name, &why);

	return err ? err_why(NULL, err, &why) : add_target(j, s, &iface);
}

static int add_spec(struct joins *j, const struct config *c, const struct mc_spec *s)
{
	struct mc_why why = { "", "" };
	struct mc_iface iface;
	int status = 0, err;

	if (s->ifname[0])
		return add_named(j, s, s->ifname);
	for (size_t i = 0; !status && i < c->common.interfaces.n; i++)
		status = add_named(j, s, c->common.interfaces.v[i]);
	if (c->common.interfaces.n)
		return status;
	err = mc_iface_default(&iface, &s->first, &why);
	return err ? err_why(NULL, err, &why) : add_target(j, s, &iface);
}

/* The kernel's lists make joining quadratic: what is beyond never ends. */
static int check_number(const struct groups *g)
{
	uint64_t total = groups_total(g);

	if (total <= GROUPS_MAX)
		return 0;
	return usage_error(NULL, "%llu groups are more than a host can join; at most %d",
			   (unsigned long long)total, GROUPS_MAX);
}

int joins_parse(struct joins *j, const struct config *c, const struct opt_args *args,
		bool files_only)
{
	static char group4[] = DEFAULT_GROUP4, group6[] = DEFAULT_GROUP6;
	char *fallback[] = { c->common.family == MC_IPV6 ? group6 : group4, NULL };
	char **text = args->n ? args->v : fallback;
	size_t n = args->n ? (size_t)args->n : files_only ? 0 : 1;
	int status;

	*j = (struct joins){ .n = 0 };
	status = groups_parse(&j->groups, text, n, (uint16_t)c->port);
	if (!files_only && !status)
		status = check_number(&j->groups);
	if (!files_only && !status)
		groups_warn_aliases(&j->groups);
	for (size_t i = 0; !files_only && !status && i < j->groups.n; i++)
		status = add_spec(j, c, &j->groups.v[i]);
	return status;
}

/* --- joining ------------------------------------------------------------- */

static uint32_t group_hash(const struct mc_addr *group, unsigned ifindex, uint16_t port)
{
	uint32_t numbers[2] = { ifindex, port };

	return hash_bytes(group->bytes, sizeof(group->bytes),
			  hash_bytes(numbers, sizeof(numbers), 0));
}

/* Only captures look groups up: who joins ten thousand need not wait for this. */
static int index_all(struct joins *j)
{
	int err = 0;

	while (!err && j->index.used < j->n) {
		const struct joined *g = &j->v[j->index.used];

		err = hindex_put(&j->index, group_hash(&g->group, g->ifindex, g->port),
				 j->index.used);
	}
	return err;
}

uint32_t joins_find(struct joins *j, const struct mc_addr *group, unsigned ifindex, uint16_t port)
{
	uint32_t hash = group_hash(group, ifindex, port), n, at = 0;

	if (index_all(j) < 0)
		return HINDEX_NONE;
	while ((n = hindex_next(&j->index, hash, &at)) != HINDEX_NONE) {
		const struct joined *g = &j->v[n];

		if (g->ifindex == ifindex && g->port == port && mc_addr_cmp(&g->group, group) == 0)
			break;
	}
	return n;
}

/* Appends; -ENOMEM. */
static int remember(struct joins *j, const struct joined *one)
{
	if (j->n == j->size) {
		unsigned size = j->size ? j->size * 2 : 64;
		struct joined *grown = realloc(j->v, size * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		j->v = grown;
		j->size = size;
	}
	j->v[j->n++] = *one;
	return 0;
}

/* Two operands that contradict each other are a mistake of the command line. */
static int join_failed(int err, const struct mc_why *why)
{
	int status = err_why(NULL, err, why);

	return err == -EEXIST ? EXIT_USAGE : status;
}

/* Room for all that will be remembered. */
static int reserve(struct joins *j)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < j->n_targets; i++)
		n += j->targets[i].spec->count;
	j->v = calloc(n, sizeof(*j->v));
	if (!j->v)
		return -ENOMEM;
	j->size = (unsigned)n;
	mc_populate(j->v, n * sizeof(*j->v));
	return 0;
}

/* What joins are asked for in one go: Ctrl-C is looked at in between. */
static int join_portion(struct joins *j, const struct mc_membership *m, unsigned n, mc_rx *rx)
{
	struct mc_join got[JOIN_PORTION];
	struct mc_why why = { "", "" };
	int ret = mc_join_host_groups(rx, got, m, n, &why);

	for (unsigned i = 0; !ret && i < n; i++) {
		struct joined one = { .ifindex = m->ifindex,
				      .port = m->port,
				      .joined_at = got[i].asked };

		/* A number seen before: more sources for the same group. */
		if ((unsigned)got[i].number != j->n)
			continue;
		(void)!mc_addr_add(&one.group, &m->group, i);
		ret = remember(j, &one);
	}
	return ret ? join_failed(ret, &why) : 0;
}

static int join_target(struct joins *j, const struct join_target *t, mc_rx *rx)
{
	const struct mc_spec *s = t->spec;
	struct mc_membership m = { .ifindex = j->ifaces[t->iface].iface.index,
				   .port = s->port,
				   .mode = s->mode,
				   .n_sources = s->n_sources,
				   .sources = s->sources };
	int status = 0;
	unsigned n;

	for (uint64_t done = 0; !status && done < s->count && !sig_stop(); done += n) {
		n = s->count - done < JOIN_PORTION ? (unsigned)(s->count - done) : JOIN_PORTION;
		m.group = mc_spec_group(s, done);
		status = join_portion(j, &m, n, rx);
	}
	return status;
}

static bool has_sources(const struct joins *j, enum mc_family family)
{
	for (size_t i = 0; i < j->groups.n; i++)
		if (j->groups.v[i].first.family == family && j->groups.v[i].n_sources)
			return true;
	return false;
}

/* Below IGMPv3 and MLDv2 reports carry no sources: the network delivers all of
 * them, and SSM networks nothing (RFC 4604 2.2.2). */
static void check_versions(struct joins *j)
{
	for (unsigned i = 0; i < j->n_ifaces; i++) {
		struct join_iface *f = &j->ifaces[i];

		if (f->v4)
			(void)!mc_gm_version_get(&f->igmp, f->iface.name, MC_IPV4);
		if (f->v6)
			(void)!mc_gm_version_get(&f->mld, f->iface.name, MC_IPV6);
		if (f->igmp.version && f->igmp.version < 3 && has_sources(j, MC_IPV4))
			warn_msg("%s speaks IGMPv%d%s: sources are not reported to the network",
				 f->iface.name, f->igmp.version,
				 f->igmp.forced ? " (forced)" : " (an older querier is there)");
		if (f->mld.version && f->mld.version < 2 && has_sources(j, MC_IPV6))
			warn_msg(
				"%s speaks MLDv1 (forced): sources are not reported to the network",
				f->iface.name);
	}
}

int joins_open(struct joins *j, mc_rx *rx)
{
	mc_nsec start = monotonic();
	int status = reserve(j) < 0 ? err_why(NULL, -ENOMEM, NULL) : 0;

	for (unsigned i = 0; !status && i < j->n_targets; i++)
		status = join_target(j, &j->targets[i], rx);
	j->took.ns = monotonic().ns - start.ns;
	if (!status)
		check_versions(j);
	return status;
}

static bool has_ipv6_sources(const struct join_target *t)
{
	return t->spec->n_sources && t->spec->first.family == MC_IPV6;
}

static void leave_target(const struct joins *j, const struct join_target *t, mc_rx *rx)
{
	const struct mc_spec *s = t->spec;

	for (uint64_t i = 0; i < s->count; i++) {
		struct mc_addr group = mc_spec_group(s, i);

		(void)!mc_leave_host_group(rx, &group, j->ifaces[t->iface].iface.index, s->port);
	}
}

/* Leaves all first: operands may name sources of one group, one each.  Numbers stay. */
int joins_renew(struct joins *j, unsigned iface, mc_rx *rx)
{
	int status = 0;

	for (unsigned i = 0; i < j->n_targets; i++)
		if (j->targets[i].iface == iface && has_ipv6_sources(&j->targets[i]))
			leave_target(j, &j->targets[i], rx);
	for (unsigned i = 0; !status && i < j->n_targets; i++)
		if (j->targets[i].iface == iface && has_ipv6_sources(&j->targets[i]))
			status = join_target(j, &j->targets[i], rx);
	return status;
}

void joins_leave(struct joins *j, mc_rx *rx, mc_nsec now)
{
	for (unsigned i = j->n; i-- > 0;) {
		struct joined *g = &j->v[i];

		if (g->left)
			continue;
		g->left_at = now;
		g->left = mc_leave_host_group(rx, &g->group, g->ifindex, g->port) == 0;
	}
}

void joins_free(struct joins *j)
{
	groups_free(&j->groups);
	free(j->targets);
	free(j->ifaces);
	free(j->v);
	hindex_free(&j->index);
}

static bool wants(const struct mc_spec *s, const struct mc_packet *p)
{
	uint64_t distance;
	bool listed = false;

	if (s->port != p->port || mc_addr_distance(&distance, &s->first, &p->group) < 0 ||
	    distance >= s->count)
		return false;
	for (unsigned i = 0; i < s->n_sources; i++)
		listed |= mc_addr_cmp(&s->sources[i], &p->source) == 0;
	return listed == (s->mode == MC_INCLUDE);
}

uint32_t joins_accept(struct joins *j, const struct mc_packet *p)
{
	struct joined one = { .group = p->group, .ifindex = p->ifindex, .port = p->port };
	uint32_t number;
	size_t i = 0;

	while (i < j->groups.n && !wants(&j->groups.v[i], p))
		i++;
	if (j->groups.n && i == j->groups.n)
		return HINDEX_NONE;
	number = joins_find(j, &p->group, p->ifindex, p->port);
	if (number != HINDEX_NONE)
		return number;
	return remember(j, &one) < 0 ? HINDEX_NONE : j->n - 1;
}

uint64_t joins_asked(const struct joins *j)
{
	return j->n_targets ? j->n : groups_total(&j->groups);
}

uint64_t joins_shown(const struct joins *j)
{
	return j->groups.n ? joins_asked(j) : j->n;
}

bool joins_note(struct joins *j, unsigned membership, mc_nsec when, unsigned datagrams)
{
	struct joined *g = &j->v[membership];
	bool is_first = g->packets == 0;

	g->packets += datagrams;
	if (is_first) {
		g->first = when;
		j->heard++;
	}
	return is_first;
}

const char *joins_ifname(const struct joins *j, unsigned ifindex)
{
	for (unsigned i = 0; i < j->n_ifaces; i++)
		if (j->ifaces[i].iface.index == ifindex)
			return j->ifaces[i].iface.name;
	return "-";
}
