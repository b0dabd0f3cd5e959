/* emit.h - the only way libmc writes packet bytes: bounded, with sticky overflow
 *
 * The mirror of cursor.h: a write that does not fit writes nothing and marks
 * the emitter full; callers test `full` once at the end. */
#ifndef MC_WIRE_EMIT_H
#define MC_WIRE_EMIT_H

#include <mc/addr.h>
#include <string.h>

struct emit {
	uint8_t *buf;
	size_t size, len;
	bool full;
};

static inline struct emit emit_to(void *buf, size_t size)
{
	return (struct emit){ .buf = buf, .size = size };
}

static inline void emit_bytes(struct emit *e, const void *p, size_t n)
{
	if (e->full || n > e->size - e->len) {
		e->full = true;
		return;
	}
	if (n == 0)
		return;
	memcpy(e->buf + e->len, p, n);
	e->len += n;
}

static inline void emit_u8(struct emit *e, uint8_t v)
{
	emit_bytes(e, &v, 1);
}

static inline void emit_be16(struct emit *e, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	emit_bytes(e, b, sizeof(b));
}

static inline void emit_be32(struct emit *e, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	emit_bytes(e, b, sizeof(b));
}

static inline void emit_be64(struct emit *e, uint64_t v)
{
	emit_be32(e, (uint32_t)(v >> 32));
	emit_be32(e, (uint32_t)v);
}

static inline void emit_addr(struct emit *e, const struct mc_addr *a)
{
	emit_bytes(e, a->bytes, a->family == MC_IPV4 ? 4 : 16);
}

/* Writes into what was emitted before: checksums, known only at the end. */
static inline void emit_patch16(struct emit *e, size_t at, uint16_t v)
{
	if (e->full || at + 2 > e->len) {
		e->full = true;
		return;
	}
	e->buf[at] = (uint8_t)(v >> 8);
	e->buf[at + 1] = (uint8_t)v;
}

#endif
