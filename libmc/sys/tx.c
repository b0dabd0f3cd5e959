/* tx.c - a sender of UDP datagrams to multicast groups */
#include "sys/sockaddr.h"
#include "sys/why.h"

#include <errno.h>
#include <mc/tx.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc 2.36 has it, the UAPI since Linux 4.18. */
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define AIM_ITEMS 8 /* a batch that repays connecting */

struct control {
	char buf[CMSG_SPACE(sizeof(uint16_t))];
} __attribute__((aligned(__alignof__(struct cmsghdr))));

struct mc_tx {
	int fd;
	enum mc_family family;
	unsigned ifindex;
	bool segmenting;
	int segment_refusal;
	uint64_t segmented; /* datagrams that left in runs */
	struct mc_addr aim; /* where the socket is connected to; MC_ANY: nowhere */
	uint16_t aim_port;
	struct mmsghdr msg[MC_TX_ITEMS];
	struct iovec iov[MC_TX_ITEMS];
	struct sockaddr_storage to[MC_TX_ITEMS];
	socklen_t to_len[MC_TX_ITEMS];
	struct mc_addr to_addr[MC_TX_ITEMS]; /* what to[] holds, to fill it once */
	uint16_t to_port[MC_TX_ITEMS];
	struct control control[MC_TX_ITEMS];
};

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int bind_out_iface(const mc_tx *tx)
{
	if (tx->family == MC_IPV6)
		return set_int(tx->fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)tx->ifindex);

	struct ip_mreqn m = { .imr_ifindex = (int)tx->ifindex };

	return setsockopt(tx->fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof(m)) < 0 ? -errno : 0;
}

static int set_options(const mc_tx *tx, const struct mc_tx_opts *o, struct mc_why *why)
{
	bool v4 = tx->family == MC_IPV4;
	int level = level_of(tx->family);
	int err;

	if ((err = bind_out_iface(tx)))
		return why_set(why, err, "cannot send from interface %u: %s", tx->ifindex,
			       mc_strerror(err));
	if ((err = set_int(tx->fd, level, v4 ? IP_MULTICAST_TTL : IPV6_MULTICAST_HOPS, o->ttl)))
		return why_set(why, err, "TTL %u: %s", o->ttl, mc_strerror(err));
	if ((err = set_int(tx->fd, level, v4 ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP,
			   !o->no_loop)))
		return why_set(why, err, "multicast loop: %s", mc_strerror(err));
	if ((err = set_int(tx->fd, level, v4 ? IP_TOS : IPV6_TCLASS, o->dscp << 2)))
		return why_set(why, err, "DSCP %u: %s", o->dscp, mc_strerror(err));
	/* Only so does the kernel tell of packets that its own queue dropped. */
	set_int(tx->fd, level, v4 ? IP_RECVERR : IPV6_RECVERR, 1);
	/* One source port for both families and all interfaces: such sockets do
	 * not stand in each other's way.  Where the kernel refuses, bind tells. */
	if (!v4)
		set_int(tx->fd, level, IPV6_V6ONLY, 1);
	if (o->source_port)
		set_int(tx->fd, SOL_SOCKET, SO_BINDTOIFINDEX, (int)tx->ifindex);
	return 0;
}

static void set_sndbuf(const mc_tx *tx, size_t bytes)
{
	if (!bytes)
		return;
	if (set_int(tx->fd, SOL_SOCKET, SO_SNDBUFFORCE, (int)bytes))
		set_int(tx->fd, SOL_SOCKET, SO_SNDBUF, (int)bytes);
}

static int bind_source(const mc_tx *tx, const struct mc_tx_opts *o, struct mc_why *why)
{
	struct mc_addr any = mc_addr_unspecified(tx->family);
	const struct mc_addr *a = o->source.family != MC_ANY ? &o->source : &any;
	struct sockaddr_storage ss;
	socklen_t len = sockaddr_fill(&ss, a, o->source_port, tx->ifindex);
	char text[MC_ADDR_TEXT];
	int err;

	if (bind(tx->fd, (struct sockaddr *)&ss, len) == 0)
		return 0;
	err = -errno;
	why_set(why, err, "cannot send from %s port %u: %s", mc_addr_format(a, text),
		o->source_port, mc_strerror(err));
	if (err == -EADDRNOTAVAIL)
		why_fix(why, "the source must be an address of this host");
	if (err == -EADDRINUSE)
		why_fix(why, "another program has that port; choose another source port");
	return err;
}

static void prepare_messages(mc_tx *tx)
{
	for (unsigned i = 0; i < MC_TX_ITEMS; i++) {
		struct msghdr *h = &tx->msg[i].msg_hdr;
		struct cmsghdr *c = (struct cmsghdr *)tx->control[i].buf;

		h->msg_iov = &tx->iov[i];
		h->msg_iovlen = 1;
		c->cmsg_level = SOL_UDP;
		c->cmsg_type = UDP_SEGMENT;
		c->cmsg_len = CMSG_LEN(sizeof(uint16_t));
	}
}

int mc_tx_open(mc_tx **out, const struct mc_tx_opts *o, struct mc_why *why)
{
	mc_tx *tx = calloc(1, sizeof(*tx));
	int err;

	*out = NULL;
	if (!tx)
		return why_set(why, -ENOMEM, "no memory for a sender");
	tx->family = o->family;
	tx->ifindex = o->ifindex;
	tx->segmenting = !o->no_segment;
	tx->fd = socket(af_of(o->family), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (tx->fd < 0) {
		err = -errno;
		free(tx);
		return why_set(why, err, "cannot open an IPv%d socket: %s", (int)o->family,
			       mc_strerror(err));
	}
	if ((err = set_options(tx, o, why)) || (err = bind_source(tx, o, why))) {
		mc_tx_close(tx);
		return err;
	}
	set_sndbuf(tx, o->sndbuf);
	prepare_messages(tx);
	*out = tx;
	return 0;
}

void mc_tx_close(mc_tx *tx)
{
	if (!tx)
		return;
	close(tx->fd);
	free(tx);
}

static bool is_run(const mc_tx *tx, const struct mc_tx_item *it)
{
	return tx->segmenting && it->segment && it->segment < it->len;
}

static bool is_aim(const mc_tx *tx, const struct mc_tx_item *it)
{
	return tx->aim_port == it->port && memcmp(&tx->aim, it->group, sizeof(tx->aim)) == 0;
}

static void fill_target(mc_tx *tx, unsigned i, const struct mc_tx_item *it)
{
	struct msghdr *h = &tx->msg[i].msg_hdr;

	if (is_aim(tx, it)) {
		h->msg_name = NULL;
		h->msg_namelen = 0;
		return;
	}
	if (tx->to_port[i] != it->port ||
	    memcmp(&tx->to_addr[i], it->group, sizeof(*it->group)) != 0) {
		tx->to_addr[i] = *it->group;
		tx->to_port[i] = it->port;
		tx->to_len[i] = sockaddr_fill(&tx->to[i], it->group, it->port, tx->ifindex);
	}
	h->msg_name = &tx->to[i];
	h->msg_namelen = tx->to_len[i];
}

/* Connects to the one target of a large batch: the kernel then looks up its
 * route once instead of for each datagram, 5 % of what those cost.  Datagrams
 * to others can still be sent.  Failing is no harm. */
static void aim_at_target(mc_tx *tx, const struct mc_tx_item *items, unsigned n)
{
	struct sockaddr_storage ss;
	socklen_t len;

	if (n < AIM_ITEMS || is_aim(tx, &items[0]))
		return;
	for (unsigned i = 1; i < n; i++)
		if (items[i].port != items[0].port ||
		    memcmp(items[i].group, items[0].group, sizeof(*items[0].group)) != 0)
			return;
	len = sockaddr_fill(&ss, items[0].group, items[0].port, tx->ifindex);
	if (connect(tx->fd, (struct sockaddr *)&ss, len) < 0)
		return;
	tx->aim = *items[0].group;
	tx->aim_port = items[0].port;
}

static void fill_message(mc_tx *tx, unsigned i, const struct mc_tx_item *it)
{
	struct msghdr *h = &tx->msg[i].msg_hdr;

	fill_target(tx, i, it);
	tx->iov[i].iov_base = (void *)(uintptr_t)it->data;
	tx->iov[i].iov_len = it->len;
	if (is_run(tx, it)) {
		uint16_t size = (uint16_t)it->segment;

		h->msg_control = tx->control[i].buf;
		h->msg_controllen = sizeof(tx->control[i].buf);
		memcpy(CMSG_DATA((struct cmsghdr *)tx->control[i].buf), &size, sizeof(size));
	} else {
		h->msg_control = NULL;
		h->msg_controllen = 0;
	}
}

static uint64_t datagrams_of(const struct mc_tx_item *it)
{
	return it->segment ? (it->len + it->segment - 1) / it->segment : 1;
}

/* One run, datagram by datagram.  Returns how many left; *err when not all. */
static uint64_t send_split(mc_tx *tx, const struct mc_tx_item *it, int *err)
{
	struct mc_tx_item part[MC_TX_ITEMS];
	uint64_t sent = 0;
	uint32_t at = 0;

	*err = 0;
	while (at < it->len) {
		unsigned n = 0;

		for (; n < MC_TX_ITEMS && at < it->len; n++) {
			uint32_t len = it->len - at < it->segment ? it->len - at : it->segment;

			part[n] = *it;
			part[n].data = (const uint8_t *)it->data + at;
			part[n].len = len;
			part[n].segment = 0;
			fill_message(tx, n, &part[n]);
			at += len;
		}
		int ret = sendmmsg(tx->fd, tx->msg, n, 0);

		if (ret < 0)
			*err = -errno;
		sent += ret > 0 ? (uint64_t)ret : 0;
		if (ret < (int)n)
			return sent;
	}
	return sent;
}

/* What the kernel says when it will not segment: EIO without checksum offload
 * on the device, EINVAL when a datagram exceeds the MTU or there are too many,
 * EMSGSIZE past 64 KiB, ENOPROTOOPT and EOPNOTSUPP before Linux 4.18. */
static bool is_refusal(int err)
{
	return err == -EIO || err == -EINVAL || err == -EMSGSIZE || err == -ENOPROTOOPT ||
	       err == -EOPNOTSUPP;
}

/* Sends what follows a refusal, run by run. */
static int send_unsegmented(mc_tx *tx, const struct mc_tx_item *items, unsigned n,
			    uint64_t *datagrams)
{
	for (unsigned i = 0; i < n; i++) {
		struct mc_tx_item it = items[i];
		int err;

		if (!it.segment)
			it.segment = it.len ? it.len : 1;
		if (!it.len) { /* an empty datagram is one all the same */
			fill_message(tx, 0, &it);
			err = sendmmsg(tx->fd, tx->msg, 1, 0) < 0 ? -errno : 0;
			*datagrams += !err;
		} else {
			*datagrams += send_split(tx, &it, &err);
		}
		if (err)
			return i ? (int)i : err;
	}
	return (int)n;
}

static int send_batch(mc_tx *tx, const struct mc_tx_item *items, unsigned n, uint64_t *datagrams)
{
	int ret;

	aim_at_target(tx, items, n);
	for (unsigned i = 0; i < n; i++)
		fill_message(tx, i, &items[i]);
	ret = sendmmsg(tx->fd, tx->msg, n, 0);
	if (ret < 0) {
		int err = -errno;

		if (!is_run(tx, &items[0]) || !is_refusal(err))
			return err;
		tx->segmenting = false;
		tx->segment_refusal = err;
		return send_unsegmented(tx, items, n, datagrams);
	}
	for (int i = 0; i < ret; i++) {
		uint64_t count = datagrams_of(&items[i]);

		*datagrams += count;
		tx->segmented += is_run(tx, &items[i]) ? count : 0;
	}
	return ret;
}

static bool any_run(const struct mc_tx_item *items, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (items[i].segment && items[i].segment < items[i].len)
			return true;
	return false;
}

int mc_tx_send(mc_tx *tx, const struct mc_tx_item *items, unsigned n, uint64_t *datagrams)
{
	uint64_t ignored;
	uint64_t *count = datagrams ? datagrams : &ignored;

	*count = 0;
	if (n == 0 || n > MC_TX_ITEMS)
		return -EINVAL;
	if (!tx->segmenting && any_run(items, n))
		return send_unsegmented(tx, items, n, count);
	return send_batch(tx, items, n, count);
}

void mc_tx_info(const mc_tx *tx, struct mc_tx_info *out)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	int buf = 0;
	socklen_t buflen = sizeof(buf);

	memset(out, 0, sizeof(*out));
	if (getsockopt(tx->fd, SOL_SOCKET, SO_SNDBUF, &buf, &buflen) == 0)
		out->sndbuf = (size_t)buf;
	if (getsockname(tx->fd, (struct sockaddr *)&ss, &len) == 0)
		sockaddr_read(&out->source, &out->source_port, &ss);
	out->segmenting = tx->segmenting;
	out->segmented = tx->segmented;
	out->segment_refusal = tx->segment_refusal;
}

int mc_tx_fd(const mc_tx *tx)
{
	return tx->fd;
}
