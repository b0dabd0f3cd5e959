/* ip.c - IPv4 with options, IPv6 with extension headers */
#include "wire/ip.h"

enum {
	IPV4_MIN = 20,
	IPV4_MORE_AND_OFFSET = 0x3fff,
	IPV4_OFFSET = 0x1fff,
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_ROUTER_ALERT = 148, /* RFC 2113 2.1 */

	IPV6_HEADER = 40,
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AUTH = 51,
	NEXT_DESTINATION = 60,
	HBH_PAD1 = 0,
	HBH_ROUTER_ALERT = 5, /* RFC 2711 2.1 */
};

/* The first of several Router Alert options counts. */
static void note_router_alert(struct mc_frame *f, uint16_t value)
{
	if (!f->router_alert)
		f->router_alert_value = value;
	f->router_alert = true;
}

static enum mc_fault read_ipv4_options(struct mc_frame *f, struct cur c)
{
	while (c.left) {
		uint8_t type = cur_u8(&c), len;
		struct cur body;

		if (type == OPT_END)
			break;
		if (type == OPT_NOP)
			continue;
		len = cur_u8(&c);
		if (len < 2)
			return MC_FAULT_IP_OPT;
		body = cur_sub(&c, len - 2);
		if (c.bad)
			return MC_FAULT_IP_OPT;
		if (type != OPT_ROUTER_ALERT)
			continue;
		if (len != 4)
			return MC_FAULT_IP_OPT;
		note_router_alert(f, cur_be16(&body));
	}
	return MC_FAULT_NONE;
}

static enum mc_fault parse_ipv4(struct mc_frame *f, struct cur c)
{
	struct cur packet = c, header;
	size_t ihl = (cur_u8(&c) & 15u) * 4, total;
	uint16_t fragment;

	f->tos = cur_u8(&c);
	total = cur_be16(&c);
	cur_skip(&c, 2); /* identification */
	fragment = cur_be16(&c);
	f->ttl = cur_u8(&c);
	f->protocol = cur_u8(&c);
	cur_skip(&c, 2); /* checksum */
	f->src = cur_addr(&c, MC_IPV4);
	f->dst = cur_addr(&c, MC_IPV4);
	if (c.bad)
		return MC_FAULT_IP_SHORT;
	if (ihl < IPV4_MIN)
		return MC_FAULT_IP_IHL;
	if (ihl > packet.left)
		return MC_FAULT_IP_SHORT;
	/* Linux hands segmentation-offload packets too long for the field to
	 * packet sockets with a total length of 0. */
	if (total == 0 && packet.left > UINT16_MAX)
		total = packet.left;
	if (total < ihl)
		return MC_FAULT_IP_TOTLEN;
	packet = cur_sub(&packet, total);
	if (packet.bad)
		return MC_FAULT_IP_TRUNC;

	f->ip = (struct mc_span){ packet.p, packet.left };
	f->fragment = fragment & IPV4_MORE_AND_OFFSET;
	f->fragment_offset = (uint16_t)((fragment & IPV4_OFFSET) * 8);
	f->bad_header_sum = mc_checksum(packet.p, ihl, 0) != 0xffff;
	header = cur_sub(&packet, ihl);
	f->l4 = cur_rest(&packet);
	cur_skip(&header, IPV4_MIN);
	return read_ipv4_options(f, header);
}

static enum mc_fault read_hop_by_hop(struct mc_frame *f, struct cur c)
{
	while (c.left) {
		uint8_t type = cur_u8(&c), len;
		struct cur body;

		if (type == HBH_PAD1)
			continue;
		len = cur_u8(&c);
		body = cur_sub(&c, len);
		if (c.bad)
			return MC_FAULT_EXT_OPT;
		if (type != HBH_ROUTER_ALERT)
			continue;
		if (len != 2)
			return MC_FAULT_EXT_OPT;
		note_router_alert(f, cur_be16(&body));
	}
	return MC_FAULT_NONE;
}

static void read_fragment_header(struct mc_frame *f, struct cur c)
{
	uint16_t field = cur_be16(&c);

	f->fragment_offset = field & 0xfff8;
	/* An atomic fragment (RFC 6946: offset 0, none to follow) is whole. */
	f->fragment = f->fragment_offset || (field & 1);
}

static bool is_extension(uint8_t next, bool first)
{
	switch (next) {
	case NEXT_HOP_BY_HOP: /* RFC 8200 4.1: only right after the IPv6 header */
		return first;
	case NEXT_ROUTING:
	case NEXT_FRAGMENT:
	case NEXT_AUTH:
	case NEXT_DESTINATION:
		return true;
	}
	return false;
}

/* Everything of an extension header after its first two bytes. */
static struct cur take_extension(struct cur *c, uint8_t kind, uint8_t *next)
{
	size_t size;
	uint8_t len;

	*next = cur_u8(c);
	len = cur_u8(c);
	if (kind == NEXT_FRAGMENT)
		size = 8; /* the second byte is reserved, RFC 8200 4.5 */
	else if (kind == NEXT_AUTH)
		size = (len + 2u) * 4; /* RFC 4302 2.2 */
	else
		size = (len + 1u) * 8;
	return cur_sub(c, size - 2);
}

static enum mc_fault walk_extensions(struct mc_frame *f, struct cur c, uint8_t next)
{
	for (bool first = true; is_extension(next, first); first = false) {
		uint8_t kind = next;
		struct cur body = take_extension(&c, kind, &next);

		if (c.bad)
			return MC_FAULT_EXT_TRUNC;
		if (kind == NEXT_HOP_BY_HOP && read_hop_by_hop(f, body))
			return MC_FAULT_EXT_OPT;
		if (kind == NEXT_FRAGMENT)
			read_fragment_header(f, body);
		if (f->fragment_offset)
			break; /* the rest of the chain is in the first fragment */
	}
	f->protocol = next;
	f->l4 = cur_rest(&c);
	return MC_FAULT_NONE;
}

static enum mc_fault parse_ipv6(struct mc_frame *f, struct cur c)
{
	struct cur packet = c;
	size_t payload;
	uint8_t next;

	f->tos = (uint8_t)(cur_be32(&c) >> 20);
	payload = cur_be16(&c);
	next = cur_u8(&c);
	f->ttl = cur_u8(&c);
	f->src = cur_addr(&c, MC_IPV6);
	f->dst = cur_addr(&c, MC_IPV6);
	if (c.bad)
		return MC_FAULT_IP6_SHORT;
	f->ip = cur_take(&packet, IPV6_HEADER + payload);
	c = cur_sub(&c, payload);
	if (c.bad)
		return MC_FAULT_IP6_TRUNC;
	return walk_extensions(f, c, next);
}

enum mc_fault mc_ip_parse(struct mc_frame *f, struct cur c, unsigned version)
{
	struct cur peek = c;
	unsigned found = cur_u8(&peek) >> 4;

	if (peek.bad)
		return version == 6 ? MC_FAULT_IP6_SHORT : MC_FAULT_IP_SHORT;
	if (version && version != found)
		return MC_FAULT_IP_VERSION;
	if (found == 4)
		return parse_ipv4(f, c);
	if (found == 6)
		return parse_ipv6(f, c);
	return MC_FAULT_IP_VERSION;
}
