/* line.c - a message as one line, with its issues below */
#include "igmpdump/line.h"

#include <mc/group.h>

#include "common/out.h"
#include "igmpdump/brief.h"
#include "igmpdump/message.h"
#include "igmpdump/stamp.h"

#define KIND_WIDTH     13 /* "IGMPv3 report" */
#define SEVERITY_WIDTH 9  /* "warning" and two blanks */

/* A style's escape sequence; nothing without colour. */
static char *put_style(char *p, enum style s)
{
	return put_s(p, out_style(s));
}

struct answer {
	struct mc_addr group;
	const char *name;
};

static bool same_group(const struct mc_addr *a, const struct mc_addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->bytes, sizeof x);
	memcpy(y, b->bytes, sizeof y);
	return !((x[0] ^ y[0]) | (x[1] ^ y[1])) && a->family == b->family;
}

/* The groups of a capture are few, and a search takes longer than all the rest
 * of a line: answers are kept, each in the one place that its address has. */
static const char *known_name(const struct mc_addr *g)
{
	static struct answer answers[2][4096];
	unsigned v6 = g->family != MC_IPV4;
	const uint8_t *low = g->bytes + (v6 ? 14 : 2);
	struct answer *a = &answers[v6][(low[0] << 8 | low[1]) & 4095];

	if (!same_group(&a->group, g)) {
		const struct mc_known_group *known = mc_group_known(g);

		a->group = *g;
		a->name = known ? known->name : NULL;
	}
	return a->name;
}

char *put_name(char *p, const struct dump *d, const struct mc_addr *group)
{
	const char *name = d->c->common.no_names ? NULL : known_name(group);

	if (!name)
		return p;
	*p++ = ' ';
	*p++ = '(';
	p = put_s(p, name);
	*p++ = ')';
	return p;
}

/* A column is as wide as the widest entry so far: wide IPv6 addresses shift
 * the lines once, and not at all where there are none. */
static char *put_column(char *p, const char *from, uint8_t *width)
{
	size_t len = (size_t)(p - from);

	if (len > *width)
		*width = (uint8_t)len;
	return put_pad(p, from, *width);
}

static char *put_addresses(char *p, struct dump *d, const struct message *m)
{
	const char *from;

	if (d->links.n > 1 || d->n_inputs > 1) {
		from = p;
		p = put_s(p, d->links.v[m->link].name);
		p = put_column(p, from, &d->link_width);
		*p++ = ' ';
	}
	from = p;
	p = put_addr(p, &m->f.src);
	p = put_column(p, from, &d->src_width);
	p = PUT_LITERAL(p, " > ");
	from = p;
	p = put_addr(p, &m->f.dst);
	p = put_column(p, from, &d->dst_width);
	*p++ = ' ';
	*p++ = ' ';
	return p;
}

/* Names of the messages of both protocols, as wide as their column. */
static const char kinds[2][4][KIND_WIDTH + 1] = {
	{ "", "IGMPv  query ", "IGMPv  report", "IGMPv  leave " },
	{ "", "MLDv  query  ", "MLDv  report ", "MLDv  leave  " },
};

/* "IGMPv3 report"; others by the name of their message. */
static char *put_kind(char *p, const struct message *m)
{
	unsigned v6 = m->gm.family != MC_IPV4;

	if (!m->has_ip)
		return PUT_LITERAL(p, "unreadable");
	if (m->gm.kind == MC_GM_OTHER)
		return put_pad(put_s(p, mc_message_name(&m->f)), p, KIND_WIDTH);
	memcpy(p, kinds[v6][m->gm.kind], KIND_WIDTH);
	p[v6 ? 4 : 5] = (char)('0' + m->gm.version);
	return p + KIND_WIDTH;
}

/* " {10.0.0.1, 10.0.0.2}" */
static void put_sources(struct buf *b, enum mc_family family, const struct mc_span *s)
{
	size_t size = family == MC_IPV4 ? 4 : 16;
	char *p = PUT_LITERAL(buf_room(b), " {");

	for (size_t at = 0; at + size <= s->len; at += size) {
		if (at)
			p = PUT_LITERAL(p, ", ");
		p = size == 4 ? put_ipv4(p, s->p + at) : put_ipv6(p, s->p + at);
		buf_done(b, p);
		p = buf_room(b);
	}
	*p++ = '}';
	buf_done(b, p);
}

static void put_query(struct dump *d, const struct mc_gm *gm)
{
	struct buf *b = &d->out;
	char *p = PUT_LITERAL(buf_room(b), "  ");

	if (mc_addr_is_unspecified(&gm->group))
		p = PUT_LITERAL(p, "general");
	else
		p = put_name(put_addr(p, &gm->group), d, &gm->group);
	buf_done(b, p);
	if (gm->n_sources)
		put_sources(b, gm->family, &gm->sources);
	p = put_duration(PUT_LITERAL(buf_room(b), "  max "), gm->max_resp);
	if (gm->version == (gm->family == MC_IPV4 ? 3 : 2)) {
		p = put_u64(PUT_LITERAL(p, "  qrv "), gm->qrv);
		p = put_duration(PUT_LITERAL(p, "  qqi "), gm->qqi);
		if (gm->s)
			p = PUT_LITERAL(p, "  S");
	}
	buf_done(b, p);
}

/* All known ones have five letters. */
static char *put_record_type(char *p, uint8_t type)
{
	const char *name = mc_record_short(type);

	if (type < MC_REC_IS_IN || type > MC_REC_BLOCK)
		return put_s(p, name);
	return put_n(p, name, 5);
}

static void put_records(struct dump *d, const struct mc_gm *gm)
{
	struct buf *b = &d->out;
	struct mc_record r;
	size_t pos = 0;
	bool first = true;

	while (mc_gm_next(gm, &pos, &r)) {
		char *p = buf_room(b);

		p = first ? PUT_LITERAL(p, "  ") : PUT_LITERAL(p, ", ");
		first = false;
		p = put_record_type(p, r.type);
		*p++ = ' ';
		p = put_name(put_addr(p, &r.group), d, &r.group);
		buf_done(b, p);
		put_sources(b, gm->family, &r.sources);
		if (r.aux.len) {
			p = put_u64(PUT_LITERAL(buf_room(b), " aux "), r.aux.len);
			buf_done(b, PUT_LITERAL(p, " bytes"));
		}
	}
	if (first)
		buf_puts(b, "  no records");
}

static void put_details(struct dump *d, const struct mc_gm *gm)
{
	char *p;

	if (gm->kind == MC_GM_QUERY) {
		put_query(d, gm);
	} else if (gm->kind == MC_GM_REPORT && gm->version == (gm->family == MC_IPV4 ? 3 : 2)) {
		put_records(d, gm);
	} else {
		p = PUT_LITERAL(buf_room(&d->out), "  ");
		buf_done(&d->out, put_name(put_addr(p, &gm->group), d, &gm->group));
	}
	if (gm->extended) {
		p = put_u64(PUT_LITERAL(buf_room(&d->out), "  extension "), gm->extra.len);
		buf_done(&d->out, PUT_LITERAL(p, " bytes"));
	}
}

static void put_fault(struct buf *b, const struct message *m)
{
	char *p = put_s(PUT_LITERAL(buf_room(b), "  "), mc_fault_text(m->fault));

	buf_done(b, p);
}

static enum style style_of(const struct message *m)
{
	switch (m->gm.kind) {
	case MC_GM_QUERY:
		return STYLE_BOLD;
	case MC_GM_REPORT:
		return STYLE_GREEN;
	case MC_GM_LEAVE:
		return STYLE_YELLOW;
	default:
		return STYLE_RESET;
	}
}

void line_message(struct dump *d, const struct message *m)
{
	struct buf *b = &d->out;
	char *p = put_stamp(buf_room(b), d, m->when);

	if (m->has_ip)
		p = put_addresses(p, d, m);
	if (d->color) {
		p = put_kind(put_style(p, style_of(m)), m);
		p = put_style(p, STYLE_RESET);
	} else {
		p = put_kind(p, m);
	}
	buf_done(b, p);
	if (m->parsed && m->gm.kind != MC_GM_OTHER)
		put_details(d, &m->gm);
	else if (!m->parsed && m->fault != MC_FAULT_NONE)
		put_fault(b, m);
	else
		brief_message(d, m);
	p = buf_room(b);
	while (p[-1] == ' ')
		p--;
	*p++ = '\n';
	buf_done(b, p);
}

static char *put_severity(char *p, enum mc_severity s)
{
	static const enum style styles[] = { STYLE_DIM, STYLE_YELLOW, STYLE_RED };
	const char *from;

	p = put_style(p, styles[s]);
	from = p;
	p = put_pad(put_s(p, mc_severity_name(s)), from, SEVERITY_WIDTH);
	return put_style(p, STYLE_RESET);
}

void line_issue(struct dump *d, enum mc_issue i, const char *what)
{
	const struct mc_issue_row *row = mc_issue_row(i);
	char *p = PUT_LITERAL(buf_room(&d->out), "    ");

	p = put_severity(p, row->severity);
	p = put_s(p, row->id);
	p = PUT_LITERAL(p, ": ");
	p = put_s(p, row->text);
	p = PUT_LITERAL(p, " (");
	p = put_s(p, row->rfc);
	*p++ = ')';
	buf_done(&d->out, p);
	if (what) {
		buf_puts(&d->out, ": ");
		buf_puts(&d->out, what);
	}
	buf_puts(&d->out, "\n");
}

void line_issues(struct dump *d, const struct message *m)
{
	enum mc_issue i = MC_ISSUE_NONE;

	if (mc_issues_none(&m->issues))
		return;
	while ((i = mc_issues_next(&m->issues, i)) != MC_ISSUE_NONE)
		line_issue(d, i, NULL);
}
