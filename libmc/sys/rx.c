/* rx.c - receiving sockets: open, read in batches, count drops */
#include "sys/optbatch.h"
#include "sys/ring.h"
#include "sys/rx.h"
#include "sys/sockaddr.h"
#include "sys/why.h"

#include <errno.h>
#include <linux/in6.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define DEFAULT_RCVBUF (32u * 1024 * 1024)
#define CONTROL_BYTES  192
/* The odd tail keeps the buffers of a batch out of one cache set. */
#define DATAGRAM_BYTES (65536 + 192)

struct batch {
	struct mmsghdr msg[MC_RX_BATCH];
	struct iovec iov[MC_RX_BATCH];
	struct sockaddr_storage from[MC_RX_BATCH];
	char control[MC_RX_BATCH][CONTROL_BYTES]
		__attribute__((aligned(__alignof__(struct cmsghdr))));
	uint8_t *data;
};

static void prepare_batch(struct batch *b)
{
	for (unsigned i = 0; i < MC_RX_BATCH; i++) {
		struct msghdr *h = &b->msg[i].msg_hdr;

		b->iov[i].iov_base = b->data + (size_t)i * DATAGRAM_BYTES;
		b->iov[i].iov_len = 65536;
		h->msg_name = &b->from[i];
		h->msg_iov = &b->iov[i];
		h->msg_iovlen = 1;
		h->msg_control = b->control[i];
	}
}

int mc_rx_open(mc_rx **out, const struct mc_rx_opts *o, struct mc_why *why)
{
	mc_rx *rx = calloc(1, sizeof(*rx));

	*out = NULL;
	if (rx) {
		rx->epoll_fd = -1;
		rx->batch = calloc(1, sizeof(*rx->batch));
	}
	/* Untouched pages of it cost nothing. */
	if (rx && rx->batch)
		rx->batch->data = malloc((size_t)MC_RX_BATCH * DATAGRAM_BYTES);
	if (!rx || !rx->batch || !rx->batch->data) {
		mc_rx_close(rx);
		return why_set(why, -ENOMEM, "no memory for a receiver");
	}
	prepare_batch(rx->batch);
	rx->rcvbuf = o->rcvbuf ? o->rcvbuf : DEFAULT_RCVBUF;
	rx->gro = !o->no_gro;
	rx->use_rings = o->sz >= offsetof(struct mc_rx_opts, ring) + sizeof(o->ring) && o->ring;
	rx->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (rx->epoll_fd < 0) {
		int err = -errno;

		mc_rx_close(rx);
		return why_set(why, err, "cannot open a receiver: %s", mc_strerror(err));
	}
	*out = rx;
	return 0;
}

void mc_rx_close(mc_rx *rx)
{
	if (!rx)
		return;
	for (unsigned i = rx->n_holders; i-- > 0;)
		close(rx->holders[i].fd);
	for (unsigned i = rx->n_receivers; i-- > 0;)
		if (rx->receivers[i].fd >= 0)
			close(rx->receivers[i].fd);
	rx_rings_free(rx);
	if (rx->epoll_fd >= 0)
		close(rx->epoll_fd);
	rx_members_free(rx);
	optbatch_close(rx->joining);
	free(rx->holders);
	free(rx->receivers);
	if (rx->batch)
		free(rx->batch->data);
	free(rx->batch);
	free(rx);
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int set_options(const struct mc_rx *rx, int fd, enum mc_family family)
{
	static const struct {
		int v4, v6;
	} wanted[] = {
		{ IP_PKTINFO, IPV6_RECVPKTINFO },
		{ IP_RECVTTL, IPV6_RECVHOPLIMIT },
		{ IP_RECVTOS, IPV6_RECVTCLASS },
	};
	bool v4 = family == MC_IPV4;
	int err = set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);

	for (unsigned i = 0; !err && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		err = set_int(fd, level_of(family), v4 ? wanted[i].v4 : wanted[i].v6, 1);
	if (!err)
		err = set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	if (!err && !v4)
		err = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (err)
		return err;
	/* Else the socket would also get groups that other programs joined.
	 * IPv6 has the option since Linux 4.20; the filter in rx_match holds
	 * without it. */
	set_int(fd, level_of(family), v4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, 0);
	if (rx->gro)
		set_int(fd, SOL_UDP, UDP_GRO, 1);
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, (int)rx->rcvbuf))
		set_int(fd, SOL_SOCKET, SO_RCVBUF, (int)rx->rcvbuf);
	return 0;
}

static int open_receiver(struct mc_rx *rx, enum mc_family family, uint16_t port)
{
	struct sockaddr_storage ss;
	struct mc_addr any = mc_addr_unspecified(family);
	socklen_t len = sockaddr_fill(&ss, &any, port, 0);
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = rx->n_receivers };
	int granted = 0, err;
	socklen_t glen = sizeof(granted);
	int fd = socket(af_of(family), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	err = set_options(rx, fd, family);
	if (!err && bind(fd, (struct sockaddr *)&ss, len) < 0)
		err = -errno;
	if (!err && epoll_ctl(rx->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &glen);
	rx->granted = (size_t)granted;
	return fd;
}

int rx_receiver_for(struct mc_rx *rx, enum mc_family family, uint16_t port, struct mc_why *why)
{
	struct receiver *grown;
	int fd;

	for (unsigned i = 0; i < rx->n_receivers; i++)
		if (rx->receivers[i].port == port && rx->receivers[i].family == family)
			return (int)i;
	grown = realloc(rx->receivers, (rx->n_receivers + 1) * sizeof(*grown));
	if (!grown)
		return why_set(why, -ENOMEM, "no memory for a receiver");
	rx->receivers = grown;
	fd = rx->use_rings ? -1 : open_receiver(rx, family, port);
	if (fd < 0 && !rx->use_rings) {
		why_set(why, fd, "cannot receive on IPv%d port %u: %s", (int)family, port,
			mc_strerror(fd));
		if (fd == -EADDRINUSE)
			why_fix(why, "another program holds that port for itself alone");
		if (fd == -EMFILE)
			why_fix(why, "raise the limit of open files (ulimit -n)");
		return fd;
	}
	rx->receivers[rx->n_receivers] = (struct receiver){ fd, family, port, 0, rx->use_rings };
	return (int)rx->n_receivers++;
}

void rx_take_all(struct receiver *r)
{
	if (r->takes_all)
		return;
	set_int(r->fd, level_of(r->family),
		r->family == MC_IPV4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, 1);
	r->takes_all = true;
}

/* Copies out of a control message, whatever its alignment and length. */
static void take(void *to, const struct cmsghdr *c, size_t size)
{
	if (c->cmsg_len >= CMSG_LEN(size))
		memcpy(to, CMSG_DATA(c), size);
}

static void take_ip(struct mc_packet *p, const struct cmsghdr *c)
{
	struct in_pktinfo info;
	int number = 0;

	if (c->cmsg_type == IP_PKTINFO) {
		take(&info, c, sizeof(info));
		p->ifindex = (unsigned)info.ipi_ifindex;
		p->group = mc_addr_from_bytes(MC_IPV4, &info.ipi_addr);
	} else if (c->cmsg_type == IP_TTL) {
		take(&number, c, sizeof(number));
		p->ttl = (uint8_t)number;
	} else if (c->cmsg_type == IP_TOS) {
		take(&p->tos, c, sizeof(p->tos));
	}
}

static void take_ip6(struct mc_packet *p, const struct cmsghdr *c)
{
	struct in6_pktinfo info;
	int number = 0;

	if (c->cmsg_type == IPV6_PKTINFO) {
		take(&info, c, sizeof(info));
		p->ifindex = info.ipi6_ifindex;
		p->group = mc_addr_from_bytes(MC_IPV6, &info.ipi6_addr);
	} else if (c->cmsg_type == IPV6_HOPLIMIT) {
		take(&number, c, sizeof(number));
		p->ttl = (uint8_t)number;
	} else if (c->cmsg_type == IPV6_TCLASS) {
		take(&number, c, sizeof(number));
		p->tos = (uint8_t)number;
	}
}

static void take_time(struct mc_packet *p, const struct cmsghdr *c)
{
	struct timespec ts = { 0 };

	take(&ts, c, sizeof(ts));
	p->when.ns = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	p->kernel_time = true;
}

static void take_controls(struct mc_packet *p, struct msghdr *h)
{
	int segment = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP)
			take_ip(p, c);
		else if (c->cmsg_level == IPPROTO_IPV6)
			take_ip6(p, c);
		else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			take_time(p, c);
		else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO)
			take(&segment, c, sizeof(segment));
	}
	p->segment = (uint16_t)segment;
}

static mc_nsec now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

/* False when the datagram is nobody's. */
static bool make_packet(struct mc_rx *rx, struct mc_packet *p, unsigned i, uint16_t port)
{
	struct batch *b = rx->batch;
	const struct member *m;

	memset(p, 0, sizeof(*p));
	sockaddr_read(&p->source, &p->source_port, &b->from[i]);
	p->port = port;
	p->payload.p = b->iov[i].iov_base;
	p->payload.len = b->msg[i].msg_len;
	take_controls(p, &b->msg[i].msg_hdr);
	m = rx_match(rx, &p->group, p->ifindex, port, &p->source);
	if (!m)
		return false;
	p->membership = (unsigned)(m - rx->members);
	if (!p->kernel_time)
		p->when = now();
	return true;
}

unsigned rx_merged(const struct mc_packet *p)
{
	return p->segment ? (unsigned)((p->payload.len + p->segment - 1) / p->segment) : 1;
}

static int read_from(struct mc_rx *rx, const struct receiver *r, struct mc_packet *out,
		     unsigned max, bool *more)
{
	struct batch *b = rx->batch;
	unsigned want = max < MC_RX_BATCH ? max : MC_RX_BATCH;
	unsigned n = 0;
	int got;

	for (unsigned i = 0; i < want; i++) {
		b->msg[i].msg_hdr.msg_namelen = sizeof(b->from[i]);
		b->msg[i].msg_hdr.msg_controllen = CONTROL_BYTES;
	}
	got = recvmmsg(r->fd, b->msg, want, MSG_DONTWAIT, NULL);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (unsigned i = 0; i < (unsigned)got; i++) {
		if (make_packet(rx, &out[n], i, r->port))
			n++;
		else
			rx->not_asked += rx_merged(&out[n]);
	}
	*more = (unsigned)got == want;
	return (int)n;
}

/* Several sockets: one of the readable ones a call, in turn. */
static int read_any(struct mc_rx *rx, struct mc_packet *out, unsigned max, bool *more)
{
	struct epoll_event ev[16];
	int n = epoll_wait(rx->epoll_fd, ev, 16, 0);
	int got;

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 0)
		return 0;
	got = read_from(rx, &rx->receivers[ev[rx->next++ % (unsigned)n].data.u32], out, max, more);
	*more |= n > 1;
	return got;
}

int mc_rx_read(mc_rx *rx, struct mc_packet *out, unsigned max, bool *more)
{
	bool ignored;
	bool *again = more ? more : &ignored;

	*again = false;
	if (rx->joining) {
		optbatch_close(rx->joining);
		rx->joining = NULL;
	}
	if (rx->use_rings)
		return rx_ring_read(rx, out, max < MC_RX_BATCH ? max : MC_RX_BATCH, again);
	if (rx->n_receivers == 0)
		return 0;
	if (rx->n_receivers == 1)
		return read_from(rx, &rx->receivers[0], out, max, again);
	return read_any(rx, out, max, again);
}

int mc_rx_fd(const mc_rx *rx)
{
	if (rx->use_rings)
		return rx->n_rings == 1 ? ring_fd(rx->rings[0].ring) : rx->epoll_fd;
	/* A socket of its own costs no epoll callback for each packet. */
	return rx->n_receivers == 1 ? rx->receivers[0].fd : rx->epoll_fd;
}

static void read_meminfo(int fd, uint32_t mem[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(mem[0]);

	memset(mem, 0, len);
	(void)!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len);
}

/* The counter that SO_RXQ_OVFL attaches to datagrams, read without one: what
 * is lost at the very end is seen too. */
static uint64_t drops_of(int fd)
{
	uint32_t mem[SK_MEMINFO_VARS];

	read_meminfo(fd, mem);
	return mem[SK_MEMINFO_DROPS];
}

unsigned mc_rx_fill(const mc_rx *rx)
{
	uint32_t mem[SK_MEMINFO_VARS];
	unsigned most = 0;

	if (rx->use_rings)
		return rx_rings_fill(rx);
	for (unsigned i = 0; i < rx->n_receivers; i++) {
		read_meminfo(rx->receivers[i].fd, mem);

		uint64_t size = mem[SK_MEMINFO_RCVBUF] ? mem[SK_MEMINFO_RCVBUF] : 1;
		unsigned fill = (unsigned)(mem[SK_MEMINFO_RMEM_ALLOC] * UINT64_C(100) / size);

		if (fill > most)
			most = fill;
	}
	return most;
}

void mc_rx_stats(const mc_rx *rx, struct mc_rx_stats *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; !rx->use_rings && i < rx->n_receivers; i++)
		out->dropped += drops_of(rx->receivers[i].fd);
	out->dropped += rx_rings_drops(rx);
	out->not_asked = rx->not_asked;
	out->rcvbuf = rx->granted;
	out->receivers = rx->use_rings ? rx->n_rings : rx->n_receivers;
	out->ring = rx->use_rings;
	out->fragmented = rx->fragmented;
	out->damaged = rx->damaged;
	out->holders = rx->n_holders;
	out->memberships = rx->n_joined;
}
