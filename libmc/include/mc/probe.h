/* probe.h - the payload that mcsend sends and mcrecv measures; see mc-probe(5).
 *
 *   off size field (big endian)
 *     0    4 magic "mcpb"
 *     4    1 version, 1
 *     5    1 flags: 0x01 the CRC field is valid; others 0 when sent, ignored
 *     6    1 TTL or hop limit as sent
 *     7    1 DSCP as sent, 0..63 (upper two bits ignored)
 *     8    8 session: random, new for every run of a sender
 *    16    8 sequence number: 0 for the first packet of a stream
 *    24    8 send time, nanoseconds since 1970-01-01 UTC, below 2^63
 *    32    4 stream: number of the stream within the session
 *    36    4 CRC-32C (RFC 3720 B.4) of the whole payload with this field zero
 *    40    . fill
 *
 * Pure: no system calls, no allocation, no globals. */
#ifndef MC_PROBE_H
#define MC_PROBE_H

#include <mc/base.h>

MC_BEGIN_DECLS

#define MC_PROBE_LEN 40

struct mc_probe {
	uint8_t ttl, dscp;
	bool has_crc;
	uint32_t stream;
	uint64_t session, seq;
	mc_nsec sent; /* since the Unix epoch, by the sender's clock */
};

/* Writes the header into buf, whose fill is already in place; with p->has_crc
 * the CRC covers all len bytes.  Returns MC_PROBE_LEN, -ENOSPC, or -EINVAL for a
 * DSCP above 63 or a time before 1970. */
MC_API MC_MUSTCHECK int mc_probe_build(void *buf, size_t len, const struct mc_probe *p);

/* For hot paths: changes sequence and send time of a built probe without CRC. */
MC_API void mc_probe_stamp(void *buf, uint64_t seq, mc_nsec sent);

/* -MC_ENOTPROBE when it is something else; -MC_EBADSUM when the CRC does not
 * match (*out is then still filled, for diagnosis). */
MC_API MC_MUSTCHECK int mc_probe_parse(struct mc_probe *out, const void *buf, size_t len);

/* Whose probe is it?  Looks at magic, version and session only; false when it is
 * something else. */
MC_API bool mc_probe_peek(uint64_t *session, const void *buf, size_t len);

MC_END_DECLS

#endif
