/* inject.c - frames through libnet, sent by a packet socket or past it; the only door to it */
#include "sys/why.h"
#include "sys/xsk.h"

#include <errno.h>
#include <libnet.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <mc/group.h>
#include <mc/inject.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ETHERNET_BYTES 14
#define TAG_BYTES      4
#define IP4_BYTES      20
#define IP6_BYTES      40
#define ALERT4_BYTES   4
#define ALERT6_BYTES   8
#define LONGEST	       65535
#define DONT_FRAGMENT  0x4000

struct mc_inject {
	libnet_t *net;
	int fd;
	unsigned ifindex;
	bool ethernet;
	struct mc_mac mac;
	struct xsk *xsk; /* NULL: the packet socket sends all */
	size_t longest;	 /* frame that may go there */
};

/* --- building ------------------------------------------------------------ */

static size_t header_bytes(const struct mc_inject_packet *p)
{
	if (p->dst.family == MC_IPV4)
		return IP4_BYTES + (p->router_alert ? ALERT4_BYTES : 0);
	return IP6_BYTES + (p->router_alert ? ALERT6_BYTES : 0);
}

/* The length in the header: of IPv4 the whole, of IPv6 what follows it. */
static size_t header_length(const struct mc_inject_packet *p)
{
	return header_bytes(p) - (p->dst.family == MC_IPV6 ? IP6_BYTES : 0) + p->payload.len;
}

static int build_ipv4(libnet_t *net, const struct mc_inject_packet *p)
{
	uint32_t src, dst;
	const uint8_t alert[ALERT4_BYTES] = { 0x94, ALERT4_BYTES, p->router_alert_value >> 8,
					      p->router_alert_value & 0xff };

	memcpy(&src, p->src.bytes, 4);
	memcpy(&dst, p->dst.bytes, 4);
	if (p->router_alert && libnet_build_ipv4_options(alert, sizeof(alert), net, 0) < 0)
		return -1;
	return libnet_build_ipv4((uint16_t)header_length(p), p->tos, 0, DONT_FRAGMENT, p->ttl,
				 p->protocol, 0, src, dst, NULL, 0, net, 0);
}

/* Router Alert fills six bytes of eight with its PadN (RFC 2711 2.1). */
static int build_ipv6(libnet_t *net, const struct mc_inject_packet *p)
{
	struct libnet_in6_addr src, dst;
	const uint8_t alert[] = { 5, 2, p->router_alert_value >> 8, p->router_alert_value & 0xff,
				  1, 0 };

	memcpy(&src, p->src.bytes, sizeof(src));
	memcpy(&dst, p->dst.bytes, sizeof(dst));
	if (p->router_alert &&
	    libnet_build_ipv6_hbhopts(p->protocol, 0, alert, sizeof(alert), net, 0) < 0)
		return -1;
	return libnet_build_ipv6(p->tos, 0, (uint16_t)header_length(p),
				 p->router_alert ? IPPROTO_HOPOPTS : p->protocol, p->ttl, src, dst,
				 NULL, 0, net, 0);
}

static int build_link(libnet_t *net, const struct mc_inject_packet *p)
{
	uint16_t type = p->dst.family == MC_IPV4 ? ETHERTYPE_IP : ETHERTYPE_IPV6;

	if (p->vlan)
		return libnet_build_802_1q(p->dst_mac.bytes, p->src_mac.bytes, ETHERTYPE_VLAN, 0, 0,
					   p->vlan, type, NULL, 0, net, 0);
	return libnet_build_ethernet(p->dst_mac.bytes, p->src_mac.bytes, type, NULL, 0, net, 0);
}

/* libnet puts packets together from the payload outwards. */
static int build_blocks(libnet_t *net, const struct mc_inject_packet *p)
{
	libnet_clear_packet(net);
	if (p->payload.len && libnet_build_data(p->payload.p, (uint32_t)p->payload.len, net, 0) < 0)
		return -ENOMEM;
	if ((p->dst.family == MC_IPV4 ? build_ipv4(net, p) : build_ipv6(net, p)) < 0)
		return -ENOMEM;
	return build_link(net, p) < 0 ? -ENOMEM : 0;
}

static int check(const struct mc_inject *j, const struct mc_inject_packet *p)
{
	if (p->src.family != p->dst.family ||
	    (p->dst.family != MC_IPV4 && p->dst.family != MC_IPV6))
		return -MC_EBADADDR;
	if (header_length(p) > LONGEST)
		return -EMSGSIZE;
	return p->vlan > 4094 || (p->vlan && !j->ethernet) ? -EINVAL : 0;
}

static size_t checksum_offset(uint8_t protocol)
{
	return protocol == IPPROTO_UDP ? 6 : 2;
}

static bool has_checksum(const struct mc_inject_packet *p)
{
	return p->protocol == MC_PROTO_IGMP || p->protocol == MC_PROTO_ICMPV6 ||
	       p->protocol == IPPROTO_UDP;
}

/* ip: the IP header in the finished frame. */
static void spoil(uint8_t *ip, const struct mc_inject_packet *p)
{
	size_t at = checksum_offset(p->protocol);

	if (p->bad_header_sum && p->dst.family == MC_IPV4)
		ip[10] ^= 0x55;
	if (p->bad_checksum && has_checksum(p) && p->payload.len >= at + 2)
		ip[header_bytes(p) + at] ^= 0x55;
}

int mc_inject_build(mc_inject *j, void *buf, size_t size, const struct mc_inject_packet *p)
{
	size_t link = ETHERNET_BYTES + (p->vlan ? TAG_BYTES : 0);
	size_t skip = j->ethernet ? 0 : link;
	uint8_t *frame;
	uint32_t len;
	int err = check(j, p);

	if (!err)
		err = build_blocks(j->net, p);
	if (err)
		return err;
	if (libnet_adv_cull_packet(j->net, &frame, &len) < 0)
		return -ENOMEM;
	if (len - skip > size) {
		err = -ENOSPC;
	} else {
		memcpy(buf, frame + skip, len - skip);
		spoil((uint8_t *)buf + link - skip, p);
	}
	libnet_adv_free_packet(j->net, frame);
	return err ? err : (int)(len - skip);
}

int mc_inject_gm(struct mc_inject_packet *out, void *buf, size_t size,
		 const struct mc_gm_spec *spec, const struct mc_addr *src,
		 const struct mc_addr *dst)
{
	struct mc_inject_packet p = { .ttl = 1, .src = *src };
	int len;

	memset(out, 0, sizeof(*out));
	if (dst)
		p.dst = *dst;
	else if ((len = mc_gm_destination(&p.dst, spec)) < 0)
		return len;
	len = mc_gm_build(buf, size, spec, &p.src, &p.dst);
	if (len < 0)
		return len;
	if (mc_group_mac(&p.dst_mac, &p.dst) < 0)
		memset(&p.dst_mac, 0xff, sizeof(p.dst_mac));
	p.payload = (struct mc_span){ buf, (size_t)len };
	p.protocol = spec->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	/* RFC 1112 Appendix I knows neither; RFC 9776 4 asks for the TOS. */
	p.router_alert = spec->family == MC_IPV6 || spec->version > 1;
	p.tos = spec->family == MC_IPV4 && spec->version == 3 ? 0xc0 : 0;
	*out = p;
	return 0;
}

/* --- sending ------------------------------------------------------------- */

static int read_hardware(struct mc_inject *j, struct mc_why *why)
{
	struct ifreq ifr = { .ifr_ifindex = (int)j->ifindex };

	if (ioctl(j->fd, SIOCGIFNAME, &ifr) < 0 || ioctl(j->fd, SIOCGIFHWADDR, &ifr) < 0)
		return why_set(why, -errno, "interface %u: %s", j->ifindex, mc_strerror(-errno));
	j->ethernet = ifr.ifr_hwaddr.sa_family == ARPHRD_ETHER ||
		      ifr.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	if (j->ethernet)
		memcpy(j->mac.bytes, ifr.ifr_hwaddr.sa_data, sizeof(j->mac.bytes));
	return 0;
}

static int packet_socket(int type, struct mc_why *why)
{
	/* Protocol 0: it shall send, and receive nothing. */
	int fd = socket(AF_PACKET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err = fd < 0 ? -errno : 0;

	if (!err)
		return fd;
	why_set(why, err, "cannot open a packet socket: %s", mc_strerror(err));
	if (err == -EPERM || err == -EACCES)
		why_fix(why, "run as root, or grant it: setcap cap_net_raw+ep PROGRAM");
	return err;
}

static int open_socket(struct mc_inject *j, struct mc_why *why)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_ifindex = (int)j->ifindex };
	int err;

	j->fd = packet_socket(SOCK_RAW, why);
	if (j->fd < 0)
		return j->fd;
	if ((err = read_hardware(j, why)))
		return err;
	if (!j->ethernet) { /* the kernel writes whatever header such links have */
		close(j->fd);
		j->fd = packet_socket(SOCK_DGRAM, why);
		if (j->fd < 0)
			return j->fd;
	}
	if (bind(j->fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		return why_set(why, -errno, "cannot send on interface %u: %s", j->ifindex,
			       mc_strerror(-errno));
	return 0;
}

/* libnet builds link headers only for a device that it has opened itself; it is
 * told that there is one, because the socket is ours. */
static libnet_t *builder(void)
{
	char text[LIBNET_ERRBUF_SIZE];
	libnet_t *net = libnet_init(LIBNET_NONE, NULL, text);

	if (net) {
		net->injection_type = LIBNET_LINK_ADV;
		net->link_offset = ETHERNET_BYTES;
	}
	return net;
}

int mc_inject_open(mc_inject **out, unsigned ifindex, struct mc_why *why)
{
	mc_inject *j = calloc(1, sizeof(*j));
	int err = 0;

	*out = NULL;
	if (!j)
		return why_set(why, -ENOMEM, "no memory for an injector");
	j->fd = -1;
	j->ifindex = ifindex;
	j->ethernet = true;
	j->net = builder();
	if (!j->net)
		err = why_set(why, -ENOMEM, "no memory for an injector");
	else if (ifindex)
		err = open_socket(j, why);
	if (err) {
		mc_inject_close(j);
		return err;
	}
	*out = j;
	return 0;
}

void mc_inject_close(mc_inject *j)
{
	if (!j)
		return;
	xsk_close(j->xsk);
	if (j->net)
		libnet_destroy(j->net);
	if (j->fd >= 0)
		close(j->fd);
	free(j);
}

int mc_inject_mac(struct mc_mac *out, const mc_inject *j)
{
	*out = j->mac;
	return j->ethernet ? 0 : -MC_EUNSUPPORTED;
}

int mc_inject_fd(const mc_inject *j)
{
	return j->xsk ? xsk_fd(j->xsk) : j->fd;
}

/* Longer frames than the link takes are for the packet socket to refuse. */
static int read_longest(struct mc_inject *j)
{
	struct ifreq ifr = { .ifr_ifindex = (int)j->ifindex };

	if (ioctl(j->fd, SIOCGIFNAME, &ifr) < 0 || ioctl(j->fd, SIOCGIFMTU, &ifr) < 0)
		return -errno;
	j->longest = (size_t)ifr.ifr_mtu + ETHERNET_BYTES;
	if (j->longest > XSK_LONGEST)
		j->longest = XSK_LONGEST;
	return 0;
}

int mc_inject_bypass(mc_inject *j, struct mc_why *why)
{
	int err;

	if (j->xsk)
		return 0;
	if (j->fd < 0 || !j->ethernet)
		return why_set(why, -MC_EUNSUPPORTED, "AF_XDP: not an Ethernet interface");
	err = read_longest(j);
	if (err)
		return why_set(why, err, "interface %u: %s", j->ifindex, mc_strerror(err));
	return xsk_open(&j->xsk, j->ifindex, why);
}

void mc_inject_defer(mc_inject *j)
{
	if (j->xsk)
		xsk_defer(j->xsk);
}

int mc_inject_flush(mc_inject *j)
{
	return j->xsk ? xsk_flush(j->xsk) : 0;
}

uint64_t mc_inject_dropped(const mc_inject *j)
{
	return j->xsk ? xsk_dropped(j->xsk) : 0;
}

/* The protocol is what traffic control and bridges on this host look at.  Of
 * Ethernet frames the kernel reads it itself (Linux 5.1), in less time than it takes
 * to copy an address and to look its interface up. */
static void address(struct msghdr *msg, struct sockaddr_ll *to, const struct mc_inject *j,
		    const struct mc_span *frame)
{
	bool six = frame->len && frame->p[0] >> 4 == 6;

	if (j->ethernet)
		return;
	*to = (struct sockaddr_ll){ .sll_family = AF_PACKET,
				    .sll_ifindex = (int)j->ifindex,
				    .sll_protocol = htons(six ? ETHERTYPE_IPV6 : ETHERTYPE_IP) };
	msg->msg_name = to;
	msg->msg_namelen = sizeof(*to);
}

static int send_by_socket(mc_inject *j, const struct mc_span *frames, unsigned n)
{
	struct mmsghdr msg[MC_INJECT_BATCH] = { 0 };
	struct iovec iov[MC_INJECT_BATCH];
	struct sockaddr_ll to[MC_INJECT_BATCH];
	int sent;

	for (unsigned i = 0; i < n; i++) {
		iov[i].iov_base = (void *)(uintptr_t)frames[i].p;
		iov[i].iov_len = frames[i].len;
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		address(&msg[i].msg_hdr, &to[i], j, &frames[i]);
	}
	sent = sendmmsg(j->fd, msg, n, 0);
	return sent < 0 ? -errno : sent;
}

/* Those at the front that may, or may not, go by AF_XDP. */
static unsigned of_one_path(const mc_inject *j, const struct mc_span *frames, unsigned n,
			    bool bypass)
{
	unsigned i = 0;

	while (i < n && (frames[i].len <= j->longest) == bypass)
		i++;
	return i;
}

int mc_inject_send(mc_inject *j, const struct mc_span *frames, unsigned n)
{
	bool bypass = j->xsk && n && frames[0].len <= j->longest;

	if (n == 0 || n > MC_INJECT_BATCH || j->fd < 0)
		return -EINVAL;
	if (j->xsk)
		n = of_one_path(j, frames, n, bypass);
	return bypass ? xsk_send(j->xsk, frames, n) : send_by_socket(j, frames, n);
}
