/* fuzz_hosts.c - any queries, joins and leaves at any times; what hosts say adds up
 *
 * Input: two bytes of settings, then operations of a byte and their operands:
 * few hosts, groups and sources, so that they meet.  Beside the handle a model
 * remembers what each socket wants. */
#include <mc/hosts.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "memory.h"

#define SEC	INT64_C(1000000000)
#define HOSTS	6
#define GROUPS	5 /* the first is never reported */
#define SOCKETS 3
#define SOURCES 8
#define BATCH	200 /* groups of one host beside these, for the index */

/* ---- the model ---- */

struct filter {
	bool exclude;
	uint8_t sources; /* a bit each */
};

static struct {
	mc_hosts *p;
	enum mc_family family;
	int64_t now;
	struct filter want[HOSTS][GROUPS][SOCKETS];
	unsigned flags[HOSTS];
	uint8_t version[HOSTS];
	uint64_t sent, batch;
	bool leaving;
} m;

static struct mc_addr group_addr(unsigned n)
{
	uint8_t b[16] = { 224, 0, 0, 1 };

	if (m.family == MC_IPV6)
		memcpy(b, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	b[m.family == MC_IPV6 ? 14 : 2] = (uint8_t)(n >> 8);
	b[m.family == MC_IPV6 ? 15 : 3] = (uint8_t)(n + 1);
	return mc_addr_from_bytes(m.family, b);
}

static unsigned group_number(const struct mc_addr *a)
{
	const uint8_t *last = &a->bytes[m.family == MC_IPV6 ? 14 : 2];

	return last[0] * 256u + last[1] - 1;
}

static struct mc_addr source_addr(unsigned n)
{
	uint8_t b[16] = { 10, 0, 0, (uint8_t)(n + 1) };

	return mc_addr_from_bytes(m.family, b);
}

/* RFC 9776 3.2, source by source. */
static bool wants(unsigned host, unsigned group, unsigned source, bool *exclude)
{
	bool all_exclude_it = true, included = false;

	*exclude = false;
	for (unsigned i = 0; i < SOCKETS; i++) {
		const struct filter *f = &m.want[host][group][i];
		bool listed = f->sources >> source & 1;

		if (f->exclude) {
			*exclude = true;
			all_exclude_it = all_exclude_it && listed;
		} else if (listed) {
			included = true;
		}
	}
	return included || (*exclude && !all_exclude_it);
}

static bool is_member(unsigned host, unsigned group)
{
	for (unsigned i = 0; i < SOCKETS; i++)
		if (m.want[host][group][i].exclude || m.want[host][group][i].sources)
			return true;
	return false;
}

/* ---- what is sent ---- */

static bool is_model(const struct mc_addr *group)
{
	return group_number(group) < GROUPS;
}

static void check_record(uint32_t host, const struct mc_gm_record_spec *r)
{
	unsigned group = group_number(&r->group);
	bool exclude;

	require(group != 0);
	if (!is_model(&r->group))
		return;
	if (r->type == MC_REC_IS_IN || r->type == MC_REC_IS_EX)
		require(is_member(host, group));
	for (unsigned i = 0; i < r->n_sources; i++) {
		bool wanted = wants(host, group, r->sources[i].bytes[3] - 1u, &exclude);

		require(wanted == (r->type != MC_REC_BLOCK && r->type != MC_REC_IS_EX &&
				   r->type != MC_REC_TO_EX));
	}
	wants(host, group, 0, &exclude);
	if (r->type == MC_REC_TO_EX || r->type == MC_REC_IS_EX)
		require(exclude);
	if (r->type == MC_REC_TO_IN)
		require(!exclude);
}

static void check_old(uint32_t host, const struct mc_gm_spec *s)
{
	require(group_number(&s->group) != 0);
	if (m.leaving) /* one group after the other: the model follows at the end */
		require(s->kind == MC_GM_LEAVE);
	else if (is_model(&s->group))
		require((s->kind == MC_GM_REPORT) == is_member(host, group_number(&s->group)));
}

static void check_sent(void *data, const struct mc_hosts_sent *sent)
{
	const struct mc_gm_spec *s = sent->spec;
	struct mc_addr src = mc_addr_unspecified(m.family), dst;
	uint8_t buf[1600];
	int n;

	(void)data;
	m.sent++;
	require(sent->host < HOSTS && !(m.flags[sent->host] & MC_HOST_DEAD));
	require(sent->when.ns == m.now && sent->due.ns <= m.now && sent->delay.ns >= 0);
	require(s->version <= m.version[sent->host]);
	require(s->version == mc_hosts_version(m.p, (mc_nsec){ m.now }, sent->host));
	require(mc_gm_destination(&dst, s) == 0);
	n = mc_gm_build(buf, sizeof(buf), s, &src, &dst);
	require(n > 0 && n + (m.family == MC_IPV4 ? 24 : 48) <= MC_HOSTS_MTU_MIN);
	if (s->n_records == 0)
		check_old(sent->host, s);
	for (unsigned i = 0; i < s->n_records; i++)
		check_record(sent->host, &s->records[i]);
}

/* ---- invariants ---- */

static void count_member(void *data, const struct mc_hosts_member *member)
{
	uint64_t *n = data;

	require(member->state != MC_NON_MEMBER);
	require(member->mode == MC_EXCLUDE || member->n_sources);
	for (unsigned i = 1; i < member->n_sources; i++)
		require(mc_addr_cmp(&member->sources[i - 1], &member->sources[i]) < 0);
	++*n;
}

static void count_group(void *data, const struct mc_addr *group, uint32_t members)
{
	uint64_t *n = data, of_group = 0;

	mc_hosts_of_group(m.p, group, count_member, &of_group);
	require(of_group == members && members > 0);
	n[0] += members;
	n[1]++;
}

static void check_membership(unsigned host, unsigned group)
{
	struct mc_addr g = group_addr(group);
	struct mc_hosts_member member;
	bool exclude;

	require(mc_hosts_member(m.p, &member, host, &g) == is_member(host, group));
	for (unsigned i = 0; i < SOURCES; i++) {
		struct mc_addr source = source_addr(i);

		require(mc_hosts_wants(m.p, host, &source, &g) == wants(host, group, i, &exclude));
	}
	if (group == 0)
		require(member.state != MC_DELAYING_MEMBER);
}

static void check(void)
{
	struct mc_hosts_stats s;
	uint64_t by_host = 0, by_group[2] = { 0, 0 }, members = m.batch;

	for (unsigned h = 0; h < HOSTS; h++) {
		mc_hosts_of_host(m.p, h, count_member, &by_host);
		for (unsigned g = 0; g < GROUPS; g++) {
			check_membership(h, g);
			members += is_member(h, g);
		}
	}
	mc_hosts_groups(m.p, count_group, by_group);
	mc_hosts_stats(m.p, &s);
	require(s.hosts == HOSTS && s.members == members);
	require(by_host == members && by_group[0] == members && by_group[1] == s.groups);
	require(s.reports + s.leaves == m.sent);
	require(s.changes + s.again + s.answers + s.answers_specific == m.sent);
}

/* ---- operations ---- */

static void set(struct input *in)
{
	unsigned host = (unsigned)take(in, 1) % HOSTS, what = (unsigned)take(in, 1);
	unsigned group = what % GROUPS, socket = what / GROUPS % SOCKETS, n = 0;
	struct filter f = { .exclude = what & 128, .sources = (uint8_t)take(in, 1) };
	struct filter old = m.want[host][group][socket];
	struct mc_addr sources[SOURCES], g = group_addr(group);
	int rc;

	if (what & 64) /* mostly no sources */
		f.sources = 0;
	for (unsigned i = 0; i < SOURCES; i++)
		if (f.sources >> i & 1)
			sources[n++] = source_addr(i);
	m.want[host][group][socket] = f; /* seen by what the call sends */
	rc = mc_hosts_set(m.p, (mc_nsec){ m.now }, host, socket, &g,
			  f.exclude ? MC_EXCLUDE : MC_INCLUDE, sources, n);
	if (rc < 0)
		m.want[host][group][socket] = old;
	require(rc == 0 || (fail_each && rc == -ENOMEM));
}

/* So many that host 0 is looked up in another way. */
static void batch(bool in)
{
	for (unsigned i = GROUPS; i < BATCH; i++) {
		struct mc_addr g = group_addr(i);
		int rc = in ? mc_hosts_join(m.p, (mc_nsec){ m.now }, 0, &g)
			    : mc_hosts_leave(m.p, (mc_nsec){ m.now }, 0, &g);

		require(rc == 0 || rc == -ENOMEM || rc == -MC_ENOTMEMBER);
	}
	m.batch = 0;
	for (unsigned i = GROUPS; i < BATCH; i++) {
		struct mc_addr g = group_addr(i);
		struct mc_hosts_member member;

		m.batch += (unsigned)mc_hosts_member(m.p, &member, 0, &g);
	}
	require(in || fail_each || m.batch == 0);
}

static void leave_all(struct input *in)
{
	unsigned host = (unsigned)take(in, 1) % HOSTS;
	int64_t failing = fail_each;

	fail_each = 0;
	m.leaving = true;
	require(mc_hosts_leave_all(m.p, (mc_nsec){ m.now }, host) == 0);
	m.leaving = false;
	memset(m.want[host], 0, sizeof(m.want[host]));
	m.batch = host == 0 ? 0 : m.batch;
	fail_each = failing;
}

static void query(struct input *in)
{
	unsigned what = (unsigned)take(in, 1), n = (unsigned)take(in, 1) % 9;
	uint8_t bytes[8 * 16], code = (uint8_t)take(in, 1);
	unsigned newest = m.family == MC_IPV4 ? 3 : 2;
	struct mc_gm gm = { .kind = MC_GM_QUERY,
			    .family = m.family,
			    .version = (uint8_t)(1 + what % newest),
			    .group = group_addr((what >> 2) % GROUPS),
			    .max_resp_code = code,
			    .qrv = what >> 5 };

	if (what & 16)
		gm.group = mc_addr_unspecified(m.family);
	gm.max_resp.ns = gm.version == 1 && newest == 3 ? 10 * SEC : code * SEC / 10;
	for (unsigned i = 0; i < 8; i++)
		memcpy(&bytes[i * (newest == 3 ? 4 : 16)], source_addr(i).bytes,
		       newest == 3 ? 4 : 16);
	if (gm.version == newest && !(what & 16)) {
		gm.n_sources = (uint16_t)(n > 8 ? 0 : n);
		gm.sources = (struct mc_span){ bytes, n * (newest == 3 ? 4u : 16u) };
	}
	mc_hosts_message(m.p, (mc_nsec){ m.now }, NULL, &gm);
}

static void report(struct input *in)
{
	unsigned what = (unsigned)take(in, 1);
	struct mc_gm gm = { .kind = MC_GM_REPORT,
			    .family = m.family,
			    .version = (uint8_t)(1 + (what >> 4) % 3),
			    .group = group_addr(what % GROUPS) };

	mc_hosts_message(m.p, (mc_nsec){ m.now }, NULL, &gm);
}

static void set_flags(struct input *in)
{
	unsigned host = (unsigned)take(in, 1) % HOSTS, flags = (unsigned)take(in, 1) & 15;

	require(mc_hosts_set_flags(m.p, host, flags) == 0);
	m.flags[host] = flags;
}

/* Until nothing is overdue. */
static void pass(int64_t ns, unsigned budget)
{
	m.now += ns;
	while (mc_hosts_tick(m.p, (mc_nsec){ m.now }, budget) >= budget)
		;
	require(mc_hosts_deadline(m.p).ns > m.now);
}

static void operate(struct input *in)
{
	unsigned op = (unsigned)take(in, 1);

	switch (op % 8) {
	case 0:
	case 1:
		set(in);
		break;
	case 2:
		query(in);
		break;
	case 3:
		pass((int64_t)take(in, 1) * SEC / 50, 1 + (op >> 3));
		break;
	case 4:
		report(in);
		break;
	case 5:
		op & 64 ? set_flags(in) : pass((int64_t)take(in, 2) * SEC / 100, 1);
		break;
	case 6:
		op & 64 ? batch(op & 128) : leave_all(in);
		break;
	default:
		fail_each = 0;
		check();
	}
}

static void start(struct input *in)
{
	unsigned settings = (unsigned)take(in, 1), failing = (unsigned)take(in, 1);
	struct mc_hosts_opts o = { .sz = sizeof(o),
				   .alloc = fuzz_alloc,
				   .family = settings & 1 ? MC_IPV6 : MC_IPV4,
				   .seed = settings,
				   .mtu = MC_HOSTS_MTU_MIN,
				   .isolated = settings & 2,
				   .fn = check_sent };

	memset(&m, 0, sizeof(m));
	blocks_out = allocations = fail_each = 0;
	m.family = o.family;
	m.now = settings & 4 ? 0 : 1000 * SEC;
	require(mc_hosts_open(&m.p, &o) == 0);
	for (unsigned i = 0; i < HOSTS; i++) {
		m.version[i] = (uint8_t)(1 + i % (m.family == MC_IPV4 ? 3 : 2));
		require(mc_hosts_add(m.p, 1, m.version[i], 0) == 0);
	}
	pass(0, 1);
	fail_each = failing & 128 ? 2 + failing % 16 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct mc_hosts_stats s;

	start(&in);
	while (in.left)
		operate(&in);
	fail_each = 0;
	check();
	for (unsigned i = 0; i < 60; i++)
		pass(15 * SEC, 100);
	mc_hosts_stats(m.p, &s);
	require(s.pending == 0); /* all is said */
	mc_hosts_close(m.p);
	require(blocks_out == 0);
	return 0;
}
