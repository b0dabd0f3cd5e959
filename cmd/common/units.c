/* units.c - reading quantities */
#include "common/units.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* whole + num / den, as written */
struct decimal {
	uint64_t whole, num, den;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits into *n; the number of them, or -ERANGE. */
static int read_digits(uint64_t *n, const char *s)
{
	int len = 0;

	for (*n = 0; is_digit(s[len]); len++) {
		if (__builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(s[len] - '0'), n))
			return -ERANGE;
	}
	return len;
}

/* Reads "12" or "12.5" and moves *s behind it.  strtod is no help: it takes
 * signs, spaces, hex, "inf" and the point of the locale. */
static int read_decimal(struct decimal *d, const char **s)
{
	int len = read_digits(&d->whole, *s);

	d->num = 0;
	d->den = 1;
	if (len <= 0)
		return len < 0 ? len : -EINVAL;
	*s += len;
	if (**s != '.')
		return 0;
	len = read_digits(&d->num, *s + 1);
	if (len == 0)
		return -EINVAL;
	if (len < 0 || len > 18)
		return -ERANGE;
	for (int i = 0; i < len; i++)
		d->den *= 10;
	*s += len + 1;
	return 0;
}

/* *out = d * scale, rounded down; parts of the smallest unit are refused. */
static int scale_decimal(uint64_t *out, const struct decimal *d, uint64_t scale)
{
	uint64_t num = d->num, part = 0;

	if (scale == 1 && d->num)
		return -EINVAL;
	/* Digit by digit from the last: rounding down between does not change
	 * the result, and nothing becomes wider than ten times the scale. */
	for (uint64_t den = d->den; den > 1; den /= 10, num /= 10)
		part = (num % 10 * scale + part) / 10;
	if (__builtin_mul_overflow(d->whole, scale, out) || __builtin_add_overflow(*out, part, out))
		return -ERANGE;
	return 0;
}

static double decimal_value(const struct decimal *d)
{
	return (double)d->whole + (double)d->num / (double)d->den;
}

static int read_hex(uint64_t *out, const char *s)
{
	uint64_t n = 0;

	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		const char *digits = "0123456789abcdef";
		const char *at = strchr(digits, *s >= 'A' && *s <= 'F' ? *s + 'a' - 'A' : *s);

		if (!at)
			return -EINVAL;
		if (n >> 60)
			return -ERANGE;
		n = n << 4 | (uint64_t)(at - digits);
	}
	*out = n;
	return 0;
}

int parse_u64(uint64_t *out, const char *text)
{
	uint64_t n;
	int len;

	*out = 0;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return read_hex(out, text + 2);
	len = read_digits(&n, text);
	if (len < 0)
		return text[strspn(text, "0123456789")] ? -EINVAL : len;
	if (len == 0 || text[len])
		return -EINVAL;
	*out = n;
	return 0;
}

struct unit {
	const char *name;
	uint64_t scale;
};

static const struct unit time_units[] = {
	{ "d", 86400000000000 }, { "h", 3600000000000 },
	{ "m", 60000000000 },	 { "min", 60000000000 },
	{ "s", 1000000000 },	 { "ms", 1000000 },
	{ "us", 1000 },		 { "ns", 1 },
};

/* The unit that s begins with, up to the next digit or the end. */
static const struct unit *read_time_unit(const char **s)
{
	size_t len = strcspn(*s, "0123456789");

	for (size_t i = 0; i < sizeof(time_units) / sizeof *time_units; i++) {
		const char *name = time_units[i].name;

		if (strlen(name) == len && memcmp(name, *s, len) == 0) {
			*s += len;
			return &time_units[i];
		}
	}
	return NULL;
}

/* One "1.5h" of a time; its unit must be smaller than *below, which it becomes. */
static int read_time_part(uint64_t *ns, const char **s, uint64_t *below)
{
	struct decimal d;
	const struct unit *u;
	uint64_t part;
	int rc = read_decimal(&d, s);

	if (rc < 0)
		return rc;
	u = read_time_unit(s);
	if (!u || u->scale >= *below)
		return -EINVAL;
	*below = u->scale;
	rc = scale_decimal(&part, &d, u->scale);
	if (rc < 0)
		return rc;
	return __builtin_add_overflow(*ns, part, ns) ? -ERANGE : 0;
}

int parse_time(mc_nsec *out, const char *text)
{
	uint64_t ns = 0, below = UINT64_MAX;
	struct decimal d;
	const char *s = text;
	int rc = read_decimal(&d, &s);

	out->ns = 0;
	if (rc == 0 && !*s) {
		rc = scale_decimal(&ns, &d, 1000000000);
	} else if (rc == 0) {
		s = text;
		do
			rc = read_time_part(&ns, &s, &below);
		while (rc == 0 && *s);
	}
	if (rc < 0)
		return rc;
	if (ns > INT64_MAX)
		return -ERANGE;
	out->ns = (int64_t)ns;
	return 0;
}

/* The factor of a leading k M G T, in either case: nobody sends a millibit. */
static double read_power(const char **s)
{
	static const char letters[] = "kmgt";
	double factor = 1;

	for (size_t i = 0; letters[i]; i++) {
		factor *= 1000;
		if ((**s | 0x20) == letters[i]) {
			(*s)++;
			return factor;
		}
	}
	return 1;
}

static enum rate_unit read_rate_unit(const char *s, bool has_power)
{
	static const struct {
		const char *name;
		enum rate_unit unit;
	} units[] = {
		{ "/s", RATE_PACKETS }, { "pps", RATE_PACKETS }, { "bit", RATE_BITS },
		{ "bit/s", RATE_BITS }, { "bps", RATE_BITS },
	};

	if (!*s && !has_power)
		return RATE_PACKETS;
	for (size_t i = 0; i < sizeof(units) / sizeof *units; i++)
		if (strcasecmp(s, units[i].name) == 0)
			return units[i].unit;
	return RATE_NONE;
}

int parse_rate(struct rate *out, const char *text)
{
	const double limit = 1e15;
	struct rate r;
	struct decimal d;
	double power;
	int rc;

	memset(out, 0, sizeof *out);
	if (strcmp(text, "max") == 0) {
		out->unit = RATE_MAX;
		return 0;
	}
	rc = read_decimal(&d, &text);
	if (rc < 0)
		return rc;
	power = read_power(&text);
	r.value = decimal_value(&d) * power;
	r.unit = read_rate_unit(text, power > 1);
	if (r.unit == RATE_NONE || r.value <= 0)
		return -EINVAL;
	if (r.value > limit)
		return -ERANGE;
	*out = r;
	return 0;
}

/* Reads "64" or "1.5k" and moves *s behind it. */
static int read_size(uint64_t *out, const char **s)
{
	struct decimal d;
	uint64_t scale = 1;
	int rc = read_decimal(&d, s);

	if (rc < 0)
		return rc;
	switch (**s) {
	case 'G':
		scale *= 1024;
		/* fall through */
	case 'M':
		scale *= 1024;
		/* fall through */
	case 'k':
	case 'K':
		scale *= 1024;
		(*s)++;
	}
	return scale_decimal(out, &d, scale);
}

int parse_size(uint64_t *out, const char *text)
{
	uint64_t n;
	int rc = read_size(&n, &text);

	*out = 0;
	if (rc < 0)
		return rc;
	if (*text)
		return -EINVAL;
	*out = n;
	return 0;
}

/* What follows the first number of a range: "..MAX" or "..MAX/STEP". */
static int read_range_rest(struct range *r, const char *s)
{
	int rc;

	if (strncmp(s, "..", 2) != 0)
		return -EINVAL;
	s += 2;
	rc = read_size(&r->max, &s);
	if (rc < 0)
		return rc;
	if (*s == '/') {
		s++;
		rc = read_size(&r->step, &s);
		if (rc < 0)
			return rc;
	}
	return *s || r->max < r->min || r->step == 0 ? -EINVAL : 0;
}

/* "64..1472": the point of the range must not be taken for a decimal one. */
static int read_range_min(uint64_t *min, const char **s)
{
	size_t digits = strspn(*s, "0123456789");

	if (digits && strncmp(*s + digits, "..", 2) == 0) {
		int len = read_digits(min, *s);

		*s += digits;
		return len < 0 ? len : 0;
	}
	return read_size(min, s);
}

int parse_range(struct range *out, const char *text)
{
	struct range r = { .step = 1 };
	int rc = read_range_min(&r.min, &text);

	memset(out, 0, sizeof *out);
	r.max = r.min;
	if (rc == 0 && *text)
		rc = read_range_rest(&r, text);
	if (rc == 0)
		*out = r;
	return rc;
}

int parse_percent(double *out, const char *text)
{
	struct decimal d;
	double v;
	int rc = read_decimal(&d, &text);

	*out = 0;
	if (rc < 0)
		return rc;
	v = decimal_value(&d);
	if (strcmp(text, "%") == 0) {
		if (v > 100)
			return -ERANGE;
		*out = v / 100;
		return 0;
	}
	/* "1" is as likely meant to be 1 % as to be all. */
	if (*text || v >= 1)
		return -EINVAL;
	*out = v;
	return 0;
}

/* RFC 2474, 2597, 3246, 5865, 8622 */
static const struct {
	const char *name;
	unsigned dscp;
} dscps[] = {
	{ "cs0", 0 },	{ "df", 0 },	{ "be", 0 },	{ "le", 1 },	{ "cs1", 8 },
	{ "af11", 10 }, { "af12", 12 }, { "af13", 14 }, { "cs2", 16 },	{ "af21", 18 },
	{ "af22", 20 }, { "af23", 22 }, { "cs3", 24 },	{ "af31", 26 }, { "af32", 28 },
	{ "af33", 30 }, { "cs4", 32 },	{ "af41", 34 }, { "af42", 36 }, { "af43", 38 },
	{ "cs5", 40 },	{ "va", 44 },	{ "ef", 46 },	{ "cs6", 48 },	{ "cs7", 56 },
};

#define N_DSCPS (sizeof(dscps) / sizeof *dscps)

int parse_dscp(unsigned *out, const char *text)
{
	uint64_t n;
	int rc;

	*out = 0;
	for (size_t i = 0; i < N_DSCPS; i++) {
		if (strcasecmp(text, dscps[i].name) == 0) {
			*out = dscps[i].dscp;
			return 0;
		}
	}
	rc = parse_u64(&n, text);
	if (rc < 0)
		return rc;
	if (n > 63)
		return -ERANGE;
	*out = (unsigned)n;
	return 0;
}

const char *dscp_name(unsigned dscp)
{
	for (size_t i = 0; i < N_DSCPS; i++)
		if (dscps[i].dscp == dscp)
			return dscps[i].name;
	return NULL;
}
