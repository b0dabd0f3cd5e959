/* cursor.h - the only way libmc reads packet bytes: bounded, with sticky failure
 *
 * A read past the end marks the cursor bad; from then on every read gives 0 and
 * an empty span, so callers test `bad` once per record and not once per field.
 * Ranges come back as spans, never as bare pointers: a pointer to nothing at
 * the end of the buffer looks too much like one to something. */
#ifndef MC_WIRE_CURSOR_H
#define MC_WIRE_CURSOR_H

#include <mc/addr.h>
#include <string.h>

/* For loops that are written once for both families and compiled for each. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Zeroes the result of a parser.  gcc does it by `rep stos` when left alone, which
 * takes longer than all of the parsing of a short header; memset(3) in pieces so large
 * that whatever reads a field soon has to wait for them. */
static ALWAYS_INLINE void clear(void *p, size_t n)
{
	char *at = p, *end = at + n;

	for (; end - at >= 16; at += 16) {
		memset(at, 0, 16);
		__asm__("" : "+r"(at)); /* or it is made one again */
	}
	memset(at, 0, (size_t)(end - at));
}

struct cur {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static inline struct cur cur_of(const void *buf, size_t len)
{
	return (struct cur){ .p = buf, .left = len };
}

static inline struct mc_span cur_take(struct cur *c, size_t n)
{
	struct mc_span s = { NULL, 0 };

	if (n > c->left) { /* a bad one has nothing left */
		c->bad = true;
		c->left = 0;
		return s;
	}
	if (n == 0)
		return s;
	s.p = c->p;
	s.len = n;
	c->p += n;
	c->left -= n;
	return s;
}

static inline void cur_skip(struct cur *c, size_t n)
{
	(void)cur_take(c, n);
}

static inline struct mc_span cur_rest(struct cur *c)
{
	return cur_take(c, c->left);
}

/* A child that cannot leave its n bytes, whatever lengths it finds inside. */
static inline struct cur cur_sub(struct cur *c, size_t n)
{
	struct mc_span s = cur_take(c, n);

	return (struct cur){ .p = s.p, .left = s.len, .bad = c->bad };
}

/* Numbers in a span that was taken: the caller knows its length. */
static inline uint16_t be16_at(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint8_t cur_u8(struct cur *c)
{
	struct mc_span s = cur_take(c, 1);

	return s.len ? s.p[0] : 0;
}

static inline uint16_t cur_be16(struct cur *c)
{
	struct mc_span s = cur_take(c, 2);

	return s.len ? be16_at(s.p) : 0;
}

static inline uint32_t cur_be32(struct cur *c)
{
	struct mc_span s = cur_take(c, 4);

	return s.len ? be32_at(s.p) : 0;
}

static inline uint64_t cur_be64(struct cur *c)
{
	struct mc_span s = cur_take(c, 8);

	return s.len ? (uint64_t)be32_at(s.p) << 32 | be32_at(s.p + 4) : 0;
}

/* MC_ANY when the bytes are not there.  Written where it is to be: what is built in
 * pieces cannot be copied as a whole at once. */
static inline void cur_addr(struct cur *c, enum mc_family family, struct mc_addr *out)
{
	struct mc_span s = cur_take(c, family == MC_IPV4 ? 4 : 16);

	*out = (struct mc_addr){ .family = s.len ? (uint8_t)family : MC_ANY };
	if (s.len == 4)
		memcpy(out->bytes, s.p, 4);
	else if (s.len)
		memcpy(out->bytes, s.p, 16);
}

static inline struct mc_mac cur_mac(struct cur *c)
{
	struct mc_span s = cur_take(c, 6);
	struct mc_mac m = { { 0 } };

	if (s.len)
		memcpy(m.bytes, s.p, sizeof(m.bytes));
	return m;
}

#endif
