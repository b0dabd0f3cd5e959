/* link.c - the interface: frames to send, side by side, and frames received */
#include "mchost/link.h"

#include "common/out.h"
#include "common/sig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* More would only push the frames out of the CPU's cache again. */
#define ARENA_BYTES (2 * LINK_FRAME)
#define CAPTURE_LEN 2048 /* a query with its sources; of data, the headers */
#define RETRY_NS    200000
#define MANY_HOSTS  10000 /* whose frames nobody watches one by one */

/* MLD comes behind a hop-by-hop header (type 0), which filters of libpcap do not
 * step over.  They cannot tell either what goes out, while libpcap changes them
 * under way; MACs can. */
#define FILTER                                                                                     \
	"(arp or icmp or icmp6 or igmp or (ip6 and ip6[6] == 0) or (udp and ether multicast)) "    \
	"and not ether src %s and ether[6:4] & 0xffffff00 != 0x%02x%02x%02x00"

static int check_iface(struct link *l)
{
	if (l->iface.loopback || mc_inject_mac(&l->mac, l->inject))
		err_msg("%s: not an Ethernet interface; hosts have MACs", l->iface.name);
	else if (l->iface.mtu < 576)
		err_msg("%s: MTU %u is below 576 bytes, too small for reports; ip link set %s mtu "
			"1500",
			l->iface.name, l->iface.mtu, l->iface.name);
	else
		return 0;
	return EXIT_ENV;
}

int link_open(struct link *l, const char *ifname, uint16_t vlan)
{
	struct mc_why why = { "", "" };
	int err;

	*l = (struct link){ .vlan = vlan };
	err = mc_iface_get(&l->iface, ifname, &why);
	if (err)
		return err_why(NULL, err, &why);
	if (!l->iface.up) {
		err_msg("interface %s is down; ip link set %s up", ifname, ifname);
		return EXIT_ENV;
	}
	l->arena = malloc(ARENA_BYTES);
	if (!l->arena)
		return err_why(NULL, -ENOMEM, NULL);
	err = mc_inject_open(&l->inject, l->iface.index, &why);
	return err ? err_why(ifname, err, &why) : check_iface(l);
}

int link_choose_path(struct link *l, enum path_choice path, uint64_t hosts)
{
	int err;

	if (path == PATH_PACKET || (path == PATH_AUTO && hosts < MANY_HOSTS))
		return 0;
	err = mc_inject_bypass(l->inject, &l->path);
	l->bypass = !err;
	return err && path == PATH_XDP ? err_why(NULL, err, &l->path) : 0;
}

int link_listen(struct link *l, const uint8_t prefix[3])
{
	char filter[256], mac[MC_MAC_TEXT];
	struct mc_cap_opts o = { .sz = sizeof(o),
				 .ifname = l->iface.name,
				 .filter = filter,
				 .snaplen = CAPTURE_LEN,
				 .promiscuous = true,
				 .incoming = true,
				 .buffer = 8 * 1024 * 1024 };
	struct mc_why why = { "", "" };
	int err;

	snprintf(filter, sizeof(filter), FILTER, mc_mac_format(&l->mac, mac), prefix[0], prefix[1],
		 prefix[2]);
	err = mc_cap_open(&l->cap, &o, &why);
	return err ? err_why(NULL, err, &why) : 0;
}

void link_close(struct link *l)
{
	pusher_stop(&l->pusher);
	mc_cap_close(l->cap);
	mc_inject_close(l->inject);
	free(l->arena);
}

static void count_errors(struct link_counts *c, int err, uint64_t n)
{
	unsigned i = 0;

	c->failed += n;
	while (i < c->n_errors && c->errors[i].err != err)
		i++;
	if (i == LINK_ERRORS)
		return;
	if (i == c->n_errors)
		c->errors[c->n_errors++].err = err;
	c->errors[i].frames += n;
}

static bool is_full(int err)
{
	return err == -EAGAIN || err == -ENOBUFS || err == -EINTR;
}

static void wait_for_queue(struct link *l)
{
	struct pollfd fd = { .fd = mc_inject_fd(l->inject), .events = POLLOUT };

	l->counts.waits++;
	/* The device's queue is full, not the socket's: poll does not tell when. */
	if (sig_ppoll(&fd, 1, &(mc_nsec){ 10 * RETRY_NS }) > 0)
		(void)sig_sleep((mc_nsec){ RETRY_NS });
}

static void note_state(struct link *l, int err)
{
	l->gone |= err == -ENXIO || err == -ENODEV;
	l->down = err == -ENETDOWN;
}

/* Sends some of the frames.  How many are done with. */
static unsigned send_some(struct link *l, const struct mc_span *frames, unsigned n)
{
	int ret = mc_inject_send(l->inject, frames, n);

	if (ret >= 0) {
		l->down = false;
		l->counts.sent += (unsigned)ret;
		for (int i = 0; i < ret; i++)
			l->counts.bytes += frames[i].len;
		return (unsigned)ret;
	}
	if (is_full(ret)) {
		wait_for_queue(l);
		return 0;
	}
	note_state(l, ret);
	count_errors(&l->counts, ret, 1);
	return 1;
}

/* What AF_XDP was given leaves; without a carrier the device drops it. */
static void push_on(struct link *l)
{
	uint64_t before = l->dropped;
	int err;

	while ((err = mc_inject_flush(l->inject)) && is_full(err))
		wait_for_queue(l);
	if (err)
		note_state(l, err);
	l->dropped = mc_inject_dropped(l->inject);
	if (l->dropped == before)
		return;
	l->counts.sent -= l->dropped - before;
	count_errors(&l->counts, -EBUSY, l->dropped - before);
}

static void send_queue(struct link *l)
{
	unsigned at = 0;

	while (at < l->queued && !l->gone)
		at += send_some(l, l->queue + at, l->queued - at);
	l->queued = 0;
	l->used = 0;
}

/* Started late, so that it is in the sandbox, and only when there is work for two. */
static void get_help(struct link *l)
{
	if (l->bypass && !l->helped)
		pusher_start(&l->pusher, l->inject);
	l->helped = true;
	l->pushed = l->pusher.runs;
	pusher_wake(&l->pusher);
}

uint8_t *link_room(struct link *l, size_t len)
{
	if (l->queued == MC_INJECT_BATCH || l->used + len > ARENA_BYTES) {
		send_queue(l);
		get_help(l);
	}
	return l->arena + l->used;
}

void link_send(struct link *l, size_t len)
{
	l->queue[l->queued++] = (struct mc_span){ l->arena + l->used, len };
	l->used += len;
}

void link_flush(struct link *l)
{
	send_queue(l);
	if (l->pushed)
		pusher_wake(&l->pusher);
	else if (l->bypass)
		push_on(l);
	l->pushed = false;
}

void link_settle(struct link *l)
{
	l->pushed = false;
	link_flush(l);
}

int link_packet(struct link *l, struct mc_inject_packet *p)
{
	size_t room = p->payload.len + 128;
	uint8_t *buf = link_room(l, room);
	int len;

	p->vlan = l->vlan;
	len = mc_inject_build(l->inject, buf, room, p);
	if (len > 0)
		link_send(l, (size_t)len);
	return len < 0 ? len : 0;
}
