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

static enum mc_fault read_ipv4_options(struct mc_frame *f, struct cur *c)
{
	while (c->left) {
		uint8_t type = cur_u8(c), len;
		struct cur body;

		if (type == OPT_END)
			break;
		if (type == OPT_NOP)
			continue;
		len = cur_u8(c);
		if (len < 2)
			return MC_FAULT_IP_OPT;
		body = cur_sub(c, len - 2);
		if (c->bad)
			return MC_FAULT_IP_OPT;
		if (type != OPT_ROUTER_ALERT)
			continue;
		if (len != 4)
			return MC_FAULT_IP_OPT;
		note_router_alert(f, cur_be16(&body));
	}
	return MC_FAULT_NONE;
}

/* Of nearly every message, the only option. */
static bool is_router_alert(const struct cur *options)
{
	return options->left == 4 && options->p[0] == OPT_ROUTER_ALERT && options->p[1] == 4;
}

static void set_addr(struct mc_addr *a, enum mc_family family, const uint8_t *bytes)
{
	a->family = (uint8_t)family;
	memcpy(a->bytes, bytes, family == MC_IPV4 ? 4 : 16);
}

static void read_ipv4_header(struct mc_frame *f, const uint8_t *p)
{
	uint16_t fragment = be16_at(p + 6);

	f->tos = p[1];
	f->fragment = fragment & IPV4_MORE_AND_OFFSET;
	f->fragment_offset = (uint16_t)((fragment & IPV4_OFFSET) * 8);
	f->ttl = p[8];
	f->protocol = p[9];
	set_addr(&f->src, MC_IPV4, p + 12);
	set_addr(&f->dst, MC_IPV4, p + 16);
}

static enum mc_fault parse_ipv4(struct mc_frame *f, struct cur *c)
{
	struct cur packet = *c, options;
	struct mc_span head = cur_take(c, IPV4_MIN);
	size_t ihl, total;

	if (!head.len)
		return MC_FAULT_IP_SHORT;
	ihl = (head.p[0] & 15u) * 4;
	total = be16_at(head.p + 2);
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

	read_ipv4_header(f, head.p);
	f->ip = (struct mc_span){ packet.p, packet.left };
	f->bad_header_sum = mc_checksum(packet.p, ihl, 0) != 0xffff;
	options = cur_sub(&packet, ihl);
	f->l4 = cur_rest(&packet);
	cur_skip(&options, IPV4_MIN);
	if (!is_router_alert(&options))
		return read_ipv4_options(f, &options);
	note_router_alert(f, be16_at(options.p + 2));
	return MC_FAULT_NONE;
}

static enum mc_fault read_hop_by_hop(struct mc_frame *f, struct cur *c)
{
	while (c->left) {
		uint8_t type = cur_u8(c), len;
		struct cur body;

		if (type == HBH_PAD1)
			continue;
		len = cur_u8(c);
		body = cur_sub(c, len);
		if (c->bad)
			return MC_FAULT_EXT_OPT;
		if (type != HBH_ROUTER_ALERT)
			continue;
		if (len != 2)
			return MC_FAULT_EXT_OPT;
		note_router_alert(f, cur_be16(&body));
	}
	return MC_FAULT_NONE;
}

static void read_fragment_header(struct mc_frame *f, struct cur *c)
{
	uint16_t field = cur_be16(c);

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

static enum mc_fault walk_extensions(struct mc_frame *f, struct cur *c, uint8_t next)
{
	for (bool first = true; is_extension(next, first); first = false) {
		uint8_t kind = next;
		struct cur body = take_extension(c, kind, &next);

		if (c->bad)
			return MC_FAULT_EXT_TRUNC;
		if (kind == NEXT_HOP_BY_HOP && read_hop_by_hop(f, &body))
			return MC_FAULT_EXT_OPT;
		if (kind == NEXT_FRAGMENT)
			read_fragment_header(f, &body);
		if (f->fragment_offset)
			break; /* the rest of the chain is in the first fragment */
	}
	f->protocol = next;
	f->l4 = cur_rest(c);
	return MC_FAULT_NONE;
}

static enum mc_fault parse_ipv6(struct mc_frame *f, struct cur *c)
{
	struct cur packet = *c;
	struct mc_span head = cur_take(c, IPV6_HEADER);
	size_t payload;

	if (!head.len)
		return MC_FAULT_IP6_SHORT;
	payload = be16_at(head.p + 4);
	f->tos = (uint8_t)(be16_at(head.p) >> 4);
	f->ttl = head.p[7];
	set_addr(&f->src, MC_IPV6, head.p + 8);
	set_addr(&f->dst, MC_IPV6, head.p + 24);
	f->ip = cur_take(&packet, IPV6_HEADER + payload);
	*c = cur_sub(c, payload);
	if (c->bad)
		return MC_FAULT_IP6_TRUNC;
	return walk_extensions(f, c, head.p[6]);
}

enum mc_fault mc_ip_parse(struct mc_frame *f, struct cur *c, unsigned version)
{
	struct cur peek = *c;
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
