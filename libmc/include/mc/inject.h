/* inject.h - whole packets: built down to the link header, and sent as they are.
 *
 * What a socket would fill in is the caller's here, mistakes on purpose included:
 * made for control messages (IGMP, MLD), whose TTL, Router Alert, addresses and
 * checksums are what a test wants to choose.  libnet is underneath, and stays
 * there. */
#ifndef MC_INJECT_H
#define MC_INJECT_H

#include <mc/gm.h>

MC_BEGIN_DECLS

/* What to build.  Unused members are zero. */
struct mc_inject_packet {
	struct mc_mac src_mac, dst_mac;
	uint16_t vlan;		 /* 802.1Q id 1..4094; 0: untagged */
	struct mc_addr src, dst; /* of one family */
	uint8_t ttl;		 /* or hop limit */
	uint8_t tos;		 /* or traffic class */
	bool router_alert;	 /* RFC 2113; RFC 2711 in a hop-by-hop header */
	uint16_t router_alert_value;
	uint8_t protocol; /* of the payload: MC_PROTO_* or another IP protocol */
	struct mc_span payload;
	/* mistakes on purpose */
	bool bad_checksum;   /* of an IGMP, ICMPv6 or UDP payload */
	bool bad_header_sum; /* of the IPv4 header */
};

/* Fills a packet as the RFCs want an IGMP or MLD message sent: destination and
 * MAC, TTL 1, Router Alert, for IGMPv3 TOS 0xc0 (RFC 9776 4, RFC 9777 5, RFC 2236
 * 2, RFC 2710 3; IGMPv1 goes without the option).  The message is written to buf,
 * which the packet borrows.  dst NULL: where the message belongs
 * (mc_gm_destination).  src_mac is left for the caller.  0, or as mc_gm_build. */
MC_API MC_MUSTCHECK int mc_inject_gm(struct mc_inject_packet *out, void *buf, size_t size,
				     const struct mc_gm_spec *spec, const struct mc_addr *src,
				     const struct mc_addr *dst);

typedef struct mc_inject mc_inject;

/* A builder and sender, bound to an interface; with ifindex 0 it builds Ethernet
 * frames and cannot send.  -EPERM with the capability to grant in *why. */
MC_API MC_MUSTCHECK int mc_inject_open(mc_inject **out, unsigned ifindex, struct mc_why *why);
MC_API void mc_inject_close(mc_inject *j);

/* The interface's own MAC.  -MC_EUNSUPPORTED when its link has none: frames then
 * begin with the IP header. */
MC_API MC_MUSTCHECK int mc_inject_mac(struct mc_mac *out, const mc_inject *j);

/* Writes the frame to buf.  Returns its length; -ENOSPC; -EMSGSIZE when it fits no
 * IP packet; -MC_EBADADDR when the families differ; -EINVAL (a VLAN id out of
 * range, or on a link without Ethernet header); -ENOMEM. */
MC_API MC_MUSTCHECK int mc_inject_build(mc_inject *j, void *buf, size_t size,
					const struct mc_inject_packet *p);

#define MC_INJECT_BATCH 64

/* Sends up to MC_INJECT_BATCH frames in one system call.  Returns how many left;
 * when none did -errno: -EAGAIN (the queue is full: wait until mc_inject_fd can be
 * written), -ENETDOWN, -ENXIO (the interface is gone), -EMSGSIZE (above the MTU). */
MC_API MC_MUSTCHECK int mc_inject_send(mc_inject *j, const struct mc_span *frames, unsigned n);

/* To poll for POLLOUT; -1: cannot send. */
MC_API int mc_inject_fd(const mc_inject *j);

/* Sends from now on through AF_XDP in copy mode (Linux 5.4), which needs half the time:
 * around traffic control, nftables' egress hook, and captures on this host.  What is
 * longer than 2048 bytes, or than the MTU allows, goes through the packet socket as
 * before.  Beside CAP_NET_RAW it wants 544 KiB of memory to lock, and the interface's
 * first queue, whose only socket it is.  0; else nothing has changed: -EPERM, -EBUSY
 * (the queue is another program's), -ENOBUFS (RLIMIT_MEMLOCK), -EAFNOSUPPORT (not this
 * kernel), -MC_EUNSUPPORTED (a link without Ethernet header). */
MC_API MC_MUSTCHECK int mc_inject_bypass(mc_inject *j, struct mc_why *why);

/* After mc_inject_bypass a frame that has "left" may still wait for the device.  Pushes
 * these on.  0: none waits; -EAGAIN: wait until mc_inject_fd can be written, and call
 * again; -ENETDOWN, -ENXIO.  The only function that a second thread may call while
 * another uses the injector. */
MC_API MC_MUSTCHECK int mc_inject_flush(mc_inject *j);

/* After mc_inject_bypass: mc_inject_send leaves frames for mc_inject_flush to push on, as
 * long as 256 have room.  With a second thread that calls it, building frames and
 * sending them goes on side by side. */
MC_API void mc_inject_defer(mc_inject *j);

/* How many of them the device has dropped, as it does without a carrier. */
MC_API uint64_t mc_inject_dropped(const mc_inject *j);

MC_END_DECLS

#endif
