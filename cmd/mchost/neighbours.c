/* neighbours.c - answers to ARP, neighbour solicitations and pings for the hosts */
#include "mchost/neighbours.h"

#include <string.h>

enum {
	ETHERNET = 14,
	ARP_BYTES = 28,
	TYPE_ARP = 0x0806,
	TYPE_VLAN = 0x8100,
	PROTO_ICMP = 1,
	ECHO_REPLY = 0,
	ECHO = 8,
	ECHO6 = 128,
	ECHO6_REPLY = 129,
	SOLICITATION = 135,
	ADVERTISEMENT = 136,
	LONGEST_PING = 1500,
};

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* --- ARP (RFC 826) ------------------------------------------------------- */

static const uint8_t arp_head[] = { 0, 1, 8, 0, 6, 4, 0 }; /* Ethernet, IPv4 */

bool arp_read(struct arp *out, const struct mc_span *frame, uint16_t vlan)
{
	size_t at = vlan ? ETHERNET + 4 : ETHERNET;
	const uint8_t *p = frame->p;

	if (frame->len < at + ARP_BYTES || be16(p + at - 2) != TYPE_ARP)
		return false;
	if (vlan && (be16(p + 12) != TYPE_VLAN || (be16(p + 14) & 0xfff) != vlan))
		return false;
	p += at;
	if (memcmp(p, arp_head, sizeof(arp_head)) != 0 || (p[7] != 1 && p[7] != 2))
		return false;
	out->request = p[7] == 1;
	memcpy(out->mac.bytes, p + 8, 6);
	out->sender = mc_addr_from_bytes(MC_IPV4, p + 14);
	memcpy(out->reply_to.bytes, p + 18, 6);
	out->target = mc_addr_from_bytes(MC_IPV4, p + 24);
	return true;
}

static uint8_t *put_link(uint8_t *p, const struct mc_mac *to, const struct mc_mac *from,
			 uint16_t vlan)
{
	memcpy(p, to->bytes, 6);
	memcpy(p + 6, from->bytes, 6);
	p += 12;
	if (vlan) {
		put16(p, TYPE_VLAN);
		put16(p + 2, vlan);
		p += 4;
	}
	put16(p, TYPE_ARP);
	return p + 2;
}

void arp_send(struct link *l, const struct arp *a)
{
	static const struct mc_mac everybody = { { 255, 255, 255, 255, 255, 255 } };
	uint8_t *frame = link_room(l, ETHERNET + 4 + ARP_BYTES);
	uint8_t *p = put_link(frame, a->request ? &everybody : &a->reply_to, &a->mac, l->vlan);

	memcpy(p, arp_head, sizeof(arp_head));
	p[7] = a->request ? 1 : 2;
	memcpy(p + 8, a->mac.bytes, 6);
	memcpy(p + 14, a->sender.bytes, 4);
	memcpy(p + 18, a->reply_to.bytes, 6);
	memcpy(p + 24, a->target.bytes, 4);
	link_send(l, (size_t)(p - frame) + ARP_BYTES);
}

/* The living host with the address. */
static uint32_t host_of(const struct neighbours *n, const struct mc_addr *a)
{
	uint32_t host = identity_of(n->id, a);

	return host != NOBODY && n->dead(n->data, host) ? NOBODY : host;
}

void neighbours_arp(struct neighbours *n, const struct mc_span *frame)
{
	struct arp a;
	uint32_t host;

	if (!arp_read(&a, frame, n->link->vlan) || !a.request)
		return;
	host = host_of(n, &a.target);
	if (host == NOBODY)
		return;
	n->counts.arp++;
	arp_send(n->link, &(struct arp){ .mac = identity_mac(n->id, host),
					 .sender = a.target,
					 .reply_to = a.mac,
					 .target = a.sender });
}

/* --- ICMP and ICMPv6 ----------------------------------------------------- */

static void reply(struct neighbours *n, uint32_t host, const struct mc_frame *f,
		  const struct mc_addr *from, uint8_t *body, size_t len, uint8_t ttl)
{
	struct mc_inject_packet p = { .src_mac = identity_mac(n->id, host),
				      .dst_mac = f->src_mac,
				      .src = *from,
				      .dst = f->src,
				      .ttl = ttl,
				      .protocol = f->protocol,
				      .payload = { body, len } };
	uint16_t seed = 0;

	if (from->family == MC_IPV6)
		seed = mc_checksum_pseudo(from, &f->src, MC_PROTO_ICMPV6, (uint32_t)len);
	put16(body + 2, 0);
	put16(body + 2, (uint16_t)~mc_checksum(body, len, seed));
	(void)link_packet(n->link, &p);
}

static bool answer_ping(struct neighbours *n, const struct mc_frame *f)
{
	uint32_t host = host_of(n, &f->dst);
	uint8_t body[LONGEST_PING];

	if (host == NOBODY || f->l4.len < 8 || f->l4.len > sizeof(body))
		return false;
	memcpy(body, f->l4.p, f->l4.len);
	body[0] = f->dst.family == MC_IPV4 ? ECHO_REPLY : ECHO6_REPLY;
	n->counts.pings++;
	reply(n, host, f, &f->dst, body, f->l4.len, 64);
	return true;
}

/* RFC 4861 7.2.4; a host that detects duplicates has no address yet to be
 * answered at, so everybody is told. */
static bool answer_solicitation(struct neighbours *n, const struct mc_frame *f)
{
	uint8_t body[32] = { [0] = ADVERTISEMENT, [4] = 0x60, [24] = 2, [25] = 1 };
	struct mc_frame to = *f;
	struct mc_addr target;
	struct mc_mac mac;
	uint32_t host;

	if (f->l4.len < 24 || f->ttl != 255) /* RFC 4861 7.1.1 */
		return false;
	target = mc_addr_from_bytes(MC_IPV6, f->l4.p + 8);
	host = host_of(n, &target);
	if (host == NOBODY)
		return false;
	if (mc_addr_is_unspecified(&f->src)) {
		to.src = (struct mc_addr){ .family = MC_IPV6, .bytes = { 0xff, 2, [15] = 1 } };
		to.src_mac = (struct mc_mac){ { 0x33, 0x33, 0, 0, 0, 1 } };
		body[4] = 0x20;
	}
	mac = identity_mac(n->id, host);
	memcpy(body + 8, target.bytes, 16);
	memcpy(body + 26, mac.bytes, 6);
	n->counts.solicitations++;
	reply(n, host, &to, &target, body, sizeof(body), 255);
	return true;
}

bool neighbours_icmp(struct neighbours *n, const struct mc_frame *f)
{
	uint8_t type = f->l4.len ? f->l4.p[0] : 0;

	if (f->fragment || !f->has_src_mac)
		return false;
	if (f->protocol == PROTO_ICMP && type == ECHO)
		return answer_ping(n, f);
	if (f->protocol == MC_PROTO_ICMPV6 && type == ECHO6)
		return answer_ping(n, f);
	return f->protocol == MC_PROTO_ICMPV6 && type == SOLICITATION && answer_solicitation(n, f);
}
