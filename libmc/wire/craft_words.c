/* craft_words.c - the words behind a message's name: fields and records */
#include <string.h>
#include "wire/craft.h"

#define MILLISECOND_NS 1000000
#define SECOND_NS      1000000000LL
#define LONGEST_S      100000000 /* far beyond every field, and no overflow */

static const char *text_of(struct mc_span s)
{
	return (const char *)s.p;
}

static int expected(struct craft_reader *r, struct mc_span value, const char *what)
{
	return craft_fail(r, text_of(value), "'", value, what);
}

/* The word's value when it begins with "name=". */
static bool value_of(struct mc_span *value, struct mc_span word, const char *name)
{
	size_t len = strlen(name);

	if (word.len <= len || memcmp(word.p, name, len) != 0 || word.p[len] != '=')
		return false;
	*value = (struct mc_span){ word.p + len + 1, word.len - len - 1 };
	return true;
}

/* --- numbers and times --------------------------------------------------- */

static bool read_digits(uint64_t *out, struct mc_span *s, uint64_t limit)
{
	size_t n = 0;

	*out = 0;
	for (; n < s->len && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
		*out = *out * 10 + (uint64_t)(s->p[n] - '0');
		if (*out > limit)
			return false;
	}
	s->p += n;
	s->len -= n;
	return n > 0;
}

static bool read_number(uint64_t *out, struct mc_span s, uint64_t limit)
{
	return read_digits(out, &s, limit) && s.len == 0;
}

/* ".25" of a unit; digits below the nanosecond are dropped. */
static bool read_fraction(int64_t *ns, struct mc_span *s, int64_t unit)
{
	if (!s->len || s->p[0] != '.')
		return true;
	s->p++;
	s->len--;
	if (!s->len || s->p[0] < '0' || s->p[0] > '9')
		return false;
	while (s->len && s->p[0] >= '0' && s->p[0] <= '9') {
		unit /= 10;
		*ns += (s->p[0] - '0') * unit;
		s->p++;
		s->len--;
	}
	return true;
}

/* "1.5", "10s", "100ms" */
static bool read_time(mc_nsec *out, struct mc_span s)
{
	bool ms = s.len > 2 && !memcmp(s.p + s.len - 2, "ms", 2);
	int64_t unit = ms ? MILLISECOND_NS : SECOND_NS;
	uint64_t whole;

	if (ms)
		s.len -= 2;
	else if (s.len && s.p[s.len - 1] == 's')
		s.len--;
	if (!read_digits(&whole, &s, LONGEST_S))
		return false;
	out->ns = (int64_t)whole * unit;
	return read_fraction(&out->ns, &s, unit) && s.len == 0;
}

/* --- queries ------------------------------------------------------------- */

static int set_max_resp(struct craft_reader *r, struct mc_span value)
{
	struct mc_gm_spec *gm = &r->out->gm;

	if (!read_time(&gm->max_resp, value))
		return expected(r, value, "' is not a time: 10, 1.5s, 100ms");
	/* RFC 2236 4: a code of 0 is what IGMPv1 sends. */
	if (gm->family == MC_IPV4 && gm->version == 2 && gm->max_resp.ns < SECOND_NS / 10)
		return expected(r, value, "': below 0.1 s it would be an IGMPv1 query");
	return 0;
}

static int set_max_resp_code(struct craft_reader *r, struct mc_span value)
{
	struct mc_gm_spec *gm = &r->out->gm;
	bool wide = gm->family == MC_IPV6;
	uint64_t code;

	if (!read_number(&code, value, wide ? UINT16_MAX : UINT8_MAX))
		return expected(r, value, wide ? "' is not 0..65535" : "' is not 0..255");
	if (gm->family == MC_IPV4 && gm->version == 2 && code == 0)
		return expected(r, value, "' makes it an IGMPv1 query: write v1-query");
	if (gm->version == (wide ? 2 : 3))
		code = wide ? mc_code16_decode((uint16_t)code) : mc_code8_decode((uint8_t)code);
	gm->max_resp.ns = (int64_t)code * (wide ? MILLISECOND_NS : SECOND_NS / 10);
	return 0;
}

static int set_qqi(struct craft_reader *r, struct mc_span value)
{
	return read_time(&r->out->gm.qqi, value)
		       ? 0
		       : expected(r, value, "' is not a time: 125, 125s, 2000ms");
}

static int set_qqic(struct craft_reader *r, struct mc_span value)
{
	uint64_t code;

	if (!read_number(&code, value, UINT8_MAX))
		return expected(r, value, "' is not 0..255");
	r->out->gm.qqi.ns = (int64_t)mc_code8_decode((uint8_t)code) * SECOND_NS;
	return 0;
}

static int set_qrv(struct craft_reader *r, struct mc_span value)
{
	uint64_t n;

	if (!read_number(&n, value, 7))
		return expected(r, value, "' is not 0..7");
	r->out->gm.qrv = (uint8_t)n;
	return 0;
}

static const struct field {
	const char *name;
	int (*set)(struct craft_reader *r, struct mc_span value);
	bool newest;   /* IGMPv3 and MLDv2 only */
	bool max_resp; /* gives the response time */
} fields[] = {
	{ "max-resp", set_max_resp, false, true },
	{ "max-resp-code", set_max_resp_code, false, true },
	{ "qrv", set_qrv, true, false },
	{ "qqi", set_qqi, true, false },
	{ "qqic", set_qqic, true, false },
};

static int check_version(struct craft_reader *r, struct mc_span word, bool newest)
{
	const struct mc_gm_spec *gm = &r->out->gm;

	if (newest && gm->version != (gm->family == MC_IPV4 ? 3 : 2))
		return expected(r, word, "' is a field of IGMPv3 and MLDv2 queries");
	if (gm->family == MC_IPV4 && gm->version == 1)
		return expected(r, word, "': an IGMPv1 query has no fields");
	return 0;
}

int craft_query_field(struct craft_reader *r, struct mc_span word, bool *max_resp)
{
	struct mc_span value;
	int rc;

	if (word.len == 1 && word.p[0] == 's') {
		rc = check_version(r, word, true);
		r->out->gm.s = true;
		return rc;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (!value_of(&value, word, fields[i].name))
			continue;
		*max_resp |= fields[i].max_resp;
		rc = check_version(r, word, fields[i].newest);
		return rc ? rc : fields[i].set(r, value);
	}
	if (memchr(word.p, '=', word.len))
		return expected(r, word, "' is no field of a query: max-resp, s, qrv, qqi");
	return CRAFT_NO_FIELD;
}

/* --- records ------------------------------------------------------------- */

static bool read_type(uint8_t *type, struct mc_span name)
{
	uint64_t n;

	for (uint8_t t = MC_REC_IS_IN; t <= MC_REC_BLOCK; t++) {
		const char *brief = mc_record_short(t);

		if (name.len == strlen(brief) && !memcmp(name.p, brief, name.len)) {
			*type = t;
			return true;
		}
	}
	if (!read_number(&n, name, UINT8_MAX))
		return false;
	*type = (uint8_t)n;
	return true;
}

static int add_source(struct craft_reader *r, struct mc_gm_record_spec *rec, struct mc_span s)
{
	struct mc_addr a;

	if (!s.len)
		return craft_fail_text(r, text_of(s), "a source is missing here");
	if (mc_addr_parse_n(&a, text_of(s), s.len))
		return expected(r, s, "' is not an IPv4 or IPv6 address");
	if (a.family != rec->group.family)
		return expected(r, s, "' is not of the group's address family");
	if (r->out->n_sources == MC_CRAFT_SOURCES)
		return craft_fail_text(r, text_of(s), "more sources than a packet holds");
	r->out->sources[r->out->n_sources++] = a;
	rec->n_sources++;
	return 0;
}

/* What is between the parentheses. */
static int read_sources(struct craft_reader *r, struct mc_gm_record_spec *rec, struct mc_span list)
{
	rec->sources = r->out->sources + r->out->n_sources;
	if (!list.len)
		return 0;
	for (;;) {
		const uint8_t *comma = memchr(list.p, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.p) : list.len;
		int rc = add_source(r, rec, (struct mc_span){ list.p, len });

		if (rc || !comma)
			return rc;
		list.p += len + 1;
		list.len -= len + 1;
	}
}

static int read_type_and_sources(struct craft_reader *r, struct mc_gm_record_spec *rec,
				 struct mc_span s)
{
	const uint8_t *open = memchr(s.p, '(', s.len);
	struct mc_span name = { s.p, open ? (size_t)(open - s.p) : s.len };

	if (!read_type(&rec->type, name))
		return expected(r, name,
				"' is no record type: is_in, is_ex, to_in, to_ex, allow, block");
	if (!open)
		return 0;
	if (s.p[s.len - 1] != ')')
		return craft_fail_text(r, (const char *)open, "'(' is not closed");
	return read_sources(r, rec,
			    (struct mc_span){ open + 1, s.len - (size_t)(open + 1 - s.p) - 1 });
}

int craft_record(struct craft_reader *r, struct mc_span word)
{
	struct mc_gm_record_spec *rec = &r->out->records[r->out->gm.n_records];
	const uint8_t *sign = memchr(word.p, '=', word.len);
	size_t len = sign ? (size_t)(sign - word.p) : word.len;
	int rc;

	if (r->out->gm.n_records == MC_CRAFT_RECORDS)
		return craft_fail_text(r, text_of(word), "more records than a packet holds");
	rc = craft_read_group(r, &rec->group, text_of(word), len);
	if (rc)
		return rc;
	if (!sign)
		return craft_fail_text(r, text_of(word) + word.len,
				       "a record has a type: GROUP=to_ex()");
	r->out->gm.n_records++;
	return read_type_and_sources(r, rec, (struct mc_span){ sign + 1, word.len - len - 1 });
}

/* --- datagrams ----------------------------------------------------------- */

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int set_hex(struct craft_reader *r, struct mc_span value)
{
	if (value.len % 2)
		return expected(r, value, "' has half a byte at its end");
	if (value.len / 2 > MC_CRAFT_PAYLOAD)
		return craft_fail_text(r, text_of(value), "more than 1472 bytes");
	r->out->payload_len = (uint16_t)(value.len / 2);
	for (size_t i = 0; i < value.len; i++) {
		uint8_t *byte = &r->out->payload[i / 2];
		int digit = digit_of(value.p[i]);

		if (digit < 0)
			return craft_fail_text(r, text_of(value) + i, "not a hex digit");
		*byte = (uint8_t)(*byte << 4 | digit);
	}
	return 0;
}

static int set_text(struct craft_reader *r, struct mc_span value)
{
	if (value.len > MC_CRAFT_PAYLOAD)
		return craft_fail_text(r, text_of(value), "more than 1472 bytes");
	memcpy(r->out->payload, value.p, value.len);
	r->out->payload_len = (uint16_t)value.len;
	return 0;
}

int craft_udp_field(struct craft_reader *r, struct mc_span word)
{
	struct mc_span value;
	uint64_t n;

	if (value_of(&value, word, "hex"))
		return set_hex(r, value);
	if (value_of(&value, word, "text"))
		return set_text(r, value);
	if (value_of(&value, word, "source-port")) {
		if (!read_number(&n, value, UINT16_MAX))
			return expected(r, value, "' is not 0..65535");
		r->out->source_port = (uint16_t)n;
		return 0;
	}
	if (value_of(&value, word, "size")) {
		if (!read_number(&n, value, MC_CRAFT_PAYLOAD))
			return expected(r, value, "' is not 0..1472");
		r->out->payload_len = (uint16_t)n;
		return 0;
	}
	return expected(r, word, "' is no part of a datagram: hex, text, size, source-port");
}
