/* filter.c - --filter KEY=VALUE: which messages and events are shown */
#include "igmpdump/filter.h"

#include <stdlib.h>

#include "common/out.h"
#include "igmpdump/igmpdump.h"
#include "igmpdump/message.h"

enum key { KEY_GROUP, KEY_HOST, KEY_TYPE, KEY_VERSION, KEY_ISSUE, KEY_SEVERITY, KEY_LINK, KEYS };

static const char *const key_names[KEYS] = {
	[KEY_GROUP] = "group",	   [KEY_HOST] = "host",	  [KEY_TYPE] = "type",
	[KEY_VERSION] = "version", [KEY_ISSUE] = "issue", [KEY_SEVERITY] = "severity",
	[KEY_LINK] = "link",
};

enum type {
	TYPE_QUERY,
	TYPE_REPORT,
	TYPE_LEAVE,
	TYPE_PIM,
	TYPE_DVMRP,
	TYPE_MTRACE,
	TYPE_RGMP,
	TYPE_MRD,
	TYPE_OTHER,
	TYPES
};

static const char *const type_names[TYPES] = {
	[TYPE_QUERY] = "query", [TYPE_REPORT] = "report", [TYPE_LEAVE] = "leave",
	[TYPE_PIM] = "pim",	[TYPE_DVMRP] = "dvmrp",	  [TYPE_MTRACE] = "mtrace",
	[TYPE_RGMP] = "rgmp",	[TYPE_MRD] = "mrd",	  [TYPE_OTHER] = "other",
};

struct filter_term {
	enum key key;
	const char *text;    /* after the = */
	struct mc_addr addr; /* group, host */
	unsigned bits;
	unsigned number; /* type, version, issue, severity */
};

/* ---- reading ---- */

static int wrong(const char *term, const char *what)
{
	return usage_error("--filter", "'%s': %s", term, what);
}

static int parse_prefix(struct filter_term *t, const char *term)
{
	const char *slash = strchr(t->text, '/');
	size_t len = slash ? (size_t)(slash - t->text) : strlen(t->text);
	uint64_t bits, most;

	if (mc_addr_parse_n(&t->addr, t->text, len) < 0)
		return wrong(term, "not an address or a prefix");
	most = t->addr.family == MC_IPV4 ? 32 : 128;
	bits = most;
	if (slash && (parse_u64(&bits, slash + 1) < 0 || bits > most))
		return wrong(term, "the prefix length is not one");
	t->bits = (unsigned)bits;
	t->addr = mc_addr_masked(&t->addr, t->bits);
	return 0;
}

static int parse_word(struct filter_term *t, const char *term, const char *const *words, size_t n,
		      const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(t->text, words[i]) == 0) {
			t->number = (unsigned)i;
			return 0;
		}
	return wrong(term, what);
}

static int parse_severity(struct filter_term *t, const char *term)
{
	const char *words[] = { mc_severity_name(MC_NOTE), mc_severity_name(MC_WARNING),
				mc_severity_name(MC_ERROR) };

	return parse_word(t, term, words, 3, "severities are note, warning and error");
}

static int parse_version(struct filter_term *t, const char *term)
{
	uint64_t version;

	if (parse_u64(&version, t->text) < 0 || version < 1 || version > 3)
		return wrong(term, "versions are 1, 2 and 3");
	t->number = (unsigned)version;
	return 0;
}

static int parse_issue(struct filter_term *t, const char *term)
{
	t->number = mc_issue_by_id(t->text);
	return t->number == MC_ISSUE_NONE ? wrong(term, "no such issue; see mc-issues(7)") : 0;
}

static int parse_value(struct filter_term *t, const char *term)
{
	switch (t->key) {
	case KEY_GROUP:
	case KEY_HOST:
		return parse_prefix(t, term);
	case KEY_TYPE:
		return parse_word(t, term, type_names, TYPES,
				  "types are query, report, leave, pim, dvmrp, mtrace, rgmp, mrd "
				  "and other");
	case KEY_VERSION:
		return parse_version(t, term);
	case KEY_ISSUE:
		return parse_issue(t, term);
	case KEY_SEVERITY:
		return parse_severity(t, term);
	default:
		return t->text[0] ? 0 : wrong(term, "a link has a name");
	}
}

static int parse_term(struct filter_term *t, const char *term)
{
	const char *equals = strchr(term, '=');
	size_t len = equals ? (size_t)(equals - term) : 0;

	for (enum key k = 0; equals && k < KEYS; k++) {
		if (strlen(key_names[k]) != len || memcmp(key_names[k], term, len) != 0)
			continue;
		*t = (struct filter_term){ .key = k, .text = equals + 1 };
		return parse_value(t, term);
	}
	return wrong(term, "write KEY=VALUE; keys are group, host, type, version, issue, severity "
			   "and link");
}

int filter_parse(struct filter *f, const struct opt_list *terms)
{
	int status = 0;

	*f = (struct filter){ NULL, 0 };
	if (!terms->n)
		return 0;
	f->v = calloc(terms->n, sizeof *f->v);
	if (!f->v) {
		err_msg("no memory");
		return EXIT_ENV;
	}
	for (f->n = 0; !status && f->n < terms->n; f->n++)
		status = parse_term(&f->v[f->n], terms->v[f->n]);
	return status;
}

void filter_free(struct filter *f)
{
	free(f->v);
	*f = (struct filter){ NULL, 0 };
}

bool filter_has_issue(const struct filter *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].key == KEY_ISSUE || f->v[i].key == KEY_SEVERITY)
			return true;
	return false;
}

/* ---- matching ---- */

static bool within(const struct filter_term *t, const struct mc_addr *a)
{
	struct mc_addr masked;

	if (a->family != t->addr.family)
		return false;
	masked = mc_addr_masked(a, t->bits);
	return memcmp(&masked, &t->addr, sizeof masked) == 0;
}

struct search {
	const struct filter_term *t;
	bool found;
};

static void search_field(void *data, const struct mc_field *f)
{
	struct search *s = data;

	if ((f->type == MC_FIELD_ADDR || f->type == MC_FIELD_PREFIX) &&
	    mc_addr_is_multicast(&f->addr) && within(s->t, &f->addr))
		s->found = true;
}

/* Of other protocols (a Join/Prune, a prune of DVMRP) any group they name. */
static bool names_group(const struct filter_term *t, const struct message *m)
{
	struct search s = { t, false };

	if (m->has_ip && !m->f.fragment)
		(void)!mc_dissect(&m->f, search_field, &s);
	return s.found;
}

static bool match_group(const struct filter_term *t, const struct message *m)
{
	struct mc_record r;
	size_t pos = 0;

	if (!m->parsed || m->gm.kind == MC_GM_OTHER)
		return names_group(t, m);
	if (within(t, &m->gm.group) && !mc_addr_is_unspecified(&m->gm.group))
		return true;
	while (mc_gm_next(&m->gm, &pos, &r))
		if (within(t, &r.group))
			return true;
	return false;
}

static enum type type_of(const struct message *m)
{
	const char *protocol;

	if (m->gm.kind == MC_GM_QUERY)
		return TYPE_QUERY;
	if (m->gm.kind == MC_GM_REPORT)
		return TYPE_REPORT;
	if (m->gm.kind == MC_GM_LEAVE)
		return TYPE_LEAVE;
	protocol = message_protocol(m);
	for (enum type t = TYPE_PIM; t < TYPE_OTHER; t++)
		if (strcmp(protocol, type_names[t]) == 0)
			return t;
	return TYPE_OTHER;
}

static bool match_severity(const struct filter_term *t, const struct message *m)
{
	enum mc_issue i = MC_ISSUE_NONE;

	while ((i = mc_issues_next(&m->issues, i)) != MC_ISSUE_NONE)
		if (mc_issue_row(i)->severity >= t->number)
			return true;
	return false;
}

static bool match_link(const struct dump *d, const struct filter_term *t, uint32_t link)
{
	const struct link *l = &d->links.v[link];

	return strcmp(t->text, l->name) == 0 || strcmp(t->text, l->iface) == 0;
}

static bool match(const struct dump *d, const struct filter_term *t, const struct message *m)
{
	switch (t->key) {
	case KEY_GROUP:
		return match_group(t, m);
	case KEY_HOST:
		return within(t, &m->f.src);
	case KEY_TYPE:
		return type_of(m) == t->number;
	case KEY_VERSION:
		return m->gm.kind != MC_GM_OTHER && m->gm.version == t->number;
	case KEY_ISSUE:
		return mc_issues_has(&m->issues, t->number);
	case KEY_SEVERITY:
		return match_severity(t, m);
	default:
		return match_link(d, t, m->link);
	}
}

/* What a term says about the facts of an event. */
static bool match_fact(const struct dump *d, const struct filter_term *t,
		       const struct filter_facts *f)
{
	switch (t->key) {
	case KEY_GROUP:
		return f->group && within(t, f->group);
	case KEY_HOST:
		return f->host && within(t, f->host);
	case KEY_ISSUE:
		return f->issue == t->number;
	case KEY_SEVERITY:
		return f->issue != MC_ISSUE_NONE && mc_issue_row(f->issue)->severity >= t->number;
	case KEY_LINK:
		return match_link(d, t, f->link);
	default:
		return true;
	}
}

/* Every key that is asked for must have been matched by one of its terms. */
bool filter_message(const struct dump *d, const struct message *m)
{
	unsigned asked = 0, matched = 0;

	for (size_t i = 0; i < d->filter.n; i++) {
		const struct filter_term *t = &d->filter.v[i];

		asked |= 1u << t->key;
		if (!(matched & 1u << t->key) && match(d, t, m))
			matched |= 1u << t->key;
	}
	return asked == matched;
}

bool filter_facts(const struct dump *d, const struct filter_facts *facts)
{
	unsigned asked = 0, matched = 0;

	for (size_t i = 0; i < d->filter.n; i++) {
		const struct filter_term *t = &d->filter.v[i];

		asked |= 1u << t->key;
		if (match_fact(d, t, facts))
			matched |= 1u << t->key;
	}
	return asked == matched;
}

struct filter_facts filter_of_observation(const struct mc_observation *o)
{
	struct filter_facts f = { .link = o->link };

	if (o->what == MC_OBSERVED_ISSUE)
		f.issue = o->issue;
	if (o->member) {
		f.group = &o->member->group;
		f.host = &o->member->host;
	} else if (o->querier) {
		f.host = &o->querier->addr;
	}
	if (o->group.family != MC_ANY)
		f.group = &o->group;
	if (o->host.family != MC_ANY)
		f.host = &o->host;
	return f;
}
