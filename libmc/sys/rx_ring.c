/* rx_ring.c - a receiver that reads packet rings: one for each interface and family */
#include "sys/ring.h"
#include "sys/rx.h"
#include "sys/why.h"

#include <errno.h>
#include <mc/frame.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static struct ring_source *source_of(const struct mc_rx *rx, enum mc_family family,
				     unsigned ifindex)
{
	for (unsigned i = 0; i < rx->n_rings; i++)
		if (rx->rings[i].family == family && rx->rings[i].ifindex == ifindex)
			return &rx->rings[i];
	return NULL;
}

static bool has_port(const struct ring_source *s, uint16_t port)
{
	for (unsigned i = 0; i < s->n_ports; i++)
		if (s->ports[i] == port)
			return true;
	return false;
}

bool rx_ring_has(const struct mc_rx *rx, enum mc_family family, unsigned ifindex, uint16_t port)
{
	const struct ring_source *s = source_of(rx, family, ifindex);

	return s && has_port(s, port);
}

static int open_source(struct mc_rx *rx, struct ring_source **out, enum mc_family family,
		       unsigned ifindex, struct mc_why *why)
{
	struct ring_source *grown = realloc(rx->rings, (rx->n_rings + 1) * sizeof(*grown));
	struct epoll_event ev = { .events = EPOLLIN };
	struct ring *ring;
	int err;

	if (!grown)
		return why_set(why, -ENOMEM, "no memory for a packet ring");
	rx->rings = grown;
	err = ring_open(&ring, family, ifindex, rx->rcvbuf, why);
	if (err)
		return err;
	if (epoll_ctl(rx->epoll_fd, EPOLL_CTL_ADD, ring_fd(ring), &ev) < 0) {
		err = -errno;
		ring_close(ring);
		return why_set(why, err, "cannot watch a packet ring: %s", mc_strerror(err));
	}
	*out = &rx->rings[rx->n_rings++];
	**out = (struct ring_source){ .ring = ring, .family = family, .ifindex = ifindex };
	rx->granted = ring_size(ring);
	return 0;
}

int rx_ring_for(struct mc_rx *rx, enum mc_family family, unsigned ifindex, uint16_t port,
		struct mc_why *why)
{
	struct ring_source *s = source_of(rx, family, ifindex);
	uint16_t *ports;
	int err = s ? 0 : open_source(rx, &s, family, ifindex, why);

	if (!s || has_port(s, port))
		return err;
	ports = realloc(s->ports, (s->n_ports + 1) * sizeof(*ports));
	if (!ports)
		return why_set(why, -ENOMEM, "no memory for a packet ring");
	s->ports = ports;
	ports[s->n_ports++] = port;
	err = ring_ports(s->ring, ports, s->n_ports);
	return err ? why_set(why, err, "cannot filter a packet ring: %s", mc_strerror(err)) : 0;
}

void rx_rings_free(struct mc_rx *rx)
{
	for (unsigned i = 0; i < rx->n_rings; i++) {
		ring_close(rx->rings[i].ring);
		free(rx->rings[i].ports);
	}
	free(rx->rings);
}

/* The checks that the IP stack makes before a socket gets a datagram: where to count
 * the packet when it is none, or NULL. */
static uint64_t *refuse(struct mc_rx *rx, struct mc_packet *p, const struct mc_frame *f,
			const struct mc_udp *udp, const struct ring_frame *r)
{
	const struct member *m = rx_match(rx, &f->dst, p->ifindex, udp->dst_port, &f->src);

	if (!m)
		return &rx->not_asked;
	if (f->fragment)
		return &rx->fragmented;
	if (f->bad_header_sum || (udp->bad_sum && !r->sum_open))
		return &rx->damaged;
	p->membership = (unsigned)(m - rx->members);
	return NULL;
}

/* False when no socket would have got it. */
static bool make_packet(struct mc_rx *rx, struct mc_packet *p, const struct ring_source *s,
			const struct ring_frame *r)
{
	uint32_t link = s->family == MC_IPV4 ? MC_LINK_IPV4 : MC_LINK_IPV6;
	struct mc_frame f;
	struct mc_udp udp;
	uint64_t *refused;

	if (mc_frame_parse(&f, link, r->ip.p, r->ip.len) < 0 || !mc_addr_is_multicast(&f.dst) ||
	    mc_udp_parse(&udp, &f) < 0)
		return false;
	*p = (struct mc_packet){ .source = f.src,
				 .group = f.dst,
				 .source_port = udp.src_port,
				 .port = udp.dst_port,
				 .segment = r->segment,
				 .ttl = f.ttl,
				 .tos = f.tos,
				 .ifindex = s->ifindex,
				 .kernel_time = true,
				 .when = r->when,
				 .payload = udp.payload };
	refused = refuse(rx, p, &f, &udp, r);
	if (refused)
		*refused += rx_merged(p);
	return !refused;
}

/* To the end of a block at most.  True when it found anything, asked for or not. */
static bool read_source(struct mc_rx *rx, struct ring_source *s, struct mc_packet *out,
			unsigned max, unsigned *n)
{
	struct ring_frame frame;
	bool any = false;

	while (*n < max && ring_next(s->ring, &frame)) {
		any = true;
		*n += make_packet(rx, &out[*n], s, &frame);
	}
	return any;
}

int rx_ring_read(struct mc_rx *rx, struct mc_packet *out, unsigned max, bool *more)
{
	unsigned n = 0;

	for (unsigned i = 0; i < rx->n_rings; i++)
		ring_release(rx->rings[i].ring);
	for (unsigned i = 0; i < rx->n_rings && !*more; i++)
		*more = read_source(rx, &rx->rings[rx->next++ % rx->n_rings], out, max, &n);
	/* Readable, and nothing there: twice, so it is an error that makes it so. */
	for (unsigned i = 0; !*more && rx->found_nothing && i < rx->n_rings; i++)
		ring_clear_error(rx->rings[i].ring);
	rx->found_nothing = !*more;
	return (int)n;
}

unsigned rx_rings_fill(const struct mc_rx *rx)
{
	unsigned most = 0;

	for (unsigned i = 0; i < rx->n_rings; i++) {
		unsigned fill = ring_fill(rx->rings[i].ring);

		if (fill > most)
			most = fill;
	}
	return most;
}

uint64_t rx_rings_drops(const struct mc_rx *rx)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < rx->n_rings; i++)
		n += ring_drops(rx->rings[i].ring);
	return n;
}
