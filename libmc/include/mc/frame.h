/* frame.h - captured bytes to addresses and payload: link, IP and UDP headers.
 *
 * Reads whatever arrives: every byte goes through a bounded cursor and every
 * length is taken from the IP header, never from the frame (padding).  Pure:
 * no system calls, no allocation; results borrow the caller's buffer. */
#ifndef MC_FRAME_H
#define MC_FRAME_H

#include <mc/addr.h>

MC_BEGIN_DECLS

/* LINKTYPE_ values as in pcap files. */
enum mc_link {
	MC_LINK_NULL = 0,
	MC_LINK_ETHERNET = 1,
	MC_LINK_RAW = 101,
	MC_LINK_LOOP = 108,
	MC_LINK_SLL = 113,
	MC_LINK_IPV4 = 228,
	MC_LINK_IPV6 = 229,
	MC_LINK_SLL2 = 276,
};

#define MC_FRAME_VLANS 4 /* deeper stacks are -MC_EUNSUPPORTED */

struct mc_frame {
	bool has_src_mac, has_dst_mac; /* SLL has no destination, RAW neither */
	struct mc_mac src_mac, dst_mac;
	uint8_t n_vlans;
	uint16_t vlans[MC_FRAME_VLANS]; /* VLAN ids, outermost first */
	uint32_t ifindex;		/* SLL2 only, else 0 */

	struct mc_addr src, dst;
	uint8_t ttl;		     /* or hop limit */
	uint8_t tos;		     /* or traffic class: DSCP in the upper six bits */
	uint8_t protocol;	     /* after IPv6 extension headers */
	bool router_alert;	     /* RFC 2113, or RFC 2711 with any value */
	uint16_t router_alert_value; /* 0: MLD (RFC 2711) */
	bool bad_header_sum;	     /* IPv4 header checksum */
	bool fragment;		     /* part of a fragmented datagram */
	uint16_t fragment_offset;    /* bytes; the L4 header is here only at 0 */
	struct mc_span ip;	     /* the IP packet, by its own length */
	struct mc_span l4;	     /* after all IP headers */
};

/* Reads the headers of a captured frame up to the payload of IP, *out borrowing
 * buf.  0; -MC_ETRUNC when the capture ends too early; -MC_EBADLEN when a length
 * lies; -MC_EUNSUPPORTED when it is not IP or an unknown link type. */
MC_API MC_MUSTCHECK int mc_frame_parse(struct mc_frame *out, uint32_t linktype, const void *buf,
				       size_t len);

struct mc_udp {
	uint16_t src_port, dst_port;
	struct mc_span payload;
	bool no_sum;  /* IPv4: checksum 0, not used */
	bool bad_sum; /* on veth also an offload artefact */
};

/* Reads the UDP header of a frame.  Of a first fragment the payload is what is
 * here, and its checksum is not judged.  -MC_ETRUNC, -MC_EBADLEN, or
 * -MC_EUNSUPPORTED when it is not UDP or a later fragment. */
MC_API MC_MUSTCHECK int mc_udp_parse(struct mc_udp *out, const struct mc_frame *f);

/* RFC 1071 over len bytes, folded, not inverted; seed carries a previous sum. */
MC_API uint16_t mc_checksum(const void *buf, size_t len, uint16_t seed);

/* The sum of the pseudo header of UDP, ICMPv6 or PIM, to seed mc_checksum. */
MC_API uint16_t mc_checksum_pseudo(const struct mc_addr *src, const struct mc_addr *dst,
				   uint8_t protocol, uint32_t len);

/* What a sender's socket would fill in. */
struct mc_datagram_head {
	struct mc_addr src, dst;
	uint16_t src_port, dst_port;
	uint8_t ttl, tos;
};

/* Writes IP and UDP headers for a payload of len bytes into buf, with
 * checksums, as a host would send them.  The payload itself is not copied.
 * Returns the header length (28 or 48), -ENOSPC, -MC_EBADADDR when the families
 * differ, or -MC_EBADLEN when the payload is too long for UDP. */
MC_API MC_MUSTCHECK int mc_datagram_build(void *buf, size_t size, const struct mc_datagram_head *h,
					  const void *payload, size_t len);

MC_END_DECLS

#endif
