/* put.c - numbers, addresses and times as text, by lookup tables */
#include "igmpdump/buf.h"

#include <time.h>

const char put_pairs[] = "00010203040506070809101112131415161718192021222324"
			 "25262728293031323334353637383940414243444546474849"
			 "50515253545556575859606162636465666768697071727374"
			 "75767778798081828384858687888990919293949596979899";
static const char hex[] = "0123456789abcdef";

uint64_t put_octets[PIECES], put_words[PIECES];

#define SECOND 1000000000

char *put_digits(char *p, uint64_t v, unsigned digits)
{
	char *end = p + digits;

	for (char *q = end; q > p;) {
		if (q - p == 1) {
			*--q = (char)('0' + v % 10);
		} else {
			q -= 2;
			memcpy(q, put_pairs + v % 100 * 2, 2);
			v /= 100;
		}
	}
	return end;
}

char *put_u64(char *p, uint64_t v)
{
	unsigned digits = 1;

	for (uint64_t rest = v; rest >= 10; rest /= 10)
		digits++;
	return put_digits(p, v, digits);
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

static uint64_t make(uint64_t *pieces, const uint8_t b[2], const char *text, const char *end)
{
	struct piece piece = { .len = (uint8_t)(end - text) };
	uint64_t whole;

	memcpy(piece.text, text, piece.len);
	memcpy(&whole, &piece, sizeof whole);
	__atomic_store_n(&pieces[b[0] << 8 | b[1]], whole, __ATOMIC_RELAXED);
	return whole;
}

uint64_t put_make_octets(const uint8_t b[2])
{
	char text[8], *p = put_u64(text, b[0]);

	*p++ = '.';
	return make(put_octets, b, text, put_u64(p, b[1]));
}

uint64_t put_make_word(const uint8_t b[2])
{
	unsigned v = (unsigned)b[0] << 8 | b[1];
	char text[8], *p = put_hex(text, v, 1u + (v > 0xf) + (v > 0xff) + (v > 0xfff));

	*p++ = ':';
	return make(put_words, b, text, p);
}

/* A bit for each of the four words that is zero, the first lowest. */
static inline unsigned zeros_of(const uint8_t *b)
{
	const uint64_t low = 0x7fff7fff7fff7fff;
	uint64_t v;

	memcpy(&v, b, sizeof v);
	/* The highest bit of a sum is clear if all others of its word were. */
	v = ~(((v & low) + low) | v | low) >> 15;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (unsigned)(v * 0x0001000200040008 >> 48) & 15;
#else
	return (unsigned)(v * 0x0008000400020001 >> 48) & 15;
#endif
}

/* The longest run of at least two zero words, the first of equals (RFC 5952
 * 4.2); zeros: a bit for each. */
struct run {
	uint8_t start; /* 8: there is none */
	uint8_t len;   /* 0: not yet sought */
};

static struct run find_run(unsigned zeros)
{
	/* A bit for each place where two begin, then three, and so on. */
	unsigned run = zeros & zeros >> 1, longer;
	struct run r = { 8, 2 };

	while (run && (longer = run & zeros >> r.len)) {
		run = longer;
		r.len++;
	}
	if (run)
		r.start = (uint8_t)__builtin_ctz(run);
	return r;
}

/* Forms with an IPv4 address inside are rare, and not worth a copy here. */
static char *put_ipv6_rare(char *p, const uint8_t *b)
{
	struct mc_addr a = mc_addr_from_bytes(MC_IPV6, b);
	char text[MC_ADDR_TEXT];

	return put_s(p, mc_addr_format(&a, text));
}

/* Each word comes with its colon; the one of the last is taken back. */
char *put_ipv6(char *p, const uint8_t *b)
{
	static _Thread_local struct run runs[256];
	unsigned zeros = zeros_of(b) | zeros_of(b + 8) << 4;
	struct run *run = &runs[zeros];
	const uint8_t *end = b + 16, *from = b;

	if ((zeros & 31) == 31)
		return put_ipv6_rare(p, b);
	if (!run->len)
		*run = find_run(zeros);
	for (const uint8_t *to = b + 2 * run->start; from < to; from += 2)
		p = put_piece(p, from, put_words, put_make_word);
	if (from == end)
		return p - 1;
	if (from == b)
		*p++ = ':';
	*p++ = ':';
	from += 2 * run->len;
	if (from == end)
		return p;
	for (; from < end; from += 2)
		p = put_piece(p, from, put_words, put_make_word);
	return p - 1;
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

struct put_parts put_split(mc_nsec when)
{
	int64_t ns = when.ns % SECOND, second = when.ns / SECOND;

	return ns < 0 ? (struct put_parts){ second - 1, (uint32_t)(ns + SECOND) }
		      : (struct put_parts){ second, (uint32_t)ns };
}

char *put_time(char *p, mc_nsec since_epoch)
{
	static _Thread_local struct put_second second;
	uint64_t ns = (uint64_t)since_epoch.ns - second.begins;

	if (ns >= SECOND || !second.len) {
		struct put_parts now = put_split(since_epoch);
		time_t t = (time_t)now.second;
		struct tm tm;

		gmtime_r(&t, &tm);
		second.len = strftime(second.text, sizeof second.text, "%Y-%m-%dT%H:%M:%S.", &tm);
		second.begins = (uint64_t)since_epoch.ns - now.ns;
		ns = now.ns;
	}
	memcpy(p, second.text, sizeof second.text);
	p = put_nine(p + second.len, (unsigned)ns);
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
