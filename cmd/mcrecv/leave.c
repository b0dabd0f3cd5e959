/* leave.c - how long traffic goes on after leaving, seen by a capture
 *
 * Sockets get nothing once the host has left, whatever the network does.  So
 * the frames are watched, which come as long as the switch forwards them
 * (leave latency: last member query time, RFC 9776 8.9, or at once). */
#include "mcrecv/leave.h"

#include "common/out.h"

#include <errno.h>
#include <mc/frame.h>
#include <stdlib.h>

/* Longer than slow streams pause, and than two last member query intervals. */
#define SILENCE_NS 3000000000

int leave_open(struct leave *l, const struct joins *j)
{
	*l = (struct leave){ .n = 0 };
	l->caps = calloc(j->n_ifaces ? j->n_ifaces : 1, sizeof(*l->caps));
	if (!l->caps)
		return err_why(NULL, -ENOMEM, NULL);
	for (unsigned i = 0; i < j->n_ifaces; i++) {
		/* Promiscuous, because leaving takes the group out of the
		 * adapter's filter. */
		struct mc_cap_opts o = { .sz = sizeof(o),
					 .ifname = j->ifaces[i].iface.name,
					 .filter = "udp and (ip multicast or ip6 multicast)",
					 .snaplen = 256,
					 .promiscuous = true };
		struct mc_why why = { "", "" };
		int err = mc_cap_open(&l->caps[i], &o, &why);

		if (err)
			return err_why("--leave-after", err, &why);
		l->n++;
	}
	return 0;
}

void leave_close(struct leave *l)
{
	for (unsigned i = 0; i < l->n; i++)
		mc_cap_close(l->caps[i]);
	free(l->caps);
}

void leave_now(struct leave *l, struct joins *j, mc_rx *rx, mc_nsec wall)
{
	joins_leave(j, rx, wall);
	l->done = true;
	l->at = wall;
}

static void note_frame(struct leave *l, struct joins *j, const struct mc_cap_frame *f,
		       const struct mc_frame *frame, uint16_t port, unsigned ifindex)
{
	uint32_t number = joins_find(j, &frame->dst, ifindex, port);

	if (number == HINDEX_NONE || f->when.ns < j->v[number].left_at.ns)
		return;
	j->v[number].last_after_leave = f->when;
	l->last = f->when;
	l->frames++;
}

static void watch_one(struct leave *l, struct joins *j, mc_cap *cap, unsigned ifindex)
{
	struct mc_cap_frame f;
	struct mc_frame frame;
	struct mc_udp udp;

	/* A round of bounded length: the caller's loop has more to do. */
	for (unsigned i = 0; i < 200000 && mc_cap_next(cap, &f, NULL) == 1; i++) {
		if (!l->done ||
		    mc_frame_parse(&frame, mc_cap_linktype(cap), f.data.p, f.data.len) < 0)
			continue;
		if (mc_udp_parse(&udp, &frame) == 0)
			note_frame(l, j, &f, &frame, udp.dst_port, ifindex);
	}
}

void leave_watch(struct leave *l, struct joins *j)
{
	for (unsigned i = 0; i < l->n; i++)
		watch_one(l, j, l->caps[i], j->ifaces[i].iface.index);
}

bool leave_silent(const struct leave *l, mc_nsec wall)
{
	int64_t last = l->last.ns > l->at.ns ? l->last.ns : l->at.ns;

	return l->done && wall.ns - last >= SILENCE_NS;
}
