/* hosts.c - what a host does wrong in whatever it is a member of */
#include "state.h"
#include <string.h>

#define STORM_HOST 100 /* IGMPv3 or MLDv2 reports a second; one carries up to 183 groups */
#define FLAPS	   3   /* changes of version within the group membership interval */

/* Addresses that routers share (RFC 9568 7.3, HSRP, HSRPv2, GLBP): the same
 * router speaks from its own MAC too. */
static bool is_virtual(const struct mc_mac *mac)
{
	static const struct {
		uint8_t bytes[5], len;
	} known[] = {
		{ { 0x00, 0x00, 0x5e, 0x00, 0x01 }, 5 }, { { 0x00, 0x00, 0x5e, 0x00, 0x02 }, 5 },
		{ { 0x00, 0x00, 0x0c, 0x07, 0xac }, 5 }, { { 0x00, 0x00, 0x0c, 0x9f }, 4 },
		{ { 0x00, 0x05, 0x73, 0xa0 }, 4 },	 { { 0x00, 0x07, 0xb4 }, 3 },
	};

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (memcmp(mac->bytes, known[i].bytes, known[i].len) == 0)
			return true;
	return false;
}

static void tell_host(struct hearing *h, enum mc_issue issue)
{
	struct finding f = finding_of(issue, h->link, h->now);

	f.host = h->f->src;
	tell(h->o, &f);
}

static void raise_once(struct hearing *h, struct host *host, uint8_t flag, enum mc_issue issue)
{
	if (host->flags & flag)
		return;
	host->flags |= flag;
	tell_host(h, issue);
}

/* One that was silent for long may have got a new interface. */
static void judge_mac(struct hearing *h, struct host *host, int64_t interval)
{
	struct mc_mac old = host->mac;

	if (!h->f->has_src_mac)
		return;
	if (!(host->flags & H_MAC) || memcmp(&old, &h->f->src_mac, sizeof(old)) == 0) {
		host->flags |= H_MAC;
		host->mac = h->f->src_mac;
		if (h->now - host->mac_since > interval)
			host->flags &= (uint8_t)~H_TWO_MACS;
		return;
	}
	host->mac = h->f->src_mac;
	host->mac_since = h->now;
	if (h->now - host->last_seen > interval || is_virtual(&old) || is_virtual(&host->mac))
		return;
	raise_once(h, host, H_TWO_MACS, MC_ISSUE_TWO_MACS);
}

static void judge_version(struct hearing *h, struct host *host, int64_t interval)
{
	if (h->now - host->changes_from > interval) {
		host->changes = 0;
		host->flags &= (uint8_t)~H_FLAPS;
	}
	if (host->version && host->version != h->version) {
		if (!host->changes)
			host->changes_from = h->now;
		if (++host->changes >= FLAPS) {
			host->changes = FLAPS;
			host->changes_from = h->now;
			raise_once(h, host, H_FLAPS, MC_ISSUE_VERSION_FLAP);
		}
	}
	host->version = h->version;
}

static void judge_storm(struct hearing *h, struct host *host)
{
	bool storm = bucket_add(&host->storm, h->now - host->last_seen, STORM_HOST);

	if (host->storm < STORM_HOST * 500)
		host->flags &= (uint8_t)~H_STORM;
	if (storm && h->rank == 3)
		raise_once(h, host, H_STORM, MC_ISSUE_REPORT_STORM);
}

void host_heard(struct hearing *h, bool report)
{
	struct host *host;
	int64_t interval = h->l->interval;

	if (h->host == NONE)
		return;
	host = host_at(h->o, h->host);
	judge_mac(h, host, interval);
	if (report) {
		if (h->rank <= h->l->fallback_rank)
			host->flags &= (uint8_t)~H_NO_FALLBACK;
		judge_version(h, host, interval);
		judge_storm(h, host);
	}
	host->last_seen = h->now;
}
