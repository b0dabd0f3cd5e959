/* tree.c - every field of a message, with its place */
#include "igmpdump/tree.h"

#include "igmpdump/line.h"

#define SHOWN_BYTES 32 /* of a field of bytes, in text */
#define TREE_DEPTH  16

static char *put_bytes(char *p, const struct mc_span *s)
{
	size_t n = s->len < SHOWN_BYTES ? s->len : SHOWN_BYTES;

	for (size_t i = 0; i < n; i++)
		p = put_hex(p, s->p[i], 2);
	return n < s->len ? PUT_LITERAL(p, "...") : p;
}

static char *put_prefix(char *p, const struct mc_field *f)
{
	p = put_addr(p, &f->addr);
	*p++ = '/';
	return put_u64(p, f->value);
}

static char *put_value(char *p, const struct dump *d, const struct mc_field *f)
{
	switch (f->type) {
	case MC_FIELD_UINT:
		return put_u64(p, f->value);
	case MC_FIELD_HEX:
		return put_hex(PUT_LITERAL(p, "0x"), f->value,
			       f->len && f->len < 8 ? 2 * f->len : 4);
	case MC_FIELD_BOOL:
		return f->value ? PUT_LITERAL(p, "yes") : PUT_LITERAL(p, "no");
	case MC_FIELD_TIME:
		return put_duration(p, (mc_nsec){ (int64_t)f->value });
	case MC_FIELD_ADDR:
		return put_name(put_addr(p, &f->addr), d, &f->addr);
	case MC_FIELD_PREFIX:
		return put_prefix(p, f);
	case MC_FIELD_BYTES:
		return put_bytes(p, &f->bytes);
	case MC_FIELD_NODE:
	case MC_FIELD_FAULT:
		break;
	}
	return p;
}

/* "  12  4    group: 239.1.1.1"; derived fields have no place of their own. */
static void tree_field(void *data, const struct mc_field *f)
{
	struct dump *d = data;
	char *p = PUT_LITERAL(buf_room(&d->out), "    ");
	const char *from = p;

	if (f->len) {
		p = put_pad(put_u64(p, f->offset), from, 6);
		p = put_u64(p, f->len);
	}
	p = put_pad(p, from, 12 + 2 * (size_t)f->depth);
	p = put_s(p, f->name);
	if (f->type != MC_FIELD_NODE && f->type != MC_FIELD_FAULT)
		p = put_value(PUT_LITERAL(p, ": "), d, f);
	buf_done(&d->out, p);
	if (f->text) {
		buf_puts(&d->out,
			 f->type == MC_FIELD_FAULT || f->type == MC_FIELD_NODE ? ": " : "  ");
		buf_puts(&d->out, f->text);
	}
	buf_puts(&d->out, "\n");
}

static void tree_link(struct dump *d, const struct message *m)
{
	char *p = put_u64(PUT_LITERAL(buf_room(&d->out), "    frame       "), m->frame);

	p = put_s(PUT_LITERAL(p, " on "), d->links.v[m->link].name);
	p = put_u64(PUT_LITERAL(p, ", "), m->wire_len);
	p = PUT_LITERAL(p, " bytes");
	if (m->data.len < m->wire_len)
		p = PUT_LITERAL(put_u64(PUT_LITERAL(p, ", "), m->data.len), " captured");
	if (m->f.has_src_mac)
		p = put_mac(PUT_LITERAL(p, ", "), &m->f.src_mac);
	if (m->f.has_dst_mac)
		p = put_mac(PUT_LITERAL(p, " > "), &m->f.dst_mac);
	for (unsigned i = 0; i < m->f.n_vlans; i++)
		p = put_u64(PUT_LITERAL(p, ", VLAN "), m->f.vlans[i]);
	*p++ = '\n';
	buf_done(&d->out, p);
}

static void tree_ip(struct dump *d, const struct message *m)
{
	bool v4 = m->f.dst.family == MC_IPV4;
	char *p = buf_room(&d->out);

	p = v4 ? PUT_LITERAL(p, "    IPv4        TTL ")
	       : PUT_LITERAL(p, "    IPv6        hop limit ");
	p = put_u64(p, m->f.ttl);
	p = v4 ? PUT_LITERAL(p, ", TOS 0x") : PUT_LITERAL(p, ", traffic class 0x");
	p = put_hex(p, m->f.tos, 2);
	if (m->f.router_alert)
		p = put_u64(PUT_LITERAL(p, ", router alert "), m->f.router_alert_value);
	else
		p = PUT_LITERAL(p, ", no router alert");
	if (m->f.fragment)
		p = put_u64(PUT_LITERAL(p, ", fragment at "), m->f.fragment_offset);
	p = PUT_LITERAL(put_u64(PUT_LITERAL(p, ", payload "), m->f.l4.len), " bytes");
	*p++ = '\n';
	buf_done(&d->out, p);
}

void tree_message(struct dump *d, const struct message *m)
{
	tree_link(d, m);
	if (!m->has_ip)
		return;
	tree_ip(d, m);
	/* Its result is in the tree: a FAULT field. */
	if (!m->f.fragment)
		(void)!mc_dissect(&m->f, tree_field, d);
}

struct nest {
	struct buf *b;
	unsigned depth; /* of the field before; open objects: one more */
	bool any;
};

static void json_value(struct buf *b, const struct mc_field *f)
{
	char *p = buf_room(b);

	p = f->type == MC_FIELD_TIME ? PUT_LITERAL(p, ",\"value_ns\":")
				     : PUT_LITERAL(p, ",\"value\":");
	switch (f->type) {
	case MC_FIELD_UINT:
	case MC_FIELD_HEX:
	case MC_FIELD_TIME:
		p = put_u64(p, f->value);
		break;
	case MC_FIELD_BOOL:
		p = f->value ? PUT_LITERAL(p, "true") : PUT_LITERAL(p, "false");
		break;
	case MC_FIELD_ADDR:
	case MC_FIELD_PREFIX:
		*p++ = '"';
		p = f->type == MC_FIELD_ADDR ? put_addr(p, &f->addr) : put_prefix(p, f);
		*p++ = '"';
		break;
	default:
		return;
	}
	buf_done(b, p);
}

static void json_bytes(struct buf *b, const struct mc_span *s)
{
	buf_puts(b, ",\"value\":\"");
	for (size_t i = 0; i < s->len; i++)
		buf_done(b, put_hex(buf_room(b), s->p[i], 2));
	buf_puts(b, "\"");
}

static void json_open(struct nest *n, unsigned depth)
{
	char *p;

	if (!n->any)
		depth = 0;
	else if (depth > n->depth + 1)
		depth = n->depth + 1;
	p = buf_room(n->b);
	if (n->any && depth > n->depth) {
		p = PUT_LITERAL(p, ",\"fields\":[");
	} else if (n->any) {
		for (unsigned up = n->depth; up > depth; up--)
			p = PUT_LITERAL(p, "}]");
		p = PUT_LITERAL(p, "},");
	}
	buf_done(n->b, p);
	n->depth = depth;
	n->any = true;
}

static void json_field(void *data, const struct mc_field *f)
{
	struct nest *n = data;
	char *p;

	json_open(n, f->depth < TREE_DEPTH ? f->depth : TREE_DEPTH);
	p = put_s(PUT_LITERAL(buf_room(n->b), "{\"name\":\""), f->name);
	p = put_u64(PUT_LITERAL(p, "\",\"offset\":"), f->offset);
	p = put_u64(PUT_LITERAL(p, ",\"bytes\":"), f->len);
	buf_done(n->b, p);
	if (f->type == MC_FIELD_BYTES)
		json_bytes(n->b, &f->bytes);
	else
		json_value(n->b, f);
	if (f->text) {
		buf_puts(n->b, ",\"text\":");
		buf_json_string(n->b, f->text);
	}
}

void tree_json(struct dump *d, const struct message *m)
{
	struct nest n = { .b = &d->out };

	buf_puts(&d->out, "[");
	(void)!mc_dissect(&m->f, json_field, &n);
	if (n.any) {
		char *p = buf_room(&d->out);

		for (unsigned up = n.depth; up > 0; up--)
			p = PUT_LITERAL(p, "}]");
		buf_done(&d->out, PUT_LITERAL(p, "}"));
	}
	buf_puts(&d->out, "]");
}
