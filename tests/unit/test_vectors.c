/* test_vectors.c - recorded packets: each field and verdict of vectors.tsv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <mc/group.h>
#include <mc/issue.h>
#include "vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A packet, as far as it can be read. */
struct read {
	int frame_rc, gm_rc;
	enum mc_fault fault;
	struct mc_frame f;
	struct mc_gm gm;
	struct mc_issues issues;
};

static void read_packet(struct read *r, const uint8_t *bytes, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->frame_rc = mc_frame_parse(&r->f, MC_LINK_RAW, bytes, len);
	r->fault = mc_frame_fault(MC_LINK_RAW, bytes, len);
	assert_int_equal(r->frame_rc != 0, r->fault != MC_FAULT_NONE);
	if (!r->frame_rc)
		r->gm_rc = mc_gm_parse(&r->gm, &r->f, &r->fault);
	mc_judge(&r->issues, r->frame_rc ? NULL : &r->f, r->fault ? NULL : &r->gm, r->fault);
}

/* ---- verdicts ---- */

/* What the file calls an error is a fault, unless the message can be read. */
static const struct {
	const char *code;
	enum mc_fault fault;
	enum mc_issue issue;
} verdicts[] = {
	{ "ERR:IP_SHORT", MC_FAULT_IP_SHORT, MC_ISSUE_TRUNCATED },
	{ "ERR:IP_VERSION", MC_FAULT_IP_VERSION, MC_ISSUE_IP_HEADER },
	{ "ERR:IP_IHL", MC_FAULT_IP_IHL, MC_ISSUE_IP_HEADER },
	{ "ERR:IP_TOTLEN", MC_FAULT_IP_TOTLEN, MC_ISSUE_IP_HEADER },
	{ "ERR:IP_TRUNC", MC_FAULT_IP_TRUNC, MC_ISSUE_TRUNCATED },
	{ "ERR:IP_OPT", MC_FAULT_IP_OPT, MC_ISSUE_IP_HEADER },
	{ "ERR:IP_CSUM", MC_FAULT_NONE, MC_ISSUE_IP_CHECKSUM },
	{ "ERR:IP_FRAG", MC_FAULT_FRAGMENT, MC_ISSUE_FRAGMENT },
	{ "ERR:IP6_SHORT", MC_FAULT_IP6_SHORT, MC_ISSUE_TRUNCATED },
	{ "ERR:IP6_TRUNC", MC_FAULT_IP6_TRUNC, MC_ISSUE_TRUNCATED },
	{ "ERR:HBH_OPT", MC_FAULT_EXT_OPT, MC_ISSUE_IP_HEADER },
	{ "ERR:NOT_IGMP", MC_FAULT_PROTOCOL, MC_ISSUE_NONE },
	{ "ERR:NOT_MLD", MC_FAULT_PROTOCOL, MC_ISSUE_NONE },
	{ "ERR:IGMP_SHORT", MC_FAULT_SHORT, MC_ISSUE_TRUNCATED },
	{ "ERR:MLD_SHORT", MC_FAULT_SHORT, MC_ISSUE_TRUNCATED },
	{ "ERR:IGMP_CSUM", MC_FAULT_NONE, MC_ISSUE_CHECKSUM },
	{ "ERR:MLD_CSUM", MC_FAULT_NONE, MC_ISSUE_CHECKSUM },
	{ "ERR:QUERY_LEN", MC_FAULT_QUERY_LEN, MC_ISSUE_QUERY_LENGTH },
	{ "ERR:NSRC", MC_FAULT_SOURCES, MC_ISSUE_SOURCE_COUNT },
	{ "ERR:REC_TRUNC", MC_FAULT_RECORD, MC_ISSUE_RECORD_COUNT },
	{ "ERR:REC_NSRC", MC_FAULT_RECORD_SOURCES, MC_ISSUE_SOURCE_COUNT },
	{ "ERR:REC_AUX", MC_FAULT_RECORD_AUX, MC_ISSUE_TRUNCATED },
	/* PIM is another room's; here its packets are whole IP packets. */
	{ "ERR:PIM_TRUNC", MC_FAULT_PROTOCOL, MC_ISSUE_NONE },
	{ "ERR:PIM_CSUM", MC_FAULT_PROTOCOL, MC_ISSUE_NONE },
	{ "ERR:PIM_VERSION", MC_FAULT_PROTOCOL, MC_ISSUE_NONE },
	{ "OK", MC_FAULT_NONE, MC_ISSUE_NONE },
};

static void expect_verdict(const struct vector *v, const struct read *r, struct mc_issues *expected)
{
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		if (strcmp(v->col[COL_PARSE], verdicts[i].code))
			continue;
		mc_issues_add(expected, verdicts[i].issue);
		if (r->f.protocol == MC_PROTO_PIM)
			assert_int_equal(r->fault, MC_FAULT_PROTOCOL);
		else
			assert_int_equal(r->fault, verdicts[i].fault);
		return;
	}
	fail_msg("%s: verdict %s is not in the table", v->col[COL_ID], v->col[COL_PARSE]);
}

/* ---- issues ---- */

/* Columns viol and rx: "4" and "6" where the families differ. */
static const struct {
	const char *word;
	char af;
	enum mc_issue issue;
} words[] = {
	{ "gq-dst", 0, MC_ISSUE_DESTINATION },
	{ "report-dst", 0, MC_ISSUE_GROUP_DESTINATION },
	{ "ttl", 0, MC_ISSUE_TTL },
	{ "hoplimit", 0, MC_ISSUE_TTL },
	{ "no-ra", 0, MC_ISSUE_NO_ROUTER_ALERT },
	{ "ra-value", 0, MC_ISSUE_ROUTER_ALERT_VALUE },
	{ "rec-type", 0, MC_ISSUE_RECORD_TYPE },
	{ "no-records", 0, MC_ISSUE_EMPTY_REPORT },
	{ "aux-data", 0, MC_ISSUE_AUX_DATA },
	{ "trailing-data", 0, MC_ISSUE_TRAILING },
	{ "group-not-mcast", 0, MC_ISSUE_GROUP },
	{ "src-addr", '4', MC_ISSUE_SOURCE_NOT_UNICAST },
	{ "src-addr", '6', MC_ISSUE_SOURCE_NOT_LINK_LOCAL },
	{ "ignore:general-with-sources", 0, MC_ISSUE_QUERY_SOURCES },
	{ "ignore:group-not-mcast", 0, MC_ISSUE_GROUP },
	{ "ignore:dst", 0, MC_ISSUE_DESTINATION },
	{ "ignore:dst-ne-group (v1 host rule); router accept", 0, MC_ISSUE_GROUP_DESTINATION },
	{ "ignore:type (switch: flood)", 0, MC_ISSUE_UNKNOWN_TYPE },
	{ "ignore:hoplimit", 0, MC_ISSUE_TTL },
	{ "ignore:rec-type", 0, MC_ISSUE_RECORD_TYPE },
	{ "ignore:src-addr", '4', MC_ISSUE_SOURCE_NOT_UNICAST },
	{ "ignore:src-addr", '6', MC_ISSUE_SOURCE_NOT_LINK_LOCAL },
	{ "host accept; router not in election", 0, MC_ISSUE_QUERY_SOURCE_ZERO },
	/* The value 1 is an issue of its own: the option is there. */
	{ "ignore:no-ra", 0, MC_ISSUE_NONE },
	/* One word for two rules, told apart below. */
	{ "scope", 0, MC_ISSUE_NONE },
	/* Who has no address yet may report from ::, RFC 3590 4. */
	{ "router ignore:src; snooper accept", 0, MC_ISSUE_NONE },
	{ "ignore", 0, MC_ISSUE_NONE },
	{ "accept", 0, MC_ISSUE_NONE },
	{ "-", 0, MC_ISSUE_NONE },
};

static void expect_word(const struct vector *v, const char *word, struct mc_issues *expected)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(word, words[i].word) ||
		    (words[i].af && words[i].af != v->col[COL_AF][0]))
			continue;
		mc_issues_add(expected, words[i].issue);
		return;
	}
	fail_msg("%s: \"%s\" is not in the table", v->col[COL_ID], word);
}

/* Issues that the file does not name. */
static const struct {
	const char *id;
	enum mc_issue issue;
} more[] = {
	/* Allowed, yet nothing that a querier should be set to. */
	{ "V011", MC_ISSUE_QQI },
	{ "V011", MC_ISSUE_QRV },
	{ "V012", MC_ISSUE_MAX_RESP },
	{ "V114", MC_ISSUE_MAX_RESP },
	{ "V117", MC_ISSUE_MAX_RESP },
	{ "V117", MC_ISSUE_MRT_NOT_BELOW_QQI },
	{ "V017", MC_ISSUE_EXTENSION },
	/* RFC 2236 2.2: set to zero by the sender, ignored by receivers. */
	{ "V020", MC_ISSUE_RESERVED_BITS },
	/* Reported by every host, forwarded by none. */
	{ "V036", MC_ISSUE_REPORT_LINK_LOCAL },
	{ "V037", MC_ISSUE_ALIAS_GROUP },
	{ "V162", MC_ISSUE_REPORT_ALL_HOSTS },
	{ "V163", MC_ISSUE_REPORT_SCOPE },
};

/* The file's IPv6 group, ff15::db8:0:5, has the MAC of ff02::5, the OSPF routers,
 * which only membership messages are judged for. */
static bool joins_an_alias(const struct vector *v)
{
	const char *fields = v->col[COL_FIELDS];

	return strstr(fields, "ff15::db8:0:5") &&
	       (strstr(fields, "msg=REPORT") || strstr(fields, "msg=DONE"));
}

static void judge_row(const struct vector *v, const struct read *r, struct mc_issues *expected)
{
	expect_word(v, v->col[COL_VIOL], expected);
	expect_word(v, v->col[COL_RX], expected);
	if (joins_an_alias(v))
		mc_issues_add(expected, MC_ISSUE_ALIAS_GROUP);
	for (size_t i = 0; i < COUNT(more); i++) {
		if (!strcmp(more[i].id, v->col[COL_ID]))
			mc_issues_add(expected, more[i].issue);
	}
	for (enum mc_issue i = MC_ISSUE_NONE + 1; i < MC_ISSUE_MAX; i++) {
		if (mc_issues_has(&r->issues, i) != mc_issues_has(expected, i))
			fail_msg("%s (%s): %s %s", v->col[COL_ID], v->col[COL_NAME],
				 mc_issue_row(i)->id,
				 mc_issues_has(expected, i) ? "is missing" : "is too much");
	}
}

/* ---- fields ---- */

static bool is_query(const struct read *r)
{
	return r->gm.kind == MC_GM_QUERY;
}

static const char *message_name(const struct read *r)
{
	static const char *const reports[] = { "", "REPORTv1", "REPORTv2", "REPORTv3" };
	bool general = mc_addr_is_unspecified(&r->gm.group);
	bool v4 = r->gm.family == MC_IPV4;

	switch (r->gm.kind) {
	case MC_GM_QUERY:
		if (general)
			return "GQ";
		if (r->gm.n_sources)
			return v4 ? "GSSQ" : "MASSQ";
		return v4 ? "GSQ" : "MASQ";
	case MC_GM_REPORT:
		return reports[r->gm.version];
	case MC_GM_LEAVE:
		return v4 ? "LEAVEv2" : "DONE";
	case MC_GM_OTHER:
		break;
	}
	return "other";
}

static void put_addr(FILE *out, const struct mc_addr *a)
{
	char text[MC_ADDR_TEXT];

	fputs(mc_addr_format(a, text), out);
}

static void put_sources(FILE *out, const struct read *r, const struct mc_span *sources, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct mc_addr a = mc_gm_source(r->gm.family, sources, i);

		fputs(i ? " " : "", out);
		put_addr(out, &a);
	}
}

/* "IS_IN(group;source source)+aux8 ..." */
static void put_records(FILE *out, const struct read *r)
{
	static const char *const types[] = { "",      "IS_IN", "IS_EX", "TO_IN",
					     "TO_EX", "ALLOW", "BLOCK" };
	struct mc_record rec;
	size_t pos = 0;

	while (mc_gm_next(&r->gm, &pos, &rec)) {
		fputs(rec.offset ? " " : "", out);
		if (rec.type >= MC_REC_IS_IN && rec.type <= MC_REC_BLOCK)
			fputs(types[rec.type], out);
		else
			fprintf(out, "TYPE%u", rec.type);
		fputc('(', out);
		put_addr(out, &rec.group);
		fputc(';', out);
		put_sources(out, r, &rec.sources, rec.n_sources);
		fputc(')', out);
		if (rec.aux.len)
			fprintf(out, "+aux%zu", rec.aux.len);
	}
}

static void put_ip(FILE *out, const struct read *r)
{
	put_addr(out, &r->f.src);
	fputc('>', out);
	put_addr(out, &r->f.dst);
}

static void put_alert(FILE *out, const struct read *r)
{
	if (r->f.router_alert)
		fprintf(out, "%u", r->f.router_alert_value);
	else
		fputs("none", out);
}

static void put_time(FILE *out, mc_nsec t, int64_t unit)
{
	assert_int_equal(t.ns % unit, 0);
	fprintf(out, "%lld", (long long)(t.ns / unit));
}

/* RFC 9776 7.1 gives the version of queries; that of reports is in their name. */
static bool put_query(FILE *out, const struct read *r, const char *key)
{
	if (!strcmp(key, "ver"))
		fprintf(out, "%u", r->gm.version);
	else if (!strcmp(key, "mrt_ds"))
		put_time(out, r->gm.max_resp, 100000000);
	else if (!strcmp(key, "mrd_ms"))
		put_time(out, r->gm.max_resp, 1000000);
	else if (!strcmp(key, "s"))
		fprintf(out, "%d", r->gm.s);
	else if (!strcmp(key, "qrv"))
		fprintf(out, "%u", r->gm.qrv);
	else if (!strcmp(key, "qqi"))
		put_time(out, r->gm.qqi, 1000000000);
	else if (!strcmp(key, "nsrc"))
		fprintf(out, "%u", r->gm.n_sources);
	else if (!strcmp(key, "srcs"))
		put_sources(out, r, &r->gm.sources, r->gm.n_sources);
	else
		return false;
	return true;
}

static bool put_message(FILE *out, const struct read *r, const char *key)
{
	if (!strcmp(key, "msg"))
		fputs(message_name(r), out);
	else if (!strcmp(key, "group"))
		put_addr(out, &r->gm.group);
	else if (!strcmp(key, "flags"))
		fprintf(out, "0x%04x", r->gm.flags_report);
	else if (!strcmp(key, "nrec"))
		fprintf(out, "%u", r->gm.n_records);
	else if (!strcmp(key, "rec"))
		put_records(out, r);
	else if (!strcmp(key, "extra"))
		fprintf(out, "%zu", r->gm.extra.len);
	else if (!strcmp(key, "E"))
		fprintf(out, "%d", r->gm.extended);
	else if (!strcmp(key, "ext"))
		fputs(mc_gm_extensions_ok(&r->gm.extra) ? "valid" : "invalid", out);
	else
		return is_query(r) && put_query(out, r, key);
	return true;
}

static bool put_packet(FILE *out, const struct read *r, const char *key)
{
	if (!strcmp(key, "ip"))
		put_ip(out, r);
	else if (!strcmp(key, "ttl") || !strcmp(key, "hl"))
		fprintf(out, "%u", r->f.ttl);
	else if (!strcmp(key, "ra"))
		put_alert(out, r);
	else if (!strcmp(key, "type"))
		fprintf(out, r->gm.family == MC_IPV4 ? "0x%02x" : "%u", r->gm.raw_type);
	else
		return r->gm.kind != MC_GM_OTHER && put_message(out, r, key);
	return true;
}

/* Bodies of other protocols are read elsewhere: their keys are not looked at. */
static bool is_foreign(const struct read *r)
{
	return r->f.protocol == MC_PROTO_PIM || (!r->gm_rc && r->gm.kind == MC_GM_OTHER);
}

/* A value that ends in "..." goes on in the packet. */
static void check_value(const struct vector *v, const char *key, const char *found,
			const char *expected)
{
	size_t n = strlen(expected);
	bool open = n > 3 && !strcmp(expected + n - 3, "...");

	if (open ? strncmp(found, expected, n - 3) : strcmp(found, expected))
		fail_msg("%s: %s is \"%s\", expected \"%s\"", v->col[COL_ID], key, found, expected);
}

static unsigned check_field(const struct vector *v, const struct read *r, const char *key,
			    const char *expected)
{
	char *found = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&found, &size);
	bool known;

	assert_non_null(out);
	known = put_packet(out, r, key);
	assert_int_equal(fclose(out), 0);
	if (known)
		check_value(v, key, found, expected);
	else if (!is_foreign(r))
		fail_msg("%s: nobody knows the field \"%s\"", v->col[COL_ID], key);
	free(found);
	return known;
}

/* Semicolons separate fields, and in records the sources from the group: a
 * field begins where a word and '=' do. */
static char *next_field(char *at)
{
	for (char *semi = strchr(at, ';'); semi; semi = strchr(semi + 1, ';')) {
		size_t word = strspn(semi + 1, "abcdefghijklmnopqrstuvwxyzEN_");

		if (word && semi[1 + word] == '=') {
			*semi = '\0';
			return semi + 1;
		}
	}
	return NULL;
}

static unsigned check_fields(const struct vector *v, const struct read *r)
{
	unsigned checked = 0;
	char *at = strcmp(v->col[COL_FIELDS], "-") ? v->col[COL_FIELDS] : NULL;

	while (at) {
		char *next = next_field(at);
		char *value = strchr(at, '=');

		assert_non_null(value);
		*value = '\0';
		checked += check_field(v, r, at, value + 1);
		at = next;
	}
	return checked;
}

static unsigned check_packet(const struct vector *v)
{
	struct mc_issues expected = { { 0 } };
	struct read r;

	assert_int_equal(v->len, strtoul(v->col[COL_LEN], NULL, 10));
	read_packet(&r, v->bytes, v->len);
	expect_verdict(v, &r, &expected);
	judge_row(v, &r, &expected);
	return check_fields(v, &r);
}

/* ---- rows without a packet ---- */

static unsigned long number(const struct vector *v, const char *key)
{
	const char *at = strstr(v->col[COL_FIELDS], key);

	assert_non_null(at);
	return strtoul(at + strlen(key), NULL, 0);
}

static void check_decoding(const struct vector *v)
{
	unsigned long code = number(v, "code="), value = number(v, "value=");

	if (v->col[COL_AF][0] == '4')
		assert_int_equal(mc_code8_decode((uint8_t)code), value);
	else
		assert_int_equal(mc_code16_decode((uint16_t)code), value);
}

static void check_encoding(const struct vector *v)
{
	assert_int_equal(mc_code8_encode((uint32_t)number(v, "value=")), number(v, "code="));
}

static void check_mac(const struct vector *v)
{
	char *group = strchr(v->col[COL_FIELDS], '=') + 1, text[MC_MAC_TEXT];
	char *mac = strstr(group, ";mac=");
	struct mc_addr a;
	struct mc_mac m;

	assert_non_null(mac);
	*mac = '\0';
	assert_int_equal(mc_addr_parse(&a, group), 0);
	assert_int_equal(mc_group_mac(&m, &a), 0);
	assert_string_equal(mc_mac_format(&m, text), mac + 5);
}

static void test_vectors(void **state)
{
	unsigned packets = 0, others = 0, fields = 0;
	struct vector v;
	char *line = NULL;
	size_t size = 0;
	FILE *f = vectors_open(__FILE__);

	(void)state;
	assert_non_null(f);
	assert_true(vectors_next(f, &v, &line, &size)); /* the heading */
	while (vectors_next(f, &v, &line, &size)) {
		others++;
		switch (v.col[COL_ID][0]) {
		case 'V':
			fields += check_packet(&v);
			packets++;
			others--;
			break;
		case 'M':
			check_mac(&v);
			break;
		case 'N':
			check_encoding(&v);
			break;
		default:
			check_decoding(&v);
		}
	}
	free(line);
	fclose(f);
	assert_int_equal(packets, 191);
	assert_int_equal(others, 30);
	assert_true(fields > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
