/* link.c - link-layer headers of captured frames */
#include <mc/frame.h>
#include "wire/cursor.h"
#include "wire/fault.h"
#include "wire/ip.h"

enum {
	ETHERNET_HEADER = 14,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_CTAG = 0x8100, /* IEEE 802.1Q */
	ETHERTYPE_STAG = 0x88a8, /* IEEE 802.1ad */
	ETHERTYPE_QINQ = 0x9100, /* the S-tag of vendors before 802.1ad */
};

static bool is_vlan_tag(uint16_t type)
{
	return type == ETHERTYPE_CTAG || type == ETHERTYPE_STAG || type == ETHERTYPE_QINQ;
}

/* What follows an EtherType field, wherever that field stood. */
static enum mc_fault parse_ethertype(struct mc_frame *f, struct cur *c, uint16_t type)
{
	while (is_vlan_tag(type)) {
		if (f->n_vlans == MC_FRAME_VLANS)
			return MC_FAULT_VLANS;
		f->vlans[f->n_vlans++] = cur_be16(c) & 0xfff;
		type = cur_be16(c);
	}
	if (c->bad)
		return MC_FAULT_LINK_SHORT;
	if (type == ETHERTYPE_IPV4)
		return mc_ip_parse(f, c, 4);
	if (type == ETHERTYPE_IPV6)
		return mc_ip_parse(f, c, 6);
	return MC_FAULT_NOT_IP;
}

static enum mc_fault parse_ethernet(struct mc_frame *f, struct cur *c)
{
	struct mc_span head = cur_take(c, ETHERNET_HEADER);

	if (!head.len)
		return MC_FAULT_LINK_SHORT;
	memcpy(f->dst_mac.bytes, head.p, 6);
	memcpy(f->src_mac.bytes, head.p + 6, 6);
	f->has_dst_mac = f->has_src_mac = true;
	return parse_ethertype(f, c, be16_at(head.p + 12));
}

/* The address field of SLL and SLL2: 8 bytes, of which addr_len count. */
static void take_sll_address(struct mc_frame *f, struct cur *c, unsigned addr_len)
{
	struct cur field = cur_sub(c, 8);

	if (addr_len != 6)
		return;
	f->src_mac = cur_mac(&field);
	f->has_src_mac = true;
}

static enum mc_fault parse_sll(struct mc_frame *f, struct cur *c)
{
	uint16_t addr_len, type;

	cur_skip(c, 4); /* packet type, ARPHRD type */
	addr_len = cur_be16(c);
	take_sll_address(f, c, addr_len);
	type = cur_be16(c);
	return parse_ethertype(f, c, type);
}

static enum mc_fault parse_sll2(struct mc_frame *f, struct cur *c)
{
	uint16_t type = cur_be16(c);
	uint8_t addr_len;

	cur_skip(c, 2); /* reserved */
	f->ifindex = cur_be32(c);
	cur_skip(c, 3); /* ARPHRD type, packet type */
	addr_len = cur_u8(c);
	take_sll_address(f, c, addr_len);
	return parse_ethertype(f, c, type);
}

/* BSD loopback: an address family, in the order of the capturing host (NULL)
 * or in network order (LOOP).  AF_INET6 differs from system to system. */
static enum mc_fault parse_loopback(struct mc_frame *f, struct cur *c, bool any_order)
{
	uint32_t af = cur_be32(c);

	if (c->bad)
		return MC_FAULT_LINK_SHORT;
	if (any_order && af > 0xffff)
		af = __builtin_bswap32(af);
	switch (af) {
	case 2:
		return mc_ip_parse(f, c, 4);
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return mc_ip_parse(f, c, 6);
	}
	return MC_FAULT_LINK;
}

static enum mc_fault parse_link(struct mc_frame *f, uint32_t linktype, struct cur *c)
{
	switch (linktype) {
	case MC_LINK_ETHERNET:
		return parse_ethernet(f, c);
	case MC_LINK_SLL:
		return parse_sll(f, c);
	case MC_LINK_SLL2:
		return parse_sll2(f, c);
	case MC_LINK_NULL:
		return parse_loopback(f, c, true);
	case MC_LINK_LOOP:
		return parse_loopback(f, c, false);
	case MC_LINK_RAW:
		return mc_ip_parse(f, c, 0);
	case MC_LINK_IPV4:
		return mc_ip_parse(f, c, 4);
	case MC_LINK_IPV6:
		return mc_ip_parse(f, c, 6);
	}
	return MC_FAULT_LINK;
}

int mc_frame_parse(struct mc_frame *out, uint32_t linktype, const void *buf, size_t len)
{
	struct cur c = cur_of(buf, len);
	enum mc_fault fault;

	clear(out, sizeof(*out));
	fault = parse_link(out, linktype, &c);
	if (!fault)
		return 0;
	memset(out, 0, sizeof(*out));
	return mc_fault_error(fault);
}

enum mc_fault mc_frame_fault(uint32_t linktype, const void *buf, size_t len)
{
	struct cur c = cur_of(buf, len);
	struct mc_frame f = { 0 };

	return parse_link(&f, linktype, &c);
}
