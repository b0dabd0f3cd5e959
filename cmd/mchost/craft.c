/* craft.c - one packet at a time: messages by name, bytes, datagrams */
#include "mchost/craft.h"

#include "common/loop.h"
#include "common/out.h"
#include "common/json.h"
#include "common/sig.h"
#include "mchost/confine.h"

#include <errno.h>
#include <mc/craft.h>
#include <mc/group.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 65535

/* A packet as it will be sent, and the bytes it borrows. */
struct parcel {
	struct mc_inject_packet p;
	uint8_t payload[LONGEST];
	uint8_t frame[LINK_FRAME];
	size_t len;
};

bool craft_wanted(const struct config *c)
{
	return c->craft.n || c->hex || c->frame;
}

/* --- addresses ----------------------------------------------------------- */

static int source_of(struct mc_addr *out, const struct link *l, const struct config *c,
		     enum mc_family family)
{
	*out = c->src;
	if (c->src.family == family)
		return 0;
	if (c->src.family != MC_ANY)
		return usage_error("--src", "not the address family of the message");
	*out = family == MC_IPV4 ? l->iface.addr4 : l->iface.addr6;
	if (out->family == MC_ANY) {
		err_msg("%s: has no IPv%d address; give one with --src", l->iface.name,
			(int)family);
		return EXIT_ENV;
	}
	return 0;
}

static int read_mac(struct mc_mac *out, const char *option, const char *text)
{
	if (!mc_mac_parse(out, text))
		return 0;
	return usage_error(option, "'%s' is not a MAC address; write 02:00:00:00:00:99", text);
}

static int set_macs(struct mc_inject_packet *p, const struct link *l, const struct config *c)
{
	int status = 0;

	p->src_mac = l->mac;
	if (c->src_mac)
		status = read_mac(&p->src_mac, "--src-mac", c->src_mac);
	if (!status && c->dst_mac)
		return read_mac(&p->dst_mac, "--dst-mac", c->dst_mac);
	if (!status && mc_group_mac(&p->dst_mac, &p->dst))
		return usage_error("--dst", "not a group; give its MAC with --dst-mac");
	return status;
}

/* What options change of the rules. */
static void bend(struct mc_inject_packet *p, const struct config *c)
{
	if (c->ttl <= 255)
		p->ttl = (uint8_t)c->ttl;
	if (c->no_router_alert)
		p->router_alert = false;
	p->bad_checksum = c->checksum == CHECKSUM_BAD;
}

/* --- three kinds of packet ----------------------------------------------- */

static int make_message(struct parcel *x, const struct mc_craft *m, const struct config *c)
{
	struct mc_addr src = x->p.src;
	int err = mc_inject_gm(&x->p, x->payload, sizeof(x->payload), &m->gm, &src,
			       c->dst.family == m->gm.family ? &c->dst : NULL);

	return err ? err_why(NULL, err, NULL) : 0;
}

static int make_datagram(struct parcel *x, const struct mc_craft *m, const struct config *c)
{
	struct mc_datagram_head h = { .src = x->p.src,
				      .dst = c->dst.family == m->group.family ? c->dst : m->group,
				      .src_port = m->source_port,
				      .dst_port = m->port,
				      .ttl = 1 };
	size_t head = m->group.family == MC_IPV4 ? 20 : 40;
	uint8_t buf[128];
	int len = mc_datagram_build(buf, sizeof(buf), &h, m->payload, m->payload_len);

	if (len < 0)
		return err_why(NULL, len, NULL);
	/* The UDP header of it; libnet writes the others. */
	memcpy(x->payload, buf + head, (size_t)len - head);
	memcpy(x->payload + len - head, m->payload, m->payload_len);
	x->p.dst = h.dst;
	x->p.ttl = 1;
	x->p.protocol = 17;
	x->p.payload = (struct mc_span){ x->payload, (size_t)len - head + m->payload_len };
	return 0;
}

static int build(struct parcel *x, struct link *l, const struct config *c)
{
	int status = set_macs(&x->p, l, c), len;

	if (status)
		return status;
	bend(&x->p, c);
	x->p.vlan = l->vlan;
	len = mc_inject_build(l->inject, x->frame, sizeof(x->frame), &x->p);
	if (len < 0)
		return err_why(l->iface.name, len, NULL);
	x->len = (size_t)len;
	return 0;
}

static int make_crafted(struct parcel *x, struct link *l, const struct config *c, const char *text)
{
	struct mc_spec_error err;
	struct mc_craft m;
	struct mc_addr src;
	int status;

	if (mc_craft_parse(&m, text, &err)) {
		err_msg("--craft: %s", err.text);
		err_caret(text, err.offset);
		return EXIT_USAGE;
	}
	status = source_of(&src, l, c, mc_craft_family(&m));
	if (status)
		return status;
	x->p = (struct mc_inject_packet){ .src = src };
	status = m.udp ? make_datagram(x, &m, c) : make_message(x, &m, c);
	return status ? status : build(x, l, c);
}

static int digit_of(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 0x20;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Hex digits, with spaces or colons between bytes as captures have them. */
static int read_hex(uint8_t *out, size_t size, size_t *len, const char *option, const char *text)
{
	size_t digits = 0;

	*len = 0;
	for (const char *p = text; *p; p++) {
		int digit = digit_of(*p);

		if (digit < 0 && strchr(" :\n", *p) && digits % 2 == 0)
			continue;
		if (digit < 0 || digits / 2 == size) {
			err_msg("%s: %s", option, digit < 0 ? "not a hex digit" : "too long");
			err_caret(text, (size_t)(p - text));
			return EXIT_USAGE;
		}
		out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | digit);
		digits++;
	}
	if (digits == 0 || digits % 2)
		return usage_error(option, digits ? "half a byte at the end" : "no bytes");
	*len = digits / 2;
	return 0;
}

static int make_hex(struct parcel *x, struct link *l, const struct config *c)
{
	struct mc_addr src;
	size_t len;
	int status;

	if (c->dst.family == MC_ANY)
		return usage_error("--hex", "bytes do not say where they go; give --dst GROUP");
	status = read_hex(x->payload, sizeof(x->payload), &len, "--hex", c->hex);
	if (!status)
		status = source_of(&src, l, c, (enum mc_family)c->dst.family);
	if (status)
		return status;
	x->p = (struct mc_inject_packet){
		.src = src,
		.dst = c->dst,
		.ttl = 1,
		.router_alert = true,
		.protocol = c->dst.family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6,
		.payload = { x->payload, len },
	};
	return build(x, l, c);
}

/* --- sending ------------------------------------------------------------- */

static void queue(struct link *l, const struct parcel *x)
{
	memcpy(link_room(l, x->len), x->frame, x->len);
	link_send(l, x->len);
}

int craft_text(struct link *l, const struct config *c, const char *text)
{
	struct parcel *x = calloc(1, sizeof(*x));
	int status;

	if (!x)
		return err_why(NULL, -ENOMEM, NULL);
	status = make_crafted(x, l, c, text);
	if (!status)
		queue(l, x);
	free(x);
	return status;
}

static int make(struct parcel *x, struct link *l, const struct config *c, size_t i)
{
	if (i < c->craft.n)
		return make_crafted(x, l, c, c->craft.v[i]);
	return c->hex && i == c->craft.n
		       ? make_hex(x, l, c)
		       : read_hex(x->frame, sizeof(x->frame), &x->len, "--frame", c->frame);
}

static void tell(const struct link *l, const struct config *c)
{
	const struct link_counts *n = &l->counts;

	if (c->common.json) {
		struct json w;

		json_init(&w, stdout);
		json_event_begin(&w, "crafted", loop_wall());
		json_str(&w, "interface", l->iface.name);
		json_u64(&w, "frames", n->sent);
		json_u64(&w, "bytes", n->bytes);
		json_u64(&w, "failed", n->failed);
		json_event_end(&w);
	} else if (!c->common.quiet) {
		out_printf("sent %llu %s, %llu %s, on %s\n", UNITS_N(n->sent, "frame"),
			   UNITS_N(n->bytes, "byte"), l->iface.name);
	}
	for (unsigned i = 0; i < n->n_errors; i++)
		err_msg("%s: %llu %s not sent: %s", l->iface.name,
			UNITS_N(n->errors[i].frames, "frame"), mc_strerror(n->errors[i].err));
}

/* All packets in turn, count times. */
static void send_all(struct link *l, const struct config *c, const struct parcel *x, size_t n)
{
	for (uint64_t round = 0; round < c->count && link_works(l) && !sig_stop(); round++) {
		if (round)
			(void)sig_sleep(c->interval);
		for (size_t i = 0; i < n && !sig_stop(); i++)
			queue(l, &x[i]);
		link_flush(l);
	}
}

static int make_and_send(struct link *l, const struct config *c)
{
	size_t n = c->craft.n + (c->hex != NULL) + (c->frame != NULL);
	struct parcel *x = calloc(n, sizeof(*x));
	int status = 0;

	if (!x)
		return err_why(NULL, -ENOMEM, NULL);
	for (size_t i = 0; i < n && !status; i++)
		status = make(&x[i], l, c, i);
	if (!status)
		send_all(l, c, x, n);
	free(x);
	return status;
}

int craft_run(const struct config *c)
{
	struct link l = { .gone = false };
	int status;

	if (c->common.interfaces.n != 1)
		return usage_error("--interface", "name the one to send on, such as -i eth0");
	status = link_open(&l, c->common.interfaces.v[0], (uint16_t)c->vlan);
	if (!status)
		status = confine(c);
	if (!status)
		status = make_and_send(&l, c);
	if (!status)
		tell(&l, c);
	status = status ? status : l.counts.failed ? EXIT_FALSE : EXIT_TRUE;
	link_close(&l);
	return status;
}
