/* put.c - numbers, addresses and times as text, by lookup tables */
#include "igmpdump/buf.h"

#include <time.h>

/* "0".."255" with their lengths: four bytes are copied whatever the length. */
struct octet {
	char text[3];
	uint8_t len;
};

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

static const struct octet octets[256] = {
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
		memcpy(p, octets[v].text, 3);
		return p + octets[v].len;
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

static char *put_octet(char *p, uint8_t v)
{
	memcpy(p, &octets[v], 4);
	return p + octets[v].len;
}

static char *put_ipv4(char *p, const uint8_t *b)
{
	p = put_octet(p, b[0]);
	*p++ = '.';
	p = put_octet(p, b[1]);
	*p++ = '.';
	p = put_octet(p, b[2]);
	*p++ = '.';
	return put_octet(p, b[3]);
}

static char *put_word(char *p, unsigned v)
{
	if (v > 0xfff)
		*p++ = hex[v >> 12];
	if (v > 0xff)
		*p++ = hex[v >> 8 & 15];
	if (v > 0xf)
		*p++ = hex[v >> 4 & 15];
	*p++ = hex[v & 15];
	return p;
}

/* The longest run of at least two zero words, the first of equals (RFC 5952 4.2);
 * its start, 8 if there is none. */
static unsigned zero_run(const uint16_t w[8], unsigned *len)
{
	unsigned best = 8;

	*len = 1;
	for (unsigned i = 0; i < 8; i++) {
		unsigned n = 0;

		while (i + n < 8 && !w[i + n])
			n++;
		if (n > *len) {
			*len = n;
			best = i;
		}
		i += n;
	}
	return best;
}

static char *put_ipv6(char *p, const struct mc_addr *a)
{
	uint16_t w[8];
	unsigned run, len;
	char text[MC_ADDR_TEXT];

	for (unsigned i = 0; i < 8; i++)
		w[i] = (uint16_t)(a->bytes[2 * i] << 8 | a->bytes[2 * i + 1]);
	/* Forms with an IPv4 address inside are rare, and not worth a copy here. */
	if (!(w[0] | w[1] | w[2] | w[3] | w[4]))
		return put_s(p, mc_addr_format(a, text));
	run = zero_run(w, &len);
	for (unsigned i = 0; i < 8; i++) {
		if (i == run) {
			*p++ = ':';
			i += len - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		p = put_word(p, w[i]);
	}
	return p;
}

char *put_addr(char *p, const struct mc_addr *a)
{
	if (a->family == MC_IPV4)
		return put_ipv4(p, a->bytes);
	if (a->family == MC_IPV6)
		return put_ipv6(p, a);
	*p++ = '-';
	return p;
}

char *put_mac(char *p, const struct mc_mac *m)
{
	for (unsigned i = 0; i < 6; i++) {
		p[0] = hex[m->bytes[i] >> 4];
		p[1] = hex[m->bytes[i] & 15];
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
