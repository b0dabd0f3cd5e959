/* probe.c - the probe payload: see mc/probe.h and mc-probe(5) */
#include <errno.h>
#include <mc/probe.h>
#include "wire/crc32c.h"
#include "wire/cursor.h"
#include "wire/emit.h"

#define MAGIC 0x6d637062u /* "mcpb" */

enum {
	VERSION = 1,
	FLAG_CRC = 0x01,
	DSCP_MAX = 63,
	SEQ_AT = 16,
	SENT_AT = 24,
	CRC_AT = 36,
};

/* Of the whole payload, as if the CRC field held zero. */
static uint32_t payload_crc(const uint8_t *p, size_t len)
{
	static const uint8_t zero[MC_PROBE_LEN - CRC_AT];
	uint32_t crc = mc_crc32c(0, p, CRC_AT);

	crc = mc_crc32c(crc, zero, sizeof(zero));
	return mc_crc32c(crc, p + MC_PROBE_LEN, len - MC_PROBE_LEN);
}

int mc_probe_build(void *buf, size_t len, const struct mc_probe *p)
{
	struct emit e = emit_to(buf, len);

	if (len < MC_PROBE_LEN)
		return -ENOSPC;
	if (p->dscp > DSCP_MAX || p->sent.ns < 0)
		return -EINVAL;
	emit_be32(&e, MAGIC);
	emit_u8(&e, VERSION);
	emit_u8(&e, p->has_crc ? FLAG_CRC : 0);
	emit_u8(&e, p->ttl);
	emit_u8(&e, p->dscp);
	emit_be64(&e, p->session);
	emit_be64(&e, p->seq);
	emit_be64(&e, (uint64_t)p->sent.ns);
	emit_be32(&e, p->stream);
	/* The head is complete but for the last field, which is not covered. */
	emit_be32(&e, p->has_crc ? payload_crc(buf, len) : 0);
	return MC_PROBE_LEN;
}

static uint64_t big64(uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap64(v);
#else
	return v;
#endif
}

void mc_probe_stamp(void *buf, uint64_t seq, mc_nsec sent)
{
	uint64_t wire_seq = big64(seq), wire_sent = big64((uint64_t)sent.ns);

	memcpy((uint8_t *)buf + SEQ_AT, &wire_seq, sizeof(wire_seq));
	memcpy((uint8_t *)buf + SENT_AT, &wire_sent, sizeof(wire_sent));
}

/* A time with the top bit set lies before 1970: no sender's clock says so, and
 * without it a receiver may subtract without fear of overflow. */
static bool plausible(uint32_t magic, uint8_t version, uint64_t sent)
{
	return magic == MAGIC && version == VERSION && sent <= INT64_MAX;
}

int mc_probe_parse(struct mc_probe *out, const void *buf, size_t len)
{
	struct cur c = cur_of(buf, len);
	uint32_t magic = cur_be32(&c), crc;
	uint8_t version = cur_u8(&c), flags = cur_u8(&c);
	uint64_t sent;

	out->ttl = cur_u8(&c);
	out->dscp = cur_u8(&c) & DSCP_MAX;
	out->has_crc = flags & FLAG_CRC;
	out->session = cur_be64(&c);
	out->seq = cur_be64(&c);
	sent = cur_be64(&c);
	out->sent.ns = (int64_t)sent;
	out->stream = cur_be32(&c);
	crc = cur_be32(&c);
	if (c.bad || !plausible(magic, version, sent)) {
		memset(out, 0, sizeof(*out));
		return -MC_ENOTPROBE;
	}
	if (out->has_crc && crc != payload_crc(buf, len))
		return -MC_EBADSUM;
	return 0;
}

bool mc_probe_peek(uint64_t *session, const void *buf, size_t len)
{
	struct cur c = cur_of(buf, len);
	uint32_t magic = cur_be32(&c);
	uint8_t version = cur_u8(&c);

	cur_skip(&c, 3); /* flags, TTL, DSCP */
	*session = cur_be64(&c);
	if (len >= MC_PROBE_LEN && magic == MAGIC && version == VERSION)
		return true;
	*session = 0;
	return false;
}
