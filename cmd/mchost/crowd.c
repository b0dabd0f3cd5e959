/* crowd.c - the hosts: who they are, what they have joined, what they do */
#include "mchost/crowd.h"

#include "common/out.h"
#include "mchost/shares.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- chance -------------------------------------------------------------- */

/* splitmix64, whose every state is good. */
static uint64_t next_random(struct crowd *w)
{
	uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* The upper half of a product: compilers for 32 bits have no type for the whole. */
static uint64_t upper_half(uint64_t a, uint64_t b)
{
	uint64_t low_a = (uint32_t)a, low_b = (uint32_t)b;
	uint64_t mid = (a >> 32) * low_b + (low_a * low_b >> 32);

	return (a >> 32) * (b >> 32) + (mid >> 32) + ((low_a * (b >> 32) + (uint32_t)mid) >> 32);
}

uint64_t crowd_random(struct crowd *w, uint64_t n)
{
	return n ? upper_half(next_random(w), n) : 0;
}

double crowd_share(struct crowd *w)
{
	return (double)(next_random(w) >> 11) / 9007199254740992.0;
}

/* --- opening ------------------------------------------------------------- */

static void *allocate(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static void on_sent(void *data, const struct mc_hosts_sent *s)
{
	struct crowd *w = data;

	tally_sent(&w->tally, s);
	if (forge_send(&w->forge, s->host, w->flaws ? w->flaws[s->host] : 0, s->spec) < 0)
		w->tally.refused++;
}

static int open_family(struct crowd *w, enum mc_family family)
{
	unsigned mtu = w->link->iface.mtu;
	struct mc_hosts_opts o = { .sz = sizeof(o),
				   .alloc = allocate,
				   .family = family,
				   .seed = w->c->seed,
				   .mtu = mtu < MC_HOSTS_MTU ? mtu : MC_HOSTS_MTU,
				   .isolated = w->c->isolated,
				   .fn = on_sent,
				   .data = w };
	int err = mc_hosts_open(&w->hosts[family == MC_IPV6], &o);

	return err ? err_why(NULL, err, NULL) : 0;
}

static const char *const version_names[] = { "v1", "v2", "v3", "mldv1", "mldv2", NULL };

static int check_sum(const struct shares *s, int from, int n, const char *what)
{
	double sum = 0;
	bool any = false;

	for (int i = from; i < from + n; i++) {
		sum += s->of[i];
		any |= s->named[i];
	}
	if (any && (sum < 0.9999 || sum > 1.0001))
		return usage_error("--versions", "the shares of %s add up to %g %%, not 100 %%",
				   what, sum * 100);
	return 0;
}

/* Hosts of a family, version by version; the last gets what rounding leaves. */
static int add_hosts(struct crowd *w, enum mc_family family, const struct shares *s)
{
	int from = family == MC_IPV4 ? 0 : 3, n = family == MC_IPV4 ? 3 : 2;
	mc_hosts *hosts = w->hosts[family == MC_IPV6];
	double sum = 0;
	uint32_t done = 0;
	int err = 0;

	if (!hosts)
		return 0;
	for (int i = 0; i < n && !err; i++) {
		uint32_t upto;

		sum += s->of[from + i];
		upto = (uint32_t)(sum * w->n + 0.5);
		if (upto > w->n || (i == n - 1 && sum > 0))
			upto = w->n;
		if (upto > done)
			err = mc_hosts_add(hosts, upto - done, (uint8_t)(i + 1), 0);
		done = upto > done ? upto : done;
	}
	if (!err && done < w->n)
		err = mc_hosts_add(hosts, w->n - done, (uint8_t)n, 0);
	return err ? err_why(NULL, err, NULL) : 0;
}

static int populate(struct crowd *w)
{
	struct shares s = { .of = { 0 } };
	int status = 0;

	if (w->c->versions)
		status = shares_parse(&s, "--versions", w->c->versions, version_names);
	if (!status)
		status = check_sum(&s, 0, 3, "v1, v2 and v3");
	if (!status)
		status = check_sum(&s, 3, 2, "mldv1 and mldv2");
	for (size_t i = 0; !status && i < w->channels.groups.n; i++) {
		enum mc_family f = (enum mc_family)w->channels.groups.v[i].first.family;

		if (!w->hosts[f == MC_IPV6])
			status = open_family(w, f);
	}
	if (!status)
		status = add_hosts(w, MC_IPV4, &s);
	return status ? status : add_hosts(w, MC_IPV6, &s);
}

/* "8", "all", "zipf", "8,zipf" */
static int read_per_host(struct crowd *w)
{
	const char *text = w->c->per_host;
	const char *comma = text ? strchr(text, ',') : NULL;
	bool zipf = text && !strcmp(comma ? comma + 1 : text, "zipf");
	char number[32] = "1";

	w->per_host = w->n == 1 ? w->channels.n : 1;
	if (!text)
		return 0;
	if (!zipf || comma)
		snprintf(number, sizeof(number), "%.*s", (int)strcspn(text, ","), text);
	if (!zipf && !strcmp(text, "all"))
		w->per_host = w->channels.n;
	else if ((comma && !zipf) || parse_u64(&w->per_host, number) || !w->per_host)
		return usage_error("--per-host",
				   "'%s' is not a number of groups; write 8, all, zipf "
				   "or 8,zipf",
				   text);
	if (w->per_host > w->channels.n && w->channels.n)
		return usage_error(
			"--per-host", "%llu groups for each host, but there are only %llu",
			(unsigned long long)w->per_host, (unsigned long long)w->channels.n);
	return zipf && channels_popularity(&w->channels) ? err_why(NULL, -ENOMEM, NULL) : 0;
}

/* In the order of misbehave_names. */
static const struct {
	unsigned host_flags;
	uint8_t flaws;
} manners[] = {
	{ MC_HOST_LATE, 0 },	  { MC_HOST_MUTE, 0 }, { MC_HOST_KEEPS_VERSION, 0 },
	{ 0, FLAW_NO_ALERT },	  { 0, FLAW_TTL },     { 0, FLAW_CHECKSUM },
	{ 0, FLAW_SAME_ADDRESS },
};

static const char *const misbehave_names[] = { "late",		"never",
					       "wrong-version", "no-router-alert",
					       "ttl",		"bad-checksum",
					       "same-address",	NULL };

static int misbehave_one(struct crowd *w, uint32_t host, unsigned i)
{
	int err = 0;

	w->flaws[host] |= manners[i].flaws;
	for (int f = 0; f < 2 && !err && manners[i].host_flags; f++)
		if (w->hosts[f])
			err = mc_hosts_set_flags(w->hosts[f], host,
						 mc_hosts_flags(w->hosts[f], host) |
							 manners[i].host_flags);
	return err;
}

static int misbehave(struct crowd *w)
{
	struct shares s;
	int status, err = 0;

	if (!w->c->misbehave)
		return 0;
	status = shares_parse(&s, "--misbehave", w->c->misbehave, misbehave_names);
	if (status)
		return status;
	w->flaws = calloc(w->n, sizeof(*w->flaws));
	if (!w->flaws)
		return err_why(NULL, -ENOMEM, NULL);
	for (unsigned i = 0; misbehave_names[i]; i++)
		for (uint32_t host = 0; s.of[i] > 0 && host < w->n && !err; host++)
			if (crowd_share(w) < s.of[i])
				err = misbehave_one(w, host, i);
	return err ? err_why(NULL, err, NULL) : 0;
}

static bool is_dead(void *data, uint32_t host)
{
	return crowd_is_dead(data, host);
}

int crowd_open(struct crowd *w, const struct config *c, struct link *l)
{
	int status;

	w->c = c;
	w->link = l;
	w->n = (uint32_t)c->hosts;
	w->random = c->seed;
	status = channels_ready(&w->channels);
	if (!status)
		status = identity_init(&w->id, c, &l->iface, w->n);
	if (!status)
		status = read_per_host(w);
	if (!status)
		status = populate(w);
	if (!status)
		status = misbehave(w);
	if (!status)
		status = forge_init(&w->forge, l, &w->id);
	if (!status && watches_open(&w->watches, &w->channels))
		status = err_why(NULL, -ENOMEM, NULL);
	w->neighbours = (struct neighbours){ .link = l, .id = &w->id, .dead = is_dead, .data = w };
	return status;
}

void crowd_close(struct crowd *w)
{
	mc_hosts_close(w->hosts[0]);
	mc_hosts_close(w->hosts[1]);
	channels_close(&w->channels);
	watches_close(&w->watches);
	free(w->flaws);
}

/* --- what happens -------------------------------------------------------- */

static mc_hosts *family_hosts(const struct crowd *w, enum mc_family f)
{
	return w->hosts[f == MC_IPV6];
}

/* Specs that share a group are sockets of their own, so that filters merge as
 * RFC 9776 3.2 says; others need not pay for that. */
static uint32_t socket_of(const struct crowd *w, const struct mc_spec *s)
{
	return w->channels.overlap ? (uint32_t)(s - w->channels.groups.v) : 0;
}

int crowd_join(struct crowd *w, mc_nsec now, uint32_t host, uint64_t channel)
{
	const struct mc_spec *s = channel_spec(&w->channels, channel);
	struct mc_addr group = channel_group(&w->channels, channel);
	mc_hosts *hosts = family_hosts(w, (enum mc_family)group.family);
	bool dead = crowd_is_dead(w, host);
	int err = mc_hosts_set(hosts, now, host, socket_of(w, s), &group, s->mode, s->sources,
			       s->n_sources);

	if (err)
		return err;
	w->joins++;
	if (!dead)
		watches_joined(&w->watches, channel, now);
	return 0;
}

int crowd_leave(struct crowd *w, mc_nsec now, uint32_t host, uint64_t channel)
{
	const struct mc_spec *s = channel_spec(&w->channels, channel);
	struct mc_addr group = channel_group(&w->channels, channel);
	mc_hosts *hosts = family_hosts(w, (enum mc_family)group.family);
	int err = mc_hosts_set(hosts, now, host, socket_of(w, s), &group, MC_INCLUDE, NULL, 0);

	if (err)
		return err;
	w->leaves++;
	if (!crowd_is_dead(w, host))
		watches_left(&w->watches, channel, now, false);
	return 0;
}

struct visit {
	struct crowd *w;
	mc_nsec now;
	bool killed, joined;
	uint64_t seen, channel;
};

static void count_member(void *data, const struct mc_hosts_member *m)
{
	struct visit *v = data;
	uint64_t channel = channel_of(&v->w->channels, &m->group);

	if (channel == NO_CHANNEL)
		return;
	if (v->joined)
		watches_joined(&v->w->watches, channel, v->now);
	else
		watches_left(&v->w->watches, channel, v->now, v->killed);
	v->seen++;
}

/* All memberships of a host appear or vanish for the watches. */
static uint64_t visit_all(struct crowd *w, mc_nsec now, uint32_t host, bool joined, bool killed)
{
	struct visit v = { .w = w, .now = now, .joined = joined, .killed = killed };

	for (int f = 0; f < 2; f++)
		if (w->hosts[f])
			mc_hosts_of_host(w->hosts[f], host, count_member, &v);
	return v.seen;
}

/* ff02::1:ff and 24 bits of the address, RFC 4291 2.7.1. */
static struct mc_addr solicited_node(const struct crowd *w, uint32_t host)
{
	struct mc_addr a = identity_addr(&w->id, host, MC_IPV6);
	struct mc_addr group = { .family = MC_IPV6,
				 .bytes = { 0xff, 2, [11] = 1, 0xff, a.bytes[13], a.bytes[14],
					    a.bytes[15] } };

	return group;
}

static int solicit(struct crowd *w, mc_nsec now, uint32_t host)
{
	struct mc_addr group = solicited_node(w, host);

	if (!w->hosts[1] || w->c->no_solicited_node)
		return 0;
	return mc_hosts_join(w->hosts[1], now, host, &group);
}

int crowd_appear(struct crowd *w, mc_nsec now)
{
	int err = 0;

	for (uint32_t host = 0; host < w->n && !err; host++)
		err = solicit(w, now, host);
	w->solicited = w->hosts[1] && !w->c->no_solicited_node ? w->n : 0;
	return err ? err_why(NULL, err, NULL) : 0;
}

int crowd_leave_all(struct crowd *w, mc_nsec now, uint32_t host)
{
	int err = crowd_depart(w, now, host);

	return err ? err : solicit(w, now, host);
}

int crowd_depart(struct crowd *w, mc_nsec now, uint32_t host)
{
	int err = 0;

	if (!crowd_is_dead(w, host))
		w->leaves += visit_all(w, now, host, false, false);
	for (int f = 0; f < 2 && !err; f++)
		if (w->hosts[f])
			err = mc_hosts_leave_all(w->hosts[f], now, host);
	return err;
}

static int set_dead(struct crowd *w, uint32_t host, bool dead)
{
	int err = 0;

	for (int f = 0; f < 2 && !err; f++) {
		unsigned flags = w->hosts[f] ? mc_hosts_flags(w->hosts[f], host) : 0;

		flags = dead ? flags | MC_HOST_DEAD : flags & ~(unsigned)MC_HOST_DEAD;
		if (w->hosts[f])
			err = mc_hosts_set_flags(w->hosts[f], host, flags);
	}
	return err;
}

int crowd_kill(struct crowd *w, mc_nsec now, uint32_t host)
{
	if (crowd_is_dead(w, host))
		return 0;
	visit_all(w, now, host, false, true);
	w->dead++;
	return set_dead(w, host, true);
}

int crowd_revive(struct crowd *w, mc_nsec now, uint32_t host)
{
	if (!crowd_is_dead(w, host))
		return 0;
	visit_all(w, now, host, true, false);
	w->dead--;
	return set_dead(w, host, false);
}

bool crowd_is_member(const struct crowd *w, uint32_t host, uint64_t channel)
{
	struct mc_addr group = channel_group(&w->channels, channel);
	struct mc_hosts_member m;

	return mc_hosts_member(family_hosts(w, (enum mc_family)group.family), &m, host, &group);
}

bool crowd_is_dead(const struct crowd *w, uint32_t host)
{
	const mc_hosts *h = w->hosts[0] ? w->hosts[0] : w->hosts[1];

	return h && mc_hosts_flags(h, host) & MC_HOST_DEAD;
}

static void pick_member(void *data, const struct mc_hosts_member *m)
{
	struct visit *v = data;
	uint64_t channel = channel_of(&v->w->channels, &m->group);

	if (channel != NO_CHANNEL && crowd_random(v->w, ++v->seen) == 0)
		v->channel = channel;
}

uint64_t crowd_any_channel(struct crowd *w, uint32_t host)
{
	struct visit v = { .w = w, .channel = NO_CHANNEL };

	for (int f = 0; f < 2; f++)
		if (w->hosts[f])
			mc_hosts_of_host(w->hosts[f], host, pick_member, &v);
	return v.channel;
}

/* --- hearing and sending ------------------------------------------------- */

static void hear_message(struct crowd *w, mc_nsec now, const struct mc_frame *f, crowd_query_fn *fn,
			 void *data)
{
	struct mc_gm gm;

	if (mc_gm_parse(&gm, f, NULL) || gm.bad_checksum || gm.kind == MC_GM_OTHER)
		return;
	if (gm.kind == MC_GM_QUERY) {
		tally_query(&w->tally, f, &gm, now);
		fn(data, f, &gm);
	}
	if (family_hosts(w, gm.family))
		mc_hosts_message(family_hosts(w, gm.family), now, f, &gm);
}

static bool in_vlan(const struct mc_frame *f, uint16_t vlan)
{
	return vlan ? f->n_vlans == 1 && f->vlans[0] == vlan : f->n_vlans == 0;
}

void crowd_hear(struct crowd *w, mc_nsec now, const struct mc_cap_frame *frame, mc_nsec when,
		crowd_query_fn *fn, void *data)
{
	struct mc_frame f;
	struct mc_udp udp;

	if (mc_frame_parse(&f, MC_LINK_ETHERNET, frame->data.p, frame->data.len)) {
		neighbours_arp(&w->neighbours, &frame->data);
		return;
	}
	if (!in_vlan(&f, w->link->vlan))
		return;
	if (neighbours_icmp(&w->neighbours, &f))
		return;
	if (f.protocol == MC_PROTO_IGMP || f.protocol == MC_PROTO_ICMPV6)
		hear_message(w, now, &f, fn, data);
	else if (mc_addr_is_multicast(&f.dst) && !mc_udp_parse(&udp, &f))
		watches_data(&w->watches, &f.src, &f.dst, when);
}

bool crowd_tick(struct crowd *w, mc_nsec now, unsigned budget)
{
	bool more = false;

	for (int f = 0; f < 2; f++)
		if (w->hosts[f])
			more |= mc_hosts_tick(w->hosts[f], now, budget) >= budget;
	return more;
}

mc_nsec crowd_deadline(const struct crowd *w)
{
	mc_nsec at = { INT64_MAX };

	for (int f = 0; f < 2; f++) {
		mc_nsec d = w->hosts[f] ? mc_hosts_deadline(w->hosts[f]) : at;

		at = d.ns < at.ns ? d : at;
	}
	return at;
}

void crowd_stats(const struct crowd *w, struct mc_hosts_stats *out)
{
	memset(out, 0, sizeof(*out));
	for (int f = 0; f < 2; f++) {
		struct mc_hosts_stats s;

		if (!w->hosts[f])
			continue;
		mc_hosts_stats(w->hosts[f], &s);
		out->members += s.members;
		out->groups += s.groups;
		out->pending += s.pending;
		out->answers += s.answers;
		out->answers_specific += s.answers_specific;
		out->suppressed += s.suppressed;
		out->memory += s.memory;
	}
	out->hosts = w->n;
	out->members -= out->members < w->solicited ? out->members : w->solicited;
	out->groups -= out->groups < w->solicited ? out->groups : w->solicited;
}
