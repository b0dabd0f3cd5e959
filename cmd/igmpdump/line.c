/* line.c - a message as one line, with its issues below */
#include "igmpdump/line.h"

#include <stdlib.h>

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
	uint8_t bytes[16];
	bool known;
	const char *name;
};

#define ANSWERS 4096

/* The groups of a capture are few, and a search takes longer than all the rest
 * of a line: answers are kept, each in the one place that its address has. */
struct names {
	struct answer v[2][ANSWERS];
};

struct names *names_open(void)
{
	return calloc(1, sizeof(struct names));
}

static const char *search_name(enum mc_family family, const uint8_t *bytes)
{
	struct mc_addr group = mc_addr_from_bytes(family, bytes);
	const struct mc_known_group *known = mc_group_known(&group);

	return known ? known->name : NULL;
}

static const char *known_name(struct names *names, enum mc_family family, const uint8_t *bytes)
{
	size_t size = family == MC_IPV4 ? 4 : 16;
	const uint8_t *low = bytes + size - 2;
	struct answer *a;

	if (!names)
		return search_name(family, bytes);
	a = &names->v[size != 4][(low[0] << 8 | low[1]) & (ANSWERS - 1)];
	if (!a->known || memcmp(a->bytes, bytes, size) != 0) {
		*a = (struct answer){ .known = true, .name = search_name(family, bytes) };
		memcpy(a->bytes, bytes, size);
	}
	return a->name;
}

static char *put_name_of(char *p, const struct dump *d, enum mc_family family, const uint8_t *bytes)
{
	const char *name = known_name(d->names, family, bytes);

	if (!name)
		return p;
	*p++ = ' ';
	*p++ = '(';
	p = put_s(p, name);
	*p++ = ')';
	return p;
}

char *put_name(char *p, const struct dump *d, const struct mc_addr *group)
{
	if (d->c->common.no_names || group->family == MC_ANY)
		return p;
	return put_name_of(p, d, (enum mc_family)group->family, group->bytes);
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

/* Loops over what a message lists are compiled for each family. */
#define EACH_FAMILY static inline __attribute__((always_inline))

EACH_FAMILY char *put_bytes(char *p, enum mc_family family, const uint8_t *bytes)
{
	return family == MC_IPV4 ? put_ipv4(p, bytes) : put_ipv6(p, bytes);
}

/* Addresses that fit a room, separators included, with much left. */
#define SOURCES_ROOM 64

/* " {10.0.0.1, 10.0.0.2}"; begins in a room of b and ends in one. */
EACH_FAMILY char *put_sources(char *p, struct buf *b, enum mc_family family,
			      const struct mc_span *s)
{
	size_t size = family == MC_IPV4 ? 4 : 16;
	const uint8_t *at = s->p, *end = at + s->len / size * size;

	p = PUT_LITERAL(p, " {");
	while (at < end) {
		const uint8_t *to = end;

		if ((size_t)(end - at) > SOURCES_ROOM * size)
			to = at + SOURCES_ROOM * size;
		for (; at < to; at += size)
			p = PUT_LITERAL(put_bytes(p, family, at), ", ");
		if (at < end) {
			buf_done(b, p);
			p = buf_room(b);
		} else {
			p -= 2;
		}
	}
	*p++ = '}';
	return p;
}

static void put_query(struct dump *d, const struct mc_gm *gm)
{
	struct buf *b = &d->out;
	char *p = PUT_LITERAL(buf_room(b), "  ");

	if (mc_addr_is_unspecified(&gm->group))
		p = PUT_LITERAL(p, "general");
	else
		p = put_name(put_addr(p, &gm->group), d, &gm->group);
	if (gm->n_sources)
		p = gm->family == MC_IPV4 ? put_sources(p, b, MC_IPV4, &gm->sources)
					  : put_sources(p, b, MC_IPV6, &gm->sources);
	buf_done(b, p);
	p = put_duration(PUT_LITERAL(buf_room(b), "  max "), gm->max_resp);
	if (gm->version == (gm->family == MC_IPV4 ? 3 : 2)) {
		p = put_u64(PUT_LITERAL(p, "  qrv "), gm->qrv);
		p = put_duration(PUT_LITERAL(p, "  qqi "), gm->qqi);
		if (gm->s)
			p = PUT_LITERAL(p, "  S");
	}
	buf_done(b, p);
}

/* ", is_in ": eight bytes, as all known types have five letters. */
static const char *type_texts(void)
{
	static _Thread_local char texts[MC_REC_BLOCK + 1][8];

	if (!texts[MC_REC_BLOCK][0])
		for (uint8_t type = MC_REC_IS_IN; type <= MC_REC_BLOCK; type++) {
			char *p = PUT_LITERAL(texts[type], ", ");

			p = put_n(p, mc_record_short(type), 5);
			*p = ' ';
		}
	return texts[0];
}

static inline char *put_record_type(char *p, const char *texts, uint8_t type)
{
	if (type < MC_REC_IS_IN || type > MC_REC_BLOCK)
		return PUT_LITERAL(put_s(PUT_LITERAL(p, ", "), mc_record_short(type)), " ");
	return put_n(p, texts + 8 * type, 8);
}

EACH_FAMILY void put_records_of(struct dump *d, enum mc_family family, const struct mc_gm *gm)
{
	struct buf *b = &d->out;
	const char *texts = type_texts();
	bool names = !d->c->common.no_names;
	struct mc_span rest = gm->records;
	struct mc_record_view r;
	char before = ' '; /* the first one, no comma */

	while (mc_record_take(&rest, family, &r)) {
		char *from = buf_room(b), *p = put_record_type(from, texts, r.type);

		*from = before;
		before = ',';
		p = put_bytes(p, family, r.group);
		if (names)
			p = put_name_of(p, d, family, r.group);
		p = put_sources(p, b, family, &r.sources);
		if (r.aux.len)
			p = PUT_LITERAL(put_u64(PUT_LITERAL(p, " aux "), r.aux.len), " bytes");
		buf_done(b, p);
	}
	if (before == ' ')
		buf_puts(b, "  no records");
}

static void put_records(struct dump *d, const struct mc_gm *gm)
{
	if (gm->family == MC_IPV4)
		put_records_of(d, MC_IPV4, gm);
	else
		put_records_of(d, MC_IPV6, gm);
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
	/* Not buf_room(): the blanks must still be here.  The margin holds a byte. */
	p = b->p;
	while (p > b->start && p[-1] == ' ')
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

	while ((i = mc_issues_next(&m->issues, i)) != MC_ISSUE_NONE)
		line_issue(d, i, NULL);
}
