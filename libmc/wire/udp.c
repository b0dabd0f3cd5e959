/* udp.c - reading UDP headers, and building whole IP and UDP headers */
#include <errno.h>
#include <mc/frame.h>
#include "wire/cursor.h"
#include "wire/emit.h"

enum {
	PROTO_UDP = 17,
	UDP_HEADER = 8,
	UDP_SUM_AT = 6, /* offset of the checksum */
	IPV4_HEADER = 20,
	IPV4_SUM_AT = 10,
	IPV4_DF = 0x4000,
	IPV6_HEADER = 40,
};

/* A first fragment announces more than it brings: give what is here, and judge
 * no checksum. */
static int limit_to_length(struct mc_span *datagram, const struct mc_frame *f, size_t length)
{
	if (length < UDP_HEADER)
		return -MC_EBADLEN;
	if (length > f->l4.len && !f->fragment)
		return -MC_EBADLEN;
	*datagram = f->l4;
	if (length < datagram->len)
		datagram->len = length;
	return 0;
}

static void judge_sum(struct mc_udp *u, const struct mc_frame *f, uint16_t field, struct mc_span d)
{
	uint16_t pseudo;

	if (field == 0) {
		/* RFC 768: not computed; RFC 8200 8.1: no such choice in IPv6. */
		u->no_sum = f->src.family == MC_IPV4;
		u->bad_sum = !u->no_sum;
		return;
	}
	if (f->fragment)
		return;
	pseudo = mc_checksum_pseudo(&f->src, &f->dst, PROTO_UDP, (uint32_t)d.len);
	u->bad_sum = mc_checksum(d.p, d.len, pseudo) != 0xffff;
}

int mc_udp_parse(struct mc_udp *out, const struct mc_frame *f)
{
	struct cur c = cur_of(f->l4.p, f->l4.len);
	struct mc_span datagram;
	uint16_t src_port, dst_port, length, sum;

	memset(out, 0, sizeof(*out));
	if (f->protocol != PROTO_UDP || f->fragment_offset)
		return -MC_EUNSUPPORTED;
	src_port = cur_be16(&c);
	dst_port = cur_be16(&c);
	length = cur_be16(&c);
	sum = cur_be16(&c);
	if (c.bad)
		return -MC_ETRUNC;
	if (limit_to_length(&datagram, f, length) < 0)
		return -MC_EBADLEN;
	out->src_port = src_port;
	out->dst_port = dst_port;
	out->payload = cur_take(&c, datagram.len - UDP_HEADER);
	judge_sum(out, f, sum, datagram);
	return 0;
}

static void emit_ipv4(struct emit *e, const struct mc_datagram_head *h, size_t udp_len)
{
	size_t at = e->len;

	emit_u8(e, 0x45);
	emit_u8(e, h->tos);
	emit_be16(e, (uint16_t)(IPV4_HEADER + udp_len));
	emit_be16(e, 0); /* RFC 6864 4.1: any value will do when DF is set */
	emit_be16(e, IPV4_DF);
	emit_u8(e, h->ttl);
	emit_u8(e, PROTO_UDP);
	emit_be16(e, 0);
	emit_addr(e, &h->src);
	emit_addr(e, &h->dst);
	if (!e->full)
		emit_patch16(e, at + IPV4_SUM_AT,
			     (uint16_t)~mc_checksum(e->buf + at, IPV4_HEADER, 0));
}

static void emit_ipv6(struct emit *e, const struct mc_datagram_head *h, size_t udp_len)
{
	emit_be32(e, 6u << 28 | (uint32_t)h->tos << 20);
	emit_be16(e, (uint16_t)udp_len);
	emit_u8(e, PROTO_UDP);
	emit_u8(e, h->ttl);
	emit_addr(e, &h->src);
	emit_addr(e, &h->dst);
}

static void emit_udp(struct emit *e, const struct mc_datagram_head *h, const void *payload,
		     size_t len)
{
	size_t at = e->len, udp_len = UDP_HEADER + len;
	uint16_t sum;

	emit_be16(e, h->src_port);
	emit_be16(e, h->dst_port);
	emit_be16(e, (uint16_t)udp_len);
	emit_be16(e, 0);
	if (e->full)
		return;
	sum = mc_checksum_pseudo(&h->src, &h->dst, PROTO_UDP, (uint32_t)udp_len);
	sum = mc_checksum(e->buf + at, UDP_HEADER, sum);
	sum = (uint16_t)~mc_checksum(payload, len, sum);
	/* RFC 768: a sum of 0 is sent as all ones, for 0 means "none". */
	emit_patch16(e, at + UDP_SUM_AT, sum ? sum : 0xffff);
}

int mc_datagram_build(void *buf, size_t size, const struct mc_datagram_head *h, const void *payload,
		      size_t len)
{
	struct emit e = emit_to(buf, size);
	bool v4 = h->src.family == MC_IPV4;

	if (h->src.family != h->dst.family || h->src.family == MC_ANY)
		return -MC_EBADADDR;
	if (len > 65535u - UDP_HEADER - (v4 ? IPV4_HEADER : 0))
		return -MC_EBADLEN;
	if (v4)
		emit_ipv4(&e, h, UDP_HEADER + len);
	else
		emit_ipv6(&e, h, UDP_HEADER + len);
	emit_udp(&e, h, payload, len);
	return e.full ? -ENOSPC : (int)e.len;
}
