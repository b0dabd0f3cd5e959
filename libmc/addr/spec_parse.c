/* spec_parse.c - reads the notation for groups, sources, ranges and ports
 *
 * One pass, left to right.  A part that does not parse is reported at the
 * character that a person has to change. */
#include <mc/spec.h>
#include <string.h>
#include "addr/text.h"

/* A stretch of the input, which messages quote. */
struct token {
	const char *p;
	size_t len;
};

struct reader {
	const char *text;
	size_t at;
	struct mc_spec *out;
	struct mc_spec_error *err;
	struct token first_source;
};

/* Appends what the user wrote: shortened when long, and without bytes that a
 * terminal would act on. */
static void add_quoted(struct text *t, struct token quoted)
{
	size_t shown = quoted.len < MC_ADDR_TEXT ? quoted.len : MC_ADDR_TEXT - 4;

	for (size_t i = 0; i < shown; i++) {
		bool printable = quoted.p[i] > ' ' && quoted.p[i] <= '~';

		text_add_n(t, printable ? quoted.p + i : "?", 1);
	}
	text_add(t, shown < quoted.len ? "..." : "");
}

static int fail_about(struct reader *r, size_t offset, const char *before, struct token quoted,
		      const char *after)
{
	struct text t = text_in(r->err->text, sizeof(r->err->text));

	r->err->offset = offset;
	text_add(&t, before);
	add_quoted(&t, quoted);
	text_add(&t, after);
	return -MC_EBADSPEC;
}

static int fail(struct reader *r, size_t offset, const char *text)
{
	return fail_about(r, offset, text, (struct token){ "", 0 }, "");
}

static char peek(const struct reader *r)
{
	return r->text[r->at];
}

static size_t offset_of(const struct reader *r, struct token t)
{
	return (size_t)(t.p - r->text);
}

/* The address at the cursor: up to the next sign of the notation, and up to a
 * colon when it cannot be IPv6. */
static struct token address_token(const struct reader *r)
{
	struct token t = { r->text + r->at, strcspn(r->text + r->at, "@,+/-%[]!") };
	const char *colon = memchr(t.p, ':', t.len);
	const char *dot = memchr(t.p, '.', t.len);
	size_t to_colon = colon ? (size_t)(colon - t.p) : t.len;

	if (colon && (!memchr(colon + 1, ':', t.len - to_colon - 1) || (dot && dot < colon)))
		t.len = to_colon;
	return t;
}

static int fail_needs_brackets(struct reader *r, size_t offset, struct token address)
{
	return fail_about(r, offset, "IPv6 group with a port needs brackets: [", address, "]:PORT");
}

/* "ff0e:2:3:4:5:6:7:8:5000": a group and a port, without brackets. */
static bool is_group_and_port(struct token t, struct token *group)
{
	const char *colon = memrchr(t.p, ':', t.len);
	struct mc_addr a;

	*group = (struct token){ t.p, colon ? (size_t)(colon - t.p) : 0 };
	return colon && !mc_addr_parse_n(&a, group->p, group->len) && mc_addr_is_multicast(&a);
}

/* Reads an address and steps over it; *t is its text. */
static int read_address(struct reader *r, struct mc_addr *a, struct token *t)
{
	struct token group;

	*t = address_token(r);
	if (!mc_addr_parse_n(a, t->p, t->len)) {
		r->at += t->len;
		return 0;
	}
	if (t->len == 0)
		return fail(r, r->at, "an address is missing here");
	if (is_group_and_port(*t, &group))
		return fail_needs_brackets(r, r->at + group.len, group);
	return fail_about(r, r->at, "'", *t, "' is not an IPv4 or IPv6 address");
}

static int check_group(struct reader *r, const struct mc_addr *a, struct token t)
{
	if (!mc_addr_is_multicast(a))
		return fail_about(r, offset_of(r, t), "", t, " is not a multicast group");
	if (r->out->n_sources && r->out->sources[0].family != a->family)
		return fail_about(r, offset_of(r, r->first_source), "source ", r->first_source,
				  a->family == MC_IPV4 ? " is IPv6, the group is IPv4"
						       : " is IPv4, the group is IPv6");
	return 0;
}

/* "[" ADDRESS "]" or ADDRESS. */
static int read_maybe_bracketed(struct reader *r, struct mc_addr *a, struct token *t)
{
	bool bracket = peek(r) == '[';
	size_t open = r->at;
	int rc;

	r->at += bracket;
	rc = read_address(r, a, t);
	if (rc)
		return rc;
	if (!bracket)
		return 0;
	if (peek(r) != ']')
		return fail(r, open, "'[' is not closed after the address");
	r->at++;
	return 0;
}

static bool is_listed(const struct mc_spec *s, const struct mc_addr *a)
{
	for (unsigned i = 0; i < s->n_sources; i++) {
		if (!mc_addr_cmp(&s->sources[i], a))
			return true;
	}
	return false;
}

static int check_source(struct reader *r, const struct mc_addr *a, struct token t)
{
	size_t offset = offset_of(r, t);

	if (mc_addr_is_multicast(a))
		return fail_about(r, offset, "source ", t, " is itself a group");
	if (mc_addr_is_unspecified(a) || mc_addr_is_broadcast(a))
		return fail_about(r, offset, "source ", t, " is not the address of a host");
	if (r->out->n_sources && a->family != r->out->sources[0].family)
		return fail_about(r, offset, "source ", t,
				  a->family == MC_IPV6 ? " is IPv6, the first is IPv4"
						       : " is IPv4, the first is IPv6");
	if (is_listed(r->out, a))
		return fail_about(r, offset, "duplicate source ", t, "");
	if (r->out->n_sources == MC_SPEC_SOURCES)
		return fail(r, offset, "more than 64 sources");
	return 0;
}

static int read_source(struct reader *r)
{
	struct mc_spec *out = r->out;
	enum mc_filter_mode mode = peek(r) == '!' ? MC_EXCLUDE : MC_INCLUDE;
	size_t start = r->at;
	struct mc_addr a;
	struct token t;
	int rc;

	if (out->n_sources && mode != out->mode)
		return fail(r, start, "mixes '!' and plain sources");
	r->at += mode == MC_EXCLUDE;
	if (peek(r) == ',' || peek(r) == '@')
		return fail(r, r->at, "a source is missing here");
	rc = read_maybe_bracketed(r, &a, &t);
	if (!rc)
		rc = check_source(r, &a, t);
	if (rc)
		return rc;
	if (!out->n_sources)
		r->first_source = t;
	out->mode = mode;
	out->sources[out->n_sources++] = a;
	return 0;
}

static int read_sources(struct reader *r)
{
	for (;;) {
		int rc = read_source(r);
		struct token next;

		if (rc)
			return rc;
		next = (struct token){ r->text + r->at, 1 };
		switch (peek(r)) {
		case ',':
			r->at++;
			continue;
		case '@':
			r->at++;
			return 0;
		case '+':
		case '/':
		case '-':
			return fail(r, r->at, "a source is one address, not a range");
		case ':':
			return fail(r, r->at, "a source has no port");
		default:
			return fail_about(r, r->at, "unexpected '", next, "' after a source");
		}
	}
}

/* Reads decimal digits up to `limit`; *fits is false above it.  *t is the text,
 * empty when there are no digits. */
static uint64_t read_number(struct reader *r, uint64_t limit, struct token *t, bool *fits)
{
	uint64_t value = 0;

	*t = (struct token){ r->text + r->at, strspn(r->text + r->at, "0123456789") };
	*fits = true;
	for (size_t i = 0; i < t->len; i++) {
		unsigned digit = (unsigned)(t->p[i] - '0');

		if (value > (limit - digit) / 10)
			*fits = false;
		value = *fits ? value * 10 + digit : limit;
	}
	r->at += t->len;
	return value;
}

static int fail_past_end(struct reader *r, size_t offset)
{
	return fail(r, offset,
		    r->out->first.family == MC_IPV4
			    ? "range runs past 239.255.255.255"
			    : "range runs past ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static int read_count(struct reader *r)
{
	struct mc_addr last;
	struct token t;
	bool fits;

	r->at++;
	r->out->count = read_number(r, UINT64_MAX, &t, &fits);
	if (t.len == 0)
		return fail(r, r->at, "a number of groups is missing after '+'");
	if (r->out->count == 0)
		return fail(r, offset_of(r, t), "a range has at least 1 group");
	if (!fits && r->out->first.family == MC_IPV6)
		return fail(r, offset_of(r, t), "range of more than 18446744073709551615 groups");
	if (!fits || mc_addr_add(&last, &r->out->first, r->out->count - 1) ||
	    !mc_addr_is_multicast(&last))
		return fail_past_end(r, offset_of(r, t));
	return 0;
}

static int check_prefix(struct reader *r, unsigned bits, struct token t)
{
	bool v4 = r->out->first.family == MC_IPV4;
	size_t offset = offset_of(r, t);

	if (bits < (v4 ? 4 : 8))
		return fail_about(r, offset, "prefix /", t,
				  v4 ? " reaches outside 224.0.0.0/4"
				     : " reaches outside ff00::/8");
	if (!v4 && bits < 65)
		return fail_about(r, offset, "prefix /", t,
				  " holds too many groups to count: /65 is the widest");
	return 0;
}

static int read_prefix(struct reader *r)
{
	unsigned width = r->out->first.family == MC_IPV4 ? 32 : 128;
	struct token t;
	unsigned bits;
	bool fits;
	int rc;

	r->at++;
	bits = (unsigned)read_number(r, 999, &t, &fits);
	if (t.len == 0)
		return fail(r, r->at, "a prefix length is missing after '/'");
	if (bits > width)
		return fail_about(r, offset_of(r, t), "prefix /", t,
				  width == 32 ? " is longer than 32 bits"
					      : " is longer than 128 bits");
	rc = check_prefix(r, bits, t);
	if (rc)
		return rc;
	r->out->first = mc_addr_masked(&r->out->first, bits);
	r->out->count = (uint64_t)1 << (width - bits);
	return 0;
}

/* The last address of a range, in brackets of its own when the first had some. */
static int read_last(struct reader *r)
{
	const struct mc_addr *first = &r->out->first;
	struct mc_addr last;
	uint64_t distance;
	struct token t;
	int rc;

	r->at++;
	rc = read_maybe_bracketed(r, &last, &t);
	if (rc)
		return rc;
	if (last.family != first->family)
		return fail(r, offset_of(r, t), "range mixes IPv4 and IPv6");
	rc = check_group(r, &last, t);
	if (rc)
		return rc;
	if (mc_addr_cmp(&last, first) < 0)
		return fail(r, offset_of(r, t), "range ends before it starts");
	if (mc_addr_distance(&distance, first, &last) || distance == UINT64_MAX)
		return fail(r, offset_of(r, t), "range of more than 18446744073709551615 groups");
	r->out->count = distance + 1;
	return 0;
}

static bool is_range_sign(char c)
{
	return c == '+' || c == '/' || c == '-';
}

static int read_range(struct reader *r)
{
	char sign = peek(r);
	int rc;

	if (!is_range_sign(sign))
		return 0;
	rc = sign == '+' ? read_count(r) : sign == '/' ? read_prefix(r) : read_last(r);
	if (!rc && is_range_sign(peek(r)))
		return fail(r, r->at, "only one of +COUNT, /PREFIX and -LAST");
	return rc;
}

static int read_closing_bracket(struct reader *r, size_t open)
{
	struct token next = { r->text + r->at, 1 };

	if (peek(r) == ']') {
		r->at++;
		return 0;
	}
	if (peek(r) == '\0')
		return fail(r, open, "'[' is not closed");
	if (peek(r) == '%')
		return fail(r, r->at, "the interface goes last: [GROUP]:PORT%IF");
	if (peek(r) == ':')
		return fail(r, r->at, "the port goes behind the bracket: [GROUP]:PORT");
	return fail_about(r, r->at, "unexpected '", next, "' inside brackets");
}

static int read_port(struct reader *r)
{
	struct token t;
	bool fits;

	r->at++;
	r->out->port = (uint16_t)read_number(r, UINT16_MAX, &t, &fits);
	if (t.len == 0)
		return fail(r, r->at, "a port number is missing after ':'");
	if (!fits)
		return fail_about(r, offset_of(r, t), "port ", t, " is above 65535");
	if (r->out->port == 0)
		return fail_about(r, offset_of(r, t), "port ", t, " is not a port");
	return 0;
}

/* What may stand between the closing bracket and the port. */
static int read_outer_range(struct reader *r)
{
	if (!is_range_sign(peek(r)))
		return 0;
	if (r->out->count)
		return fail(r, r->at, "only one of +COUNT, /PREFIX and -LAST");
	/* [ff3e::1]-ff3e::9:5000 would read as a group ff3e::9:5000. */
	if (peek(r) == '-' && r->text[r->at + 1] != '[' && r->out->first.family == MC_IPV6)
		return fail(r, r->at + 1, "the last group needs brackets too: [FIRST]-[LAST]");
	return read_range(r);
}

static int read_bracketed_group(struct reader *r)
{
	size_t open = r->at++;
	struct token t;
	int rc = read_address(r, &r->out->first, &t);

	if (!rc)
		rc = check_group(r, &r->out->first, t);
	if (!rc)
		rc = read_range(r);
	if (!rc)
		rc = read_closing_bracket(r, open);
	return rc ? rc : read_outer_range(r);
}

static int read_plain_group(struct reader *r)
{
	struct token t;
	int rc = read_address(r, &r->out->first, &t);

	if (!rc)
		rc = check_group(r, &r->out->first, t);
	if (!rc)
		rc = read_range(r);
	if (!rc && peek(r) == ':' && r->out->first.family == MC_IPV6)
		rc = fail_needs_brackets(r, r->at, t);
	return rc;
}

/* GROUP with its range and port. */
static int read_group(struct reader *r)
{
	int rc;

	if (peek(r) == '\0')
		return fail(r, r->at, "a group is missing here");
	if (peek(r) == '!')
		return fail(r, r->at, "'!' excludes a source: !SOURCE@GROUP");
	rc = peek(r) == '[' ? read_bracketed_group(r) : read_plain_group(r);
	return !rc && peek(r) == ':' ? read_port(r) : rc;
}

static int read_interface(struct reader *r)
{
	const char *name = r->text + ++r->at;
	size_t len = strnlen(name, MC_SPEC_IFNAME), stop = strcspn(name, ":/");

	if (len == 0)
		return fail(r, r->at, "an interface name is missing after '%'");
	/* What the kernel refuses in a name. */
	if (name[stop] == ':')
		return fail(r, r->at + stop, "the port goes before the interface: GROUP:PORT%IF");
	if (name[stop] == '/')
		return fail(r, r->at + stop, "an interface name has no '/'");
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return fail_about(r, r->at, "'", (struct token){ name, len },
				  "' is not an interface name");
	if (len == MC_SPEC_IFNAME)
		return fail(r, r->at + MC_SPEC_IFNAME - 1,
			    "interface name longer than 15 characters");
	memcpy(r->out->ifname, name, len);
	r->at += len;
	return 0;
}

static int read_end(struct reader *r)
{
	struct token next = { r->text + r->at, 1 };

	if (!peek(r))
		return 0;
	if (is_range_sign(peek(r)))
		return fail(r, r->at, "the range goes before the port: GROUP+COUNT:PORT");
	return fail_about(r, r->at, "unexpected '", next, "'");
}

static int read_spec(struct reader *r)
{
	size_t space = strcspn(r->text, " \t\r\n\v\f"), sign = strcspn(r->text, "@%");
	int rc = 0;

	if (!r->text[0])
		return fail(r, 0, "empty: write a group such as 239.1.1.1");
	if (r->text[space])
		return fail(r, space, "no spaces here");
	/* An '@' behind the '%' would belong to the interface's name. */
	if (r->text[sign] == '@')
		rc = read_sources(r);
	if (!rc)
		rc = read_group(r);
	if (!rc && peek(r) == '%')
		rc = read_interface(r);
	if (!rc)
		rc = read_end(r);
	if (!rc && !r->out->count)
		r->out->count = 1;
	return rc;
}

int mc_spec_parse(struct mc_spec *out, const char *text, struct mc_spec_error *err)
{
	struct mc_spec_error unwanted;
	struct reader r = { .text = text, .out = out, .err = err ? err : &unwanted };
	int rc;

	memset(out, 0, sizeof(*out));
	memset(r.err, 0, sizeof(*r.err));
	rc = read_spec(&r);
	if (rc)
		memset(out, 0, sizeof(*out));
	return rc;
}
