/* put.c - numbers, addresses and times as text, by lookup tables */
#include "igmpdump/buf.h"

#include <time.h>

#define ONE(a)                                                                                     \
	{                                                                                          \
		{ a }, 1                                                                           \
	}
#define TWO(a, b)                                                                                  \
	{                                                                                          \
		{ a, b }, 2                                                                        \
	}
#define THREE(a, b, c)                                                                             \
	{                                                                                          \
		{ a, b, c }, 3                                                                     \
	}
#define ONES(m) m('0'), m('1'), m('2'), m('3'), m('4'), m('5'), m('6'), m('7'), m('8'), m('9')
#define TENS(a)                                                                                    \
	TWO(a, '0'), TWO(a, '1'), TWO(a, '2'), TWO(a, '3'), TWO(a, '4'), TWO(a, '5'), TWO(a, '6'), \
		TWO(a, '7'), TWO(a, '8'), TWO(a, '9')
#define TEN(a, b)                                                                                  \
	THREE(a, b, '0'), THREE(a, b, '1'), THREE(a, b, '2'), THREE(a, b, '3'), THREE(a, b, '4'),  \
		THREE(a, b, '5'), THREE(a, b, '6'), THREE(a, b, '7'), THREE(a, b, '8'),            \
		THREE(a, b, '9')

const struct octet put_octets[256] = {
	ONES(ONE),
	TENS('1'),
	TENS('2'),
	TENS('3'),
	TENS('4'),
	TENS('5'),
	TENS('6'),
	TENS('7'),
	TENS('8'),
	TENS('9'),
	TEN('1', '0'),
	TEN('1', '1'),
	TEN('1', '2'),
	TEN('1', '3'),
	TEN('1', '4'),
	TEN('1', '5'),
	TEN('1', '6'),
	TEN('1', '7'),
	TEN('1', '8'),
	TEN('1', '9'),
	TEN('2', '0'),
	TEN('2', '1'),
	TEN('2', '2'),
	TEN('2', '3'),
	TEN('2', '4'),
	THREE('2', '5', '0'),
	THREE('2', '5', '1'),
	THREE('2', '5', '2'),
	THREE('2', '5', '3'),
	THREE('2', '5', '4'),
	THREE('2', '5', '5'),
};

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";
static const char hex[] = "0123456789abcdef";

#define HEX2(a, b)                                                                                 \
	{                                                                                          \
		a, b                                                                               \
	}
#define HEX_ROW(a)                                                                                 \
	HEX2(a, '0'), HEX2(a, '1'), HEX2(a, '2'), HEX2(a, '3'), HEX2(a, '4'), HEX2(a, '5'),        \
		HEX2(a, '6'), HEX2(a, '7'), HEX2(a, '8'), HEX2(a, '9'), HEX2(a, 'a'),              \
		HEX2(a, 'b'), HEX2(a, 'c'), HEX2(a, 'd'), HEX2(a, 'e'), HEX2(a, 'f')

static const char hex_pairs[256][2] = {
	HEX_ROW('0'), HEX_ROW('1'), HEX_ROW('2'), HEX_ROW('3'), HEX_ROW('4'), HEX_ROW('5'),
	HEX_ROW('6'), HEX_ROW('7'), HEX_ROW('8'), HEX_ROW('9'), HEX_ROW('a'), HEX_ROW('b'),
	HEX_ROW('c'), HEX_ROW('d'), HEX_ROW('e'), HEX_ROW('f'),
};

#define SECOND 1000000000

char *put_digits(char *p, uint64_t v, unsigned digits)
{
	char *end = p + digits;

	for (char *q = end; q > p;) {
		if (q - p == 1) {
			*--q = (char)('0' + v % 10);
		} else {
			q -= 2;
			memcpy(q, pairs + v % 100 * 2, 2);
			v /= 100;
		}
	}
	return end;
}

char *put_u64(char *p, uint64_t v)
{
	char text[20], *q = text + sizeof text;

	if (v < 256) {
		memcpy(p, put_octets[v].text, 3);
		return p + put_octets[v].len;
	}
	while (v >= 100) {
		q -= 2;
		memcpy(q, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		q -= 2;
		memcpy(q, pairs + v * 2, 2);
	} else if (v) {
		*--q = (char)('0' + v);
	}
	return put_n(p, q, (size_t)(text + sizeof text - q));
}

char *put_i64(char *p, int64_t v)
{
	if (v >= 0)
		return put_u64(p, (uint64_t)v);
	*p++ = '-';
	return put_u64(p, -(uint64_t)v);
}

char *put_hex(char *p, uint64_t v, unsigned digits)
{
	for (char *q = p + digits; q > p; v >>= 4)
		*--q = hex[v & 15];
	return p + digits;
}

/* Without branches, which addresses would mispredict: four digits are made in a
 * register, leading zeros shifted out, and four bytes stored whatever is left.
 * (Through memory, the load would wait for two stores.) */
static inline char *put_word(char *p, unsigned v)
{
	unsigned digits = 1u + (v > 0xf) + (v > 0xff) + (v > 0xfff);
	uint16_t high, low;
	uint32_t text;

	memcpy(&high, hex_pairs[v >> 8], sizeof high);
	memcpy(&low, hex_pairs[v & 255], sizeof low);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	text = ((uint32_t)low << 16 | high) >> (32 - 8 * digits);
#else
	text = ((uint32_t)high << 16 | low) << (32 - 8 * digits);
#endif
	memcpy(p, &text, sizeof text);
	return p + digits;
}

/* The longest run of at least two zero words, the first of equals (RFC 5952
 * 4.2).  zeros: a bit for each word that is zero, the first lowest. */
static unsigned zero_run(unsigned zeros, unsigned *len)
{
	/* A bit for each place where two begin, then three, and so on. */
	unsigned run = zeros & zeros >> 1, longer;

	*len = 2;
	if (!run)
		return 8;
	while ((longer = run & zeros >> *len)) {
		run = longer;
		++*len;
	}
	return (unsigned)__builtin_ctz(run);
}

/* Forms with an IPv4 address inside are rare, and not worth a copy here. */
static char *put_ipv6_rare(char *p, const uint8_t *b)
{
	struct mc_addr a = mc_addr_from_bytes(MC_IPV6, b);
	char text[MC_ADDR_TEXT];

	return put_s(p, mc_addr_format(&a, text));
}

char *put_ipv6(char *p, const uint8_t *b)
{
	unsigned w[8], zeros = 0, start, len;

	for (unsigned i = 0; i < 8; i++) {
		w[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
		zeros |= (unsigned)!w[i] << i;
	}
	if ((zeros & 31) == 31)
		return put_ipv6_rare(p, b);
	start = zero_run(zeros, &len);
	for (unsigned i = 0; i < start; i++) {
		p = put_word(p, w[i]);
		*p++ = ':';
	}
	if (start == 8)
		return p - 1;
	if (!start)
		*p++ = ':';
	for (unsigned i = start + len; i < 8; i++) {
		*p++ = ':';
		p = put_word(p, w[i]);
	}
	if (start + len == 8)
		*p++ = ':';
	return p;
}

char *put_mac(char *p, const struct mc_mac *m)
{
	for (unsigned i = 0; i < 6; i++) {
		memcpy(p, hex_pairs[m->bytes[i]], 2);
		p[2] = ':';
		p += 3;
	}
	return p - 1;
}

/* The text of a second is made once. */
char *put_time(char *p, mc_nsec since_epoch)
{
	static int64_t known = INT64_MIN;
	static char text[32];
	static size_t len;
	int64_t ns = since_epoch.ns % SECOND, second = since_epoch.ns / SECOND;

	if (ns < 0) {
		ns += SECOND;
		second--;
	}
	if (second != known) {
		time_t t = (time_t)second;
		struct tm tm;

		gmtime_r(&t, &tm);
		len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &tm);
		known = second;
	}
	p = put_n(p, text, len);
	p = put_digits(p, (uint64_t)ns, 9);
	*p++ = 'Z';
	return p;
}

char *put_duration(char *p, mc_nsec d)
{
	static const struct {
		int64_t ns;
		const char *unit;
	} units[] = { { SECOND, " s" }, { 1000000, " ms" }, { 1000, " us" }, { 1, " ns" } };
	uint64_t ns = d.ns < 0 ? -(uint64_t)d.ns : (uint64_t)d.ns;
	unsigned i = 0;
	uint64_t rest;

	if (d.ns < 0)
		*p++ = '-';
	if (!ns)
		return PUT_LITERAL(p, "0 s");
	while (ns < (uint64_t)units[i].ns)
		i++;
	p = put_u64(p, ns / (uint64_t)units[i].ns);
	rest = ns % (uint64_t)units[i].ns;
	if (rest) {
		*p++ = '.';
		for (uint64_t digit = (uint64_t)units[i].ns / 10; rest; digit /= 10) {
			*p++ = (char)('0' + rest / digit);
			rest %= digit;
		}
	}
	return put_s(p, units[i].unit);
}
