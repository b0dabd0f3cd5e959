/* rtp.h - the RTP fixed header, as far as a receiver's statistics need it
 *
 * RFC 3550 5.1.  Pure: what is found borrows the caller's buffer. */
#ifndef MC_RTP_H
#define MC_RTP_H

#include <mc/base.h>

MC_BEGIN_DECLS

#define MC_RTP_LEN 12

struct mc_rtp {
	uint8_t payload_type;
	bool marker;
	uint16_t seq;
	uint32_t timestamp; /* in units of the payload type's clock */
	uint32_t ssrc;
	struct mc_span payload; /* without header, CSRC list, extension, padding */
};

/* Reads a datagram of RTP.  0; -MC_ETRUNC, -MC_EBADLEN, or -MC_EUNSUPPORTED when the version is not 2. */
MC_API MC_MUSTCHECK int mc_rtp_parse(struct mc_rtp *out, const void *buf, size_t len);

/* The clock rate in Hz of a static payload type (RFC 3551 6), 0 if dynamic. */
MC_API uint32_t mc_rtp_clock(uint8_t payload_type);

MC_END_DECLS

#endif
