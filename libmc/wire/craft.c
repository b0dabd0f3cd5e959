/* craft.c - reads the notation for one message: its name, its words */
#include <mc/craft.h>
#include "addr/text.h"
#include "wire/craft.h"

enum {
	DEFAULT_PORT = 5000,
	DEFAULT_SOURCE_PORT = 5000,
	DEFAULT_PAYLOAD = 8,
	DEFAULT_QRV = 2,
};

#define SECOND_NS	1000000000LL
#define DEFAULT_QQI_NS	(125 * SECOND_NS)
#define GENERAL_WAIT_NS (10 * SECOND_NS)
#define LAST_WAIT_NS	SECOND_NS

static const struct message {
	const char *name;
	enum mc_gm_kind kind;
	enum mc_family family;
	uint8_t version; /* 0: a datagram */
} messages[] = {
	{ "v1-query", MC_GM_QUERY, MC_IPV4, 1 },
	{ "v2-query", MC_GM_QUERY, MC_IPV4, 2 },
	{ "v3-query", MC_GM_QUERY, MC_IPV4, 3 },
	{ "v1-report", MC_GM_REPORT, MC_IPV4, 1 },
	{ "v2-report", MC_GM_REPORT, MC_IPV4, 2 },
	{ "v3-report", MC_GM_REPORT, MC_IPV4, 3 },
	{ "v2-leave", MC_GM_LEAVE, MC_IPV4, 2 },
	{ "leave", MC_GM_LEAVE, MC_IPV4, 2 },
	{ "mldv1-query", MC_GM_QUERY, MC_IPV6, 1 },
	{ "mldv2-query", MC_GM_QUERY, MC_IPV6, 2 },
	{ "mldv1-report", MC_GM_REPORT, MC_IPV6, 1 },
	{ "mldv2-report", MC_GM_REPORT, MC_IPV6, 2 },
	{ "mldv1-done", MC_GM_LEAVE, MC_IPV6, 1 },
	{ "done", MC_GM_LEAVE, MC_IPV6, 1 },
	{ "udp", MC_GM_OTHER, MC_ANY, 0 },
};

/* --- errors and stretches of the text ------------------------------------ */

int craft_fail(struct craft_reader *r, const char *at, const char *before, struct mc_span quoted,
	       const char *after)
{
	struct text t = text_in(r->err->text, sizeof(r->err->text));

	r->err->offset = (size_t)(at - r->text);
	text_add(&t, before);
	for (size_t i = 0; i < quoted.len && i < 40; i++) {
		bool printable = quoted.p[i] > ' ' && quoted.p[i] <= '~';

		text_add_n(&t, printable ? (const char *)quoted.p + i : "?", 1);
	}
	text_add(&t, quoted.len > 40 ? "..." : "");
	text_add(&t, after);
	return -MC_EBADSPEC;
}

int craft_fail_text(struct craft_reader *r, const char *at, const char *text)
{
	return craft_fail(r, at, text, (struct mc_span){ NULL, 0 }, "");
}

static struct mc_span next_word(struct craft_reader *r)
{
	struct mc_span w;

	r->at += strspn(r->at, " \t");
	w = (struct mc_span){ (const uint8_t *)r->at, strcspn(r->at, " \t") };
	r->at += w.len;
	return w;
}

static bool is_word(struct mc_span w, const char *text)
{
	return w.len == strlen(text) && !memcmp(w.p, text, w.len);
}

/* --- groups -------------------------------------------------------------- */

/* A word as a group in the usual notation, a single one. */
static int read_spec(struct craft_reader *r, struct mc_spec *spec, const char *p, size_t len)
{
	char copy[MC_SPEC_TEXT];
	struct mc_spec_error err;

	memset(spec, 0, sizeof(*spec));
	if (len >= sizeof(copy))
		return craft_fail_text(r, p, "too long for a group");
	memcpy(copy, p, len);
	copy[len] = '\0';
	if (mc_spec_parse(spec, copy, &err))
		return craft_fail_text(r, p + err.offset, err.text);
	if (spec->count > 1)
		return craft_fail_text(r, p, "one message is about one group, not a range");
	if (spec->ifname[0])
		return craft_fail_text(r, p, "the interface is no part of a message");
	return 0;
}

int craft_read_group(struct craft_reader *r, struct mc_addr *group, const char *p, size_t len)
{
	struct mc_spec spec;
	int rc = read_spec(r, &spec, p, len);

	if (rc)
		return rc;
	if (spec.n_sources)
		return craft_fail_text(r, p, "this message has no place for sources");
	if (spec.port)
		return craft_fail_text(r, p, "only a datagram has a port");
	if (spec.first.family != r->out->gm.family)
		return craft_fail_text(r, p,
				       spec.first.family == MC_IPV4 ? "MLD is about IPv6 groups"
								    : "IGMP is about IPv4 groups");
	*group = spec.first;
	return 0;
}

static bool is_newest(const struct mc_gm_spec *gm)
{
	return gm->version == (gm->family == MC_IPV4 ? 3 : 2);
}

static int query_group(struct craft_reader *r, struct mc_span w)
{
	struct mc_gm_spec *gm = &r->out->gm;
	const char *p = (const char *)w.p;
	const uint8_t *sign = memchr(w.p, '@', w.len);
	struct mc_spec spec;
	int rc;

	if (gm->group.family != MC_ANY)
		return craft_fail(r, p, "a query names one group; unexpected '", w, "'");
	if (gm->family == MC_IPV4 && gm->version == 1)
		return craft_fail_text(r, p, "IGMPv1 knows general queries only");
	if (!sign)
		return craft_read_group(r, &gm->group, p, w.len);
	rc = read_spec(r, &spec, p, w.len);
	if (rc)
		return rc;
	if (!is_newest(gm))
		return craft_fail_text(r, p, "only IGMPv3 and MLDv2 query sources");
	if (spec.mode == MC_EXCLUDE)
		return craft_fail_text(r, p, "a query lists sources without '!'");
	rc = craft_read_group(r, &gm->group, (const char *)sign + 1,
			      w.len - (size_t)(sign + 1 - w.p));
	memcpy(r->out->sources, spec.sources, spec.n_sources * sizeof(*spec.sources));
	r->out->n_sources = spec.n_sources;
	gm->sources = r->out->sources;
	gm->n_sources = spec.n_sources;
	return rc;
}

/* --- words --------------------------------------------------------------- */

static int read_query(struct craft_reader *r)
{
	bool given = false;
	struct mc_span w;
	int rc = 0;

	while (!rc && (w = next_word(r)).len) {
		rc = craft_query_field(r, w, &given);
		if (rc == CRAFT_NO_FIELD)
			rc = query_group(r, w);
	}
	/* RFC 9776 8.3 and 8.8; RFC 9777 9.3 and 9.8. */
	if (!given && !(r->out->gm.family == MC_IPV4 && r->out->gm.version == 1))
		r->out->gm.max_resp.ns =
			r->out->gm.group.family == MC_ANY ? GENERAL_WAIT_NS : LAST_WAIT_NS;
	return rc;
}

static int read_records(struct craft_reader *r)
{
	struct mc_span w;
	int rc = 0;

	r->out->gm.records = r->out->records;
	while (!rc && (w = next_word(r)).len)
		rc = craft_record(r, w);
	if (!rc && !r->out->gm.n_records)
		return craft_fail_text(r, r->at, "a record is missing: GROUP=to_ex()");
	return rc;
}

/* Reports of older versions, leaves: one group and nothing else. */
static int read_membership(struct craft_reader *r)
{
	struct mc_span w = next_word(r), more;
	int rc;

	if (!w.len)
		return craft_fail_text(r, r->at, "a group is missing here");
	rc = craft_read_group(r, &r->out->gm.group, (const char *)w.p, w.len);
	more = next_word(r);
	return !rc && more.len ? craft_fail(r, (const char *)more.p, "unexpected '", more, "'")
			       : rc;
}

static int read_udp(struct craft_reader *r)
{
	struct mc_span w = next_word(r);
	struct mc_spec spec;
	int rc;

	if (!w.len)
		return craft_fail_text(r, r->at, "a group is missing here");
	rc = read_spec(r, &spec, (const char *)w.p, w.len);
	if (!rc && spec.n_sources)
		return craft_fail_text(r, (const char *)w.p,
				       "the sender of a datagram is not part of its group");
	r->out->group = spec.first;
	r->out->port = spec.port ? spec.port : DEFAULT_PORT;
	r->out->source_port = DEFAULT_SOURCE_PORT;
	r->out->payload_len = DEFAULT_PAYLOAD;
	while (!rc && (w = next_word(r)).len)
		rc = craft_udp_field(r, w);
	return rc;
}

/* --- the message --------------------------------------------------------- */

static const struct message *find_message(struct mc_span w)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		if (is_word(w, messages[i].name))
			return &messages[i];
	}
	return NULL;
}

static int read_message(struct craft_reader *r)
{
	struct mc_span w = next_word(r);
	const struct message *m = find_message(w);
	struct mc_gm_spec *gm = &r->out->gm;

	if (!m)
		return craft_fail(r, (const char *)w.p, w.len ? "no message '" : "empty: write one",
				  w,
				  w.len ? "': v3-report, v2-query, leave, mldv2-report, udp ..."
					: " such as 'v2-report 239.1.1.1'");
	r->out->udp = !m->version;
	if (r->out->udp)
		return read_udp(r);
	*gm = (struct mc_gm_spec){ .kind = m->kind, .family = m->family, .version = m->version };
	if (m->kind == MC_GM_QUERY && is_newest(gm)) {
		gm->qrv = DEFAULT_QRV;
		gm->qqi.ns = DEFAULT_QQI_NS;
	}
	if (m->kind == MC_GM_QUERY)
		return read_query(r);
	return m->kind == MC_GM_REPORT && is_newest(gm) ? read_records(r) : read_membership(r);
}

int mc_craft_parse(struct mc_craft *out, const char *text, struct mc_spec_error *err)
{
	struct mc_spec_error unwanted;
	struct craft_reader r = {
		.text = text, .at = text, .out = out, .err = err ? err : &unwanted
	};
	int rc;

	memset(out, 0, sizeof(*out));
	memset(r.err, 0, sizeof(*r.err));
	rc = read_message(&r);
	if (rc)
		memset(out, 0, sizeof(*out));
	return rc;
}

enum mc_family mc_craft_family(const struct mc_craft *c)
{
	return c->udp ? (enum mc_family)c->group.family : c->gm.family;
}
