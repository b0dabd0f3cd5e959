/* forge.c - frames of membership messages, from templates */
#include "mchost/forge.h"

#include "common/out.h"

#include <errno.h>
#include <mc/group.h>
#include <string.h>

enum { WRONG_TTL = 64, ROOM = 9216 };

static unsigned family_index(enum mc_family f)
{
	return f == MC_IPV6;
}

static size_t link_bytes(const struct forge *f)
{
	return f->link->vlan ? 18 : 14;
}

/* --- templates ----------------------------------------------------------- */

static int make_template(struct forge *f, struct template *t, enum mc_family family,
			 uint8_t version, bool alert)
{
	struct mc_gm_spec spec = { .kind = MC_GM_QUERY, .family = family, .version = version };
	struct mc_addr src = identity_addr(f->id, 0, family);
	struct mc_inject_packet p;
	uint8_t message[64], frame[256];
	int err, len;

	/* Hosts send no queries, but the headers are the same. */
	spec.max_resp.ns = version > 1 || family == MC_IPV6 ? 1000000000 : 0;
	err = mc_inject_gm(&p, message, sizeof(message), &spec, &src, NULL);
	if (err)
		return err;
	p.vlan = f->link->vlan;
	p.router_alert = p.router_alert && alert;
	len = mc_inject_build(f->link->inject, frame, sizeof(frame), &p);
	if (len < 0)
		return len;
	t->len = (size_t)len - p.payload.len;
	memcpy(t->bytes, frame, t->len);
	return 0;
}

int forge_init(struct forge *f, struct link *l, const struct identity *id)
{
	int err = 0;

	*f = (struct forge){ .id = id, .link = l };
	for (uint8_t version = 1; version <= 3 && !err; version++) {
		for (unsigned bare = 0; bare < 2 && !err; bare++) {
			err = make_template(f, &f->t[0][version][bare], MC_IPV4, version, !bare);
			if (!err && version < 3)
				err = make_template(f, &f->t[1][version][bare], MC_IPV6, version,
						    !bare);
		}
	}
	return err ? err_why(l->iface.name, err, NULL) : 0;
}

/* --- frames -------------------------------------------------------------- */

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void patch_ipv4(uint8_t *ip, size_t head, size_t len, const struct mc_addr *src,
		       const struct mc_addr *dst)
{
	put16(ip + 2, head + len);
	memcpy(ip + 12, src->bytes, 4);
	memcpy(ip + 16, dst->bytes, 4);
	put16(ip + 10, 0);
	put16(ip + 10, (uint16_t)~mc_checksum(ip, head, 0));
}

static void patch_ipv6(uint8_t *ip, size_t head, size_t len, const struct mc_addr *src,
		       const struct mc_addr *dst)
{
	put16(ip + 4, head - 40 + len);
	memcpy(ip + 8, src->bytes, 16);
	memcpy(ip + 24, dst->bytes, 16);
}

static void patch_headers(uint8_t *frame, const struct template *t, size_t link, size_t len,
			  const struct mc_addr *src, const struct mc_addr *dst, unsigned flaws)
{
	uint8_t *ip = frame + link;
	size_t head = t->len - link;

	if (flaws & FLAW_TTL)
		ip[src->family == MC_IPV4 ? 8 : 7] = WRONG_TTL;
	if (src->family == MC_IPV4)
		patch_ipv4(ip, head, len, src, dst);
	else
		patch_ipv6(ip, head, len, src, dst);
	if (flaws & FLAW_CHECKSUM)
		frame[t->len + 2] ^= 0x55;
}

/* Writes the message behind a copy of the headers.  The frame's length or a
 * negative error. */
static int forge_frame(struct forge *f, uint8_t *frame, uint32_t host, unsigned flaws,
		       const struct mc_gm_spec *spec)
{
	const struct template *t =
		&f->t[family_index(spec->family)][spec->version][flaws & FLAW_NO_ALERT];
	struct mc_addr dst,
		src = identity_addr(f->id, flaws & FLAW_SAME_ADDRESS ? 0 : host, spec->family);
	struct mc_mac to, from = identity_mac(f->id, host);
	int err = mc_gm_destination(&dst, spec), len;

	if (!err)
		err = mc_group_mac(&to, &dst);
	if (err)
		return err;
	len = mc_gm_build(frame + t->len, ROOM - t->len, spec, &src, &dst);
	if (len < 0)
		return len;
	memcpy(frame, t->bytes, t->len);
	memcpy(frame, to.bytes, 6);
	memcpy(frame + 6, from.bytes, 6);
	patch_headers(frame, t, link_bytes(f), (size_t)len, &src, &dst, flaws);
	return (int)t->len + len;
}

/* --- frames of a group's report ------------------------------------------ */

/* Of big-endian words, not folded: enough for the addresses of a frame. */
static uint32_t word_sum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return sum;
}

static void put_sum(uint8_t *p, uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(p, (uint16_t)~sum);
}

/* What a finished checksum comes from, but for these words. */
static uint32_t sum_without(const uint8_t *checksum, uint32_t words)
{
	words = (words & 0xffff) + (words >> 16);
	words = (words & 0xffff) + (words >> 16);
	return (uint16_t)~word_sum(checksum, 2) + (uint32_t)(uint16_t)~words;
}

static size_t addr_size(enum mc_family f)
{
	return f == MC_IPV4 ? 4 : 16;
}

/* Both addresses of the IP header, and the group in the message. */
static uint8_t *addrs_in(uint8_t *frame, const struct mold *m, enum mc_family f)
{
	return frame + m->net + (f == MC_IPV4 ? 12 : 8);
}

static uint8_t *group_in(uint8_t *frame, const struct mold *m, enum mc_family f)
{
	return frame + m->message + (f == MC_IPV4 ? 4 : 8);
}

static int make_mold(struct forge *f, struct mold *m, const struct mc_gm_spec *spec)
{
	enum mc_family family = spec->family;
	size_t size = addr_size(family);
	uint8_t frame[ROOM] = { 0 };
	int len = forge_frame(f, frame, 0, 0, spec);
	uint32_t addrs, group;

	if (len < 0 || (size_t)len > sizeof(m->bytes))
		return len < 0 ? len : -EMSGSIZE;
	memcpy(m->bytes, frame, (size_t)len);
	m->net = link_bytes(f);
	m->message = f->t[family_index(family)][spec->version][0].len;
	addrs = word_sum(addrs_in(frame, m, family), 2 * size);
	group = word_sum(group_in(frame, m, family), size);
	m->head_sum = sum_without(frame + m->net + 10, addrs);
	/* That of MLD covers the addresses of the header, that of IGMP does not. */
	m->sum = sum_without(frame + m->message + 2, group + (family == MC_IPV6 ? addrs : 0));
	m->len = (size_t)len;
	return 0;
}

static void put_macs(uint8_t *frame, const struct forge *f, uint32_t host,
		     const struct mc_addr *dst)
{
	struct mc_mac from = identity_mac(f->id, host), to;

	if (mc_group_mac(&to, dst) == 0)
		memcpy(frame, to.bytes, 6);
	memcpy(frame + 6, from.bytes, 6);
}

/* A leave goes to all routers, where the mold has it already. */
static void cast(uint8_t *frame, const struct forge *f, const struct mold *m, uint32_t host,
		 const struct mc_gm_spec *spec)
{
	struct mc_addr src = identity_addr(f->id, host, spec->family), dst = spec->group;
	size_t size = addr_size(spec->family);
	uint8_t *addrs, *group;
	uint32_t sum, group_sum;

	memcpy(frame, m->bytes, m->len);
	addrs = addrs_in(frame, m, spec->family);
	group = group_in(frame, m, spec->family);
	if (spec->kind == MC_GM_LEAVE)
		dst = mc_addr_from_bytes(spec->family, addrs + size);
	put_macs(frame, f, host, &dst);
	memcpy(addrs, src.bytes, size);
	memcpy(addrs + size, dst.bytes, size);
	memcpy(group, spec->group.bytes, size);
	sum = word_sum(addrs, 2 * size);
	group_sum = word_sum(group, size);
	if (spec->family == MC_IPV4)
		put_sum(frame + m->net + 10, m->head_sum + sum);
	put_sum(frame + m->message + 2, m->sum + group_sum + (spec->family == MC_IPV6 ? sum : 0));
}

static bool is_of_a_group(const struct mc_gm_spec *spec)
{
	return spec->version < (spec->family == MC_IPV4 ? 3 : 2) &&
	       (spec->kind == MC_GM_REPORT || spec->kind == MC_GM_LEAVE);
}

int forge_send(struct forge *f, uint32_t host, unsigned flaws, const struct mc_gm_spec *spec)
{
	struct mold *m =
		&f->molds[family_index(spec->family)][spec->version % 3][spec->kind == MC_GM_LEAVE];
	uint8_t *frame = link_room(f->link, ROOM);
	int len, err = 0;

	if (flaws || !is_of_a_group(spec)) {
		len = forge_frame(f, frame, host, flaws, spec);
		if (len >= 0)
			link_send(f->link, (size_t)len);
		return len < 0 ? len : 0;
	}
	if (!m->len)
		err = make_mold(f, m, spec);
	if (err)
		return err;
	cast(frame, f, m, host, spec);
	link_send(f->link, m->len);
	return 0;
}
