/* population_hear.c - queries and reports from the link, and who is told of them
 *
 * A query may concern a million hosts.  It is handed on to a few thousand at
 * once, and to the rest with the ticks that follow: response times count from
 * when it came. */
#include "population.h"

#define AT_ONCE	      4096 /* hosts or memberships */
#define TENTH	      (SECOND / 10)
#define V1_PRESENT    (400 * SECOND) /* RFC 2236 8.11 */
#define DEFAULT_QI    (125 * SECOND)
#define DEFAULT_RV    2
#define V1_MAX_RESP   (10 * SECOND)
#define QUERIES_HEARD 10 /* RFC 9776 8.12: times the response interval */

/* ---- versions ---- */

uint8_t pop_version_spoken(const struct mc_hosts *p, const struct station *s, int64_t now)
{
	if (s->behaviour & MC_HOST_KEEPS_VERSION || s->version == 1)
		return s->version;
	if (p->family == MC_IPV4 && s->version == 2)
		return p->v1_until_v2 > now ? 1 : 2;
	if (p->v1_until > now)
		return 1;
	return p->v2_until > now ? 2 : s->version;
}

bool pop_station_follow(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);
	uint8_t version = pop_version_spoken(p, s, p->now);

	if (version == s->speaks)
		return false;
	s->speaks = version;
	/* RFC 9776 7.2.1; an IGMPv2 host sends the same reports as another type. */
	if (!is_newest(p, s->version))
		return false;
	pop_station_forget(p, station);
	return true;
}

/* RFC 9776 8.12: default values, as older queries tell no others.  RFC 9777 9.12
 * has kept the interval of the last query. */
static int64_t older_present(const struct mc_hosts *p, const struct mc_gm *gm)
{
	if (p->family == MC_IPV6)
		return p->rv * p->qqi + gm->max_resp.ns;
	return DEFAULT_RV * DEFAULT_QI + QUERIES_HEARD * gm->max_resp.ns;
}

/* Queries of a group change no version (RFC 9776 7.2.1). */
static void hear_version(struct mc_hosts *p, const struct mc_gm *gm)
{
	if (gm->version == 1)
		p->v1_until = p->now + older_present(p, gm);
	else if (!is_newest(p, gm->version))
		p->v2_until = p->now + older_present(p, gm);
	/* RFC 2236 4: an IGMPv2 host looks at the code only. */
	if (p->family == MC_IPV4 && gm->max_resp_code == 0)
		p->v1_until_v2 = p->now + V1_PRESENT;
}

static void hear_values(struct mc_hosts *p, const struct mc_gm *gm)
{
	if (!is_newest(p, gm->version))
		return;
	p->rv = gm->qrv ? gm->qrv : p->default_rv;
	p->qqi = gm->qqi.ns ? gm->qqi.ns : DEFAULT_QI;
}

/* ---- handing a query on ---- */

static void ask_member(struct mc_hosts *p, uint32_t id, const struct query *q)
{
	const struct station *s = station_at(p, member_at(p, id)->host);

	if (is_newest(p, s->speaks))
		pop_new_asked(p, id, q);
	else
		pop_old_asked(p, id, q);
}

static bool is_deaf(const struct station *s)
{
	return s->behaviour & (MC_HOST_MUTE | MC_HOST_DEAD);
}

/* How many it was handed to. */
static uint32_t ask_station(struct mc_hosts *p, uint32_t station, const struct query *q)
{
	const struct station *s = station_at(p, station);

	if (is_deaf(s))
		return 1;
	pop_station_follow(p, station);
	if (is_newest(p, s->speaks)) {
		pop_new_asked_general(p, station, q);
		return 1;
	}
	for (uint32_t id = s->head; id != NONE; id = member_at(p, id)->host_next)
		pop_old_asked(p, id, q);
	return 1 + s->n;
}

/* What follows the member is known before it is asked: a host that gives way to
 * an older querier may drop what it was leaving. */
static void ask_next_member(struct mc_hosts *p)
{
	uint32_t id = p->sweep.next, host = member_at(p, id)->host;

	p->sweep.next = member_at(p, id)->group_next;
	if (is_deaf(station_at(p, host)))
		return;
	pop_station_follow(p, host);
	if (!p->sweep.runs) /* it was the group's last membership */
		return;
	id = pop_member_find(p, host, p->sweep.q.group);
	if (id != NONE)
		ask_member(p, id, &p->sweep.q);
}

static void sweep_end(struct mc_hosts *p)
{
	p->sweep.runs = false;
	pop_list_release(p, p->sweep.q.sources);
}

void pop_sweep_run(struct mc_hosts *p, uint32_t most)
{
	struct sweep *w = &p->sweep;
	uint32_t done = 0;

	while (w->runs && done < most) {
		if (w->next >= (w->q.group == NONE ? p->n_stations : NONE)) {
			sweep_end(p);
		} else if (w->q.group == NONE) {
			done += ask_station(p, w->next++, &w->q);
		} else {
			ask_next_member(p);
			done++;
		}
	}
}

/* ---- hearing ---- */

/* RFC 9777 6.2, RFC 2710 5: hosts drop what a router may not have sent. */
static bool is_acceptable(const struct mc_hosts *p, const struct mc_frame *f)
{
	if (!f || p->family == MC_IPV4)
		return true;
	return f->ttl == 1 && f->router_alert && f->router_alert_value == 0 &&
	       mc_addr_is_link_local(&f->src);
}

static bool is_to_all_systems(const struct mc_addr *a)
{
	return a->family == MC_IPV4 && a->bytes[0] == 224 && !a->bytes[1] && !a->bytes[2] &&
	       a->bytes[3] == 1;
}

static int64_t linear_time(const struct mc_hosts *p, const struct mc_gm *gm)
{
	if (p->family == MC_IPV6)
		return gm->max_resp_code * MILLISECOND;
	return gm->max_resp_code ? gm->max_resp_code * TENTH : V1_MAX_RESP;
}

/* Without memory: none, which asks for more. */
static uint32_t sources_asked(struct mc_hosts *p, const struct mc_gm *gm)
{
	uint32_t list;

	p->other.n = 0;
	for (unsigned i = 0; i < gm->n_sources; i++) {
		struct mc_addr a = mc_gm_source(gm->family, &gm->sources, i);

		if (!pop_set_add(p, &p->other, &a))
			return NO_SOURCES;
	}
	list = pop_list_of(p, &p->other);
	return list == NONE ? NO_SOURCES : list;
}

static void hear_query(struct mc_hosts *p, const struct mc_frame *f, const struct mc_gm *gm)
{
	bool general = mc_addr_is_unspecified(&gm->group) || gm->group.family == MC_ANY;
	uint32_t group = general ? NONE : pop_group_find(p, &gm->group);

	if (general ? gm->n_sources > 0 : !mc_addr_is_multicast(&gm->group))
		return;
	pop_sweep_run(p, UINT32_MAX); /* the one before */
	p->count.queries++;
	hear_values(p, gm);
	if (general)
		hear_version(p, gm);
	else if (group == NONE)
		return;
	p->sweep = (struct sweep){
		.runs = true,
		.next = general ? 0 : group_at(p, group)->head,
		.q = { .group = group,
		       .sources = sources_asked(p, gm),
		       .at = p->now,
		       .max_resp = gm->max_resp.ns,
		       .linear = linear_time(p, gm),
		       .seq = p->seq,
		       .to_all = !f || is_to_all_systems(&f->dst) },
	};
	pop_sweep_run(p, AT_ONCE);
}

/* RFC 1112 Appendix I: a report is sent to the group it is about. */
static void hear_report(struct mc_hosts *p, const struct mc_frame *f, const struct mc_gm *gm)
{
	uint32_t group = pop_group_find(p, &gm->group);

	if (group != NONE && (!f || mc_addr_cmp(&f->dst, &gm->group) == 0))
		pop_old_heard(p, group, gm->version);
}

void mc_hosts_message(mc_hosts *p, mc_nsec now, const struct mc_frame *f, const struct mc_gm *gm)
{
	pop_clock_set(p, now);
	if (gm->family != p->family || gm->bad_checksum || !is_acceptable(p, f))
		return;
	if (gm->kind == MC_GM_QUERY)
		hear_query(p, f, gm);
	else if (gm->kind == MC_GM_REPORT && !is_newest(p, gm->version))
		hear_report(p, f, gm);
}
