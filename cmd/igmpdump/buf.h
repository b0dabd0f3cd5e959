/* buf.h - an output buffer that formatting writes into without asking.
 *
 * One of two kinds: with a descriptor it is written out in blocks when it is
 * full; without (fd -1) it grows and is read from memory.  The put functions
 * that promise so ("checked") make room themselves; the others write at most
 * BUF_SLACK bytes altogether after one buf_room():
 *
 *   char *p = buf_room(b);
 *   p = put_addr(p, &m->f.src);
 *   *p++ = ' ';
 *   p = put_u64(p, n);
 *   buf_done(b, p);
 *
 * The put_*() family writes at p and returns the new end; nothing is terminated
 * by a NUL. */
#ifndef IGMPDUMP_BUF_H
#define IGMPDUMP_BUF_H

#include <string.h>

#include <mc/addr.h>

#define BUF_SLACK  4096
#define BUF_MARGIN 64 /* behind the slack: texts are copied in whole words */

struct buf {
	int fd;
	char *start, *p;
	char *limit;	   /* BUF_SLACK and BUF_MARGIN before the end */
	int err;	   /* of the first failed write or allocation, negated errno */
	const char *ahead; /* somebody else's text, to be written before what it holds */
	size_t ahead_len;
};

/* 0 or -ENOMEM. */
int buf_open(struct buf *b, int fd, size_t block);
void buf_close(struct buf *b);

/* Writes it all out.  A broken stdout is made known to out.h, so that
 * out_broken() and out_finish() see it.  Without a descriptor: nothing. */
void buf_flush(struct buf *b);

/* Empties one that is kept in memory. */
static inline void buf_reset(struct buf *b)
{
	b->p = b->start;
}

static inline size_t buf_len(const struct buf *b)
{
	return (size_t)(b->p - b->start);
}

void buf_make_room(struct buf *b); /* of buf_room() */

/* Where BUF_SLACK bytes may be written; never NULL. */
static inline char *buf_room(struct buf *b)
{
	if (__builtin_expect(b->p > b->limit, 0))
		buf_make_room(b);
	return b->p;
}

static inline void buf_done(struct buf *b, char *p)
{
	b->p = p;
}

/* Checked; any length. */
void buf_putn(struct buf *b, const char *s, size_t len);
void buf_puts(struct buf *b, const char *s);

/* A quoted, escaped JSON string; what is not UTF-8 becomes U+FFFD. */
void buf_json_string(struct buf *b, const char *s);

/* printf for what is not on the hot path; at most BUF_SLACK - 1 bytes. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- at p ---------------------------------------------------------------- */

static inline char *put_n(char *p, const char *s, size_t len)
{
	memcpy(p, s, len);
	return p + len;
}

#define PUT_LITERAL(p, s) put_n((p), (s), sizeof(s) - 1)

static inline char *put_s(char *p, const char *s)
{
	return put_n(p, s, strlen(s));
}

/* Blanks up to a width, counted from `from`; none when it is exceeded.  Whole
 * words of blanks are written, the last of them beyond the width. */
static inline char *put_pad(char *p, const char *from, size_t width)
{
	size_t len = (size_t)(p - from);

	for (size_t at = len; at < width; at += 16)
		memcpy(p + (at - len), "                ", 16);
	return len < width ? p + (width - len) : p;
}

/* A piece of text for each value of two bytes as they lie in packets, made when it
 * is needed first.  Threads share them: a piece is loaded and stored as a whole. */
struct piece {
	char text[7];
	uint8_t len; /* 0: not yet made */
};

#define PIECES 65536

extern uint64_t put_octets[PIECES]; /* "10.20" */
extern uint64_t put_words[PIECES];  /* "fe80:" */

/* Makes one, and returns it. */
uint64_t put_make_octets(const uint8_t b[2]);
uint64_t put_make_word(const uint8_t b[2]);

static inline char *put_piece(char *p, const uint8_t *b, const uint64_t *pieces,
			      uint64_t (*make)(const uint8_t b[2]))
{
	uint64_t whole = __atomic_load_n(&pieces[b[0] << 8 | b[1]], __ATOMIC_RELAXED);
	struct piece piece;

	if (__builtin_expect(!whole, 0))
		whole = make(b);
	memcpy(p, &whole, sizeof whole);
	memcpy(&piece, &whole, sizeof piece);
	return p + piece.len;
}

/* Addresses as they lie in packets. */
static inline char *put_ipv4(char *p, const uint8_t *b)
{
	p = put_piece(p, b, put_octets, put_make_octets);
	*p++ = '.';
	return put_piece(p, b + 2, put_octets, put_make_octets);
}

char *put_ipv6(char *p, const uint8_t *b); /* RFC 5952 */

/* As mc_addr_format. */
static inline char *put_addr(char *p, const struct mc_addr *a)
{
	if (a->family == MC_IPV4)
		return put_ipv4(p, a->bytes);
	if (a->family == MC_IPV6)
		return put_ipv6(p, a->bytes);
	*p++ = '-';
	return p;
}

extern const char put_pairs[]; /* "00", "01" .. "99" */

/* 0 to 999999, with leading zeros. */
static inline char *put_six(char *p, unsigned v)
{
	memcpy(p, put_pairs + v / 10000 * 2, 2);
	memcpy(p + 2, put_pairs + v / 100 % 100 * 2, 2);
	memcpy(p + 4, put_pairs + v % 100 * 2, 2);
	return p + 6;
}

/* 0 to 999999999, with leading zeros. */
static inline char *put_nine(char *p, unsigned v)
{
	p = put_six(p, v / 1000);
	*p = (char)('0' + v / 100 % 10);
	memcpy(p + 1, put_pairs + v % 100 * 2, 2);
	return p + 3;
}

char *put_u64(char *p, uint64_t v);
char *put_i64(char *p, int64_t v);
char *put_digits(char *p, uint64_t v, unsigned digits); /* with leading zeros */
char *put_hex(char *p, uint64_t v, unsigned digits);
char *put_mac(char *p, const struct mc_mac *m);
char *put_time(char *p, mc_nsec since_epoch); /* RFC 3339, UTC, nanoseconds */
char *put_duration(char *p, mc_nsec d);	      /* "1.5 s", "100 ms": exact */

/* A time as seconds, rounded down, and nanoseconds. */
struct put_parts {
	int64_t second;
	uint32_t ns;
};

struct put_parts put_split(mc_nsec when);

/* The text of a second, kept for the times that lie in it. */
struct put_second {
	uint64_t begins; /* nanoseconds */
	char text[32];
	size_t len; /* 0: not yet made */
};

#endif
