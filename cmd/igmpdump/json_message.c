/* json_message.c - a message as a JSON object
 *
 * Keys are always there; what a message does not have is null, and lists are
 * empty.  Only `fields` and `fault` come and go. */
#include "igmpdump/json_message.h"

#include "igmpdump/message.h"
#include "igmpdump/tree.h"

/* ,"group":"239.1.1.1" */
#define PUT_KEY(p, key) PUT_LITERAL(p, ",\"" key "\":")

static char *put_quoted_addr(char *p, const struct mc_addr *a)
{
	if (a->family == MC_ANY)
		return PUT_LITERAL(p, "null");
	*p++ = '"';
	p = put_addr(p, a);
	*p++ = '"';
	return p;
}

static char *put_quoted_mac(char *p, const struct mc_mac *mac, bool there)
{
	if (!there)
		return PUT_LITERAL(p, "null");
	*p++ = '"';
	p = put_mac(p, mac);
	*p++ = '"';
	return p;
}

static char *put_bool(char *p, bool v)
{
	return v ? PUT_LITERAL(p, "true") : PUT_LITERAL(p, "false");
}

static char *put_checksum(char *p, enum checksum c)
{
	return c == CHECKSUM_UNKNOWN ? PUT_LITERAL(p, "null") : put_bool(p, c == CHECKSUM_OK);
}

/* Names of interfaces and files are anything but printable, sometimes. */
static void put_link(struct buf *b, const struct link *l)
{
	buf_done(b, PUT_KEY(buf_room(b), "interface"));
	if (l->iface[0])
		buf_json_string(b, l->iface);
	else
		buf_done(b, PUT_LITERAL(buf_room(b), "null"));
	buf_done(b, PUT_KEY(buf_room(b), "link"));
	buf_json_string(b, l->name);
}

static void put_head(struct dump *d, const struct message *m)
{
	struct buf *b = &d->out;
	char *p = PUT_LITERAL(buf_room(b), "{\"v\":1,\"event\":\"message\",\"time\":\"");

	p = put_time(p, m->when);
	p = put_u64(PUT_LITERAL(p, "\",\"frame\":"), m->frame);
	buf_done(b, p);
	put_link(b, &d->links.v[m->link]);
	p = buf_room(b);
	p = put_quoted_mac(PUT_KEY(p, "eth_src"), &m->f.src_mac, m->f.has_src_mac);
	p = put_quoted_mac(PUT_KEY(p, "eth_dst"), &m->f.dst_mac, m->f.has_dst_mac);
	p = PUT_LITERAL(p, ",\"vlans\":[");
	for (unsigned i = 0; i < m->f.n_vlans; i++) {
		if (i)
			*p++ = ',';
		p = put_u64(p, m->f.vlans[i]);
	}
	p = put_quoted_addr(PUT_LITERAL(p, "],\"src\":"), &m->f.src);
	p = put_quoted_addr(PUT_KEY(p, "dst"), &m->f.dst);
	if (m->has_ip) {
		p = put_u64(PUT_KEY(p, "ttl"), m->f.ttl);
		p = put_u64(PUT_KEY(p, "tos"), m->f.tos);
		p = put_bool(PUT_KEY(p, "router_alert"), m->f.router_alert);
	} else {
		p = PUT_LITERAL(p, ",\"ttl\":null,\"tos\":null,\"router_alert\":null");
	}
	buf_done(b, p);
}

static void put_kind(struct buf *b, const struct message *m)
{
	const struct mc_gm *gm = &m->gm;
	bool ours = gm->kind != MC_GM_OTHER;
	char *p = put_s(PUT_LITERAL(buf_room(b), ",\"protocol\":\""), message_protocol(m));

	p = PUT_LITERAL(p, "\",\"version\":");
	if (ours)
		*p++ = (char)('0' + gm->version);
	else
		p = PUT_LITERAL(p, "null");
	p = PUT_LITERAL(p, ",\"type\":\"");
	if (ours)
		p = put_s(p, mc_gm_kind_name(gm->kind));
	else
		p = put_s(p, m->has_ip ? mc_message_name(&m->f) : "unreadable");
	*p++ = '"';
	p = put_quoted_addr(PUT_KEY(p, "group"), m->parsed ? &gm->group : &(struct mc_addr){ 0 });
	buf_done(b, p);
}

static void put_query(struct buf *b, const struct mc_gm *gm)
{
	char *p = buf_room(b);

	p = put_i64(PUT_KEY(p, "max_resp_ns"), gm->max_resp.ns);
	if (gm->version == (gm->family == MC_IPV4 ? 3 : 2)) {
		p = put_bool(PUT_KEY(p, "s"), gm->s);
		p = put_u64(PUT_KEY(p, "qrv"), gm->qrv);
		p = put_i64(PUT_KEY(p, "qqi_s"), gm->qqi.ns / 1000000000);
	} else {
		p = PUT_LITERAL(p, ",\"s\":null,\"qrv\":null,\"qqi_s\":null");
	}
	buf_done(b, p);
}

/* ,"sources":["10.0.0.1"] */
static void put_sources(struct buf *b, enum mc_family family, const struct mc_span *s)
{
	size_t size = family == MC_IPV4 ? 4 : 16;
	char *p = PUT_LITERAL(buf_room(b), ",\"sources\":[");

	for (size_t at = 0; at + size <= s->len; at += size) {
		p = at ? PUT_LITERAL(p, ",\"") : PUT_LITERAL(p, "\"");
		p = size == 4 ? put_ipv4(p, s->p + at) : put_ipv6(p, s->p + at);
		*p++ = '"';
		buf_done(b, p);
		p = buf_room(b);
	}
	*p++ = ']';
	buf_done(b, p);
}

static void put_records(struct buf *b, const struct mc_gm *gm)
{
	struct mc_record r;
	size_t pos = 0;
	bool first = true;

	while (mc_gm_next(gm, &pos, &r)) {
		char *p = buf_room(b);

		p = first ? PUT_LITERAL(p, "{\"type\":\"") : PUT_LITERAL(p, ",{\"type\":\"");
		first = false;
		p = put_s(p, mc_record_short(r.type));
		p = put_u64(PUT_LITERAL(p, "\",\"code\":"), r.type);
		p = put_quoted_addr(PUT_KEY(p, "group"), &r.group);
		buf_done(b, p);
		put_sources(b, gm->family, &r.sources);
		p = put_u64(PUT_KEY(buf_room(b), "aux_bytes"), r.aux.len);
		*p++ = '}';
		buf_done(b, p);
	}
}

static bool has_records(const struct message *m)
{
	return m->parsed && m->gm.kind == MC_GM_REPORT &&
	       m->gm.version == (m->gm.family == MC_IPV4 ? 3 : 2);
}

static void put_body(struct buf *b, const struct message *m)
{
	if (m->parsed && m->gm.kind == MC_GM_QUERY) {
		put_query(b, &m->gm);
		put_sources(b, m->gm.family, &m->gm.sources);
	} else {
		buf_done(b,
			 PUT_LITERAL(buf_room(b), ",\"max_resp_ns\":null,\"s\":null,\"qrv\":null,"
						  "\"qqi_s\":null,\"sources\":[]"));
	}
	buf_done(b, PUT_LITERAL(buf_room(b), ",\"records\":["));
	if (has_records(m))
		put_records(b, &m->gm);
	buf_done(b, PUT_LITERAL(buf_room(b), "]"));
}

void json_issue(struct buf *b, enum mc_issue i)
{
	const struct mc_issue_row *row = mc_issue_row(i);
	char *p = put_s(PUT_LITERAL(buf_room(b), "{\"id\":\""), row->id);

	p = put_s(PUT_LITERAL(p, "\",\"severity\":\""), mc_severity_name(row->severity));
	p = put_s(PUT_LITERAL(p, "\",\"rfc\":\""), row->rfc);
	buf_done(b, PUT_LITERAL(p, "\"}"));
}

static void put_issues(struct buf *b, const struct message *m)
{
	enum mc_issue i = MC_ISSUE_NONE;
	bool first = true;

	while ((i = mc_issues_next(&m->issues, i)) != MC_ISSUE_NONE) {
		if (!first)
			buf_done(b, PUT_LITERAL(buf_room(b), ","));
		first = false;
		json_issue(b, i);
	}
}

static void put_fault(struct buf *b, const struct message *m)
{
	char *p = put_s(PUT_LITERAL(buf_room(b), ",\"fault\":\""), mc_fault_name(m->fault));

	buf_done(b, PUT_LITERAL(p, "\""));
}

/* Fields of what the keys above do not cover; with -v of everything. */
static bool wants_fields(const struct dump *d, const struct message *m)
{
	if (!m->has_ip || m->f.fragment)
		return false;
	return d->c->common.verbose || !m->parsed || m->gm.kind == MC_GM_OTHER;
}

void json_message(struct dump *d, const struct message *m)
{
	struct buf *b = &d->out;
	char *p;

	put_head(d, m);
	put_kind(b, m);
	put_body(b, m);
	p = put_checksum(PUT_KEY(buf_room(b), "checksum_ok"), message_checksum(m));
	buf_done(b, PUT_LITERAL(p, ",\"issues\":["));
	put_issues(b, m);
	buf_done(b, PUT_LITERAL(buf_room(b), "]"));
	if (m->fault != MC_FAULT_NONE)
		put_fault(b, m);
	if (wants_fields(d, m)) {
		buf_done(b, PUT_KEY(buf_room(b), "fields"));
		tree_json(d, m);
	}
	buf_done(b, PUT_LITERAL(buf_room(b), "}\n"));
}
