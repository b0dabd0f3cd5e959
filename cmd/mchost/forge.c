/* forge.c - frames of membership messages, from templates */
#include "mchost/forge.h"

#include "common/out.h"

#include <mc/group.h>
#include <string.h>

enum { WRONG_TTL = 64, ROOM = 9216 };

static unsigned family_index(enum mc_family f)
{
	return f == MC_IPV6;
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

int forge_send(struct forge *f, uint32_t host, unsigned flaws, const struct mc_gm_spec *spec)
{
	const struct template *t =
		&f->t[family_index(spec->family)][spec->version][flaws & FLAW_NO_ALERT];
	struct mc_addr dst,
		src = identity_addr(f->id, flaws & FLAW_SAME_ADDRESS ? 0 : host, spec->family);
	struct mc_mac to, from = identity_mac(f->id, host);
	uint8_t *frame = link_room(f->link, ROOM);
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
	patch_headers(frame, t, f->link->vlan ? 18 : 14, (size_t)len, &src, &dst, flaws);
	link_send(f->link, t->len + (size_t)len);
	return 0;
}
