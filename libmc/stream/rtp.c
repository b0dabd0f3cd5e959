/* rtp.c - the RTP header (RFC 3550 5.1) and static payload types */
#include <mc/rtp.h>
#include "wire/cursor.h"

enum {
	RTP_VERSION = 2,
	FLAG_PADDING = 0x20,
	FLAG_EXTENSION = 0x10,
};

/* CSRC list and header extension, RFC 3550 5.3.1. */
static void skip_optional(struct cur *c, uint8_t flags)
{
	cur_skip(c, (flags & 15u) * 4);
	if (flags & FLAG_EXTENSION) {
		cur_skip(c, 2); /* defined by profile */
		cur_skip(c, cur_be16(c) * 4u);
	}
}

/* The last byte says how many are padding, itself included. */
static int strip_padding(struct mc_span *payload)
{
	uint8_t n;

	if (payload->len == 0)
		return -MC_EBADLEN;
	n = payload->p[payload->len - 1];
	if (n == 0 || n > payload->len)
		return -MC_EBADLEN;
	payload->len -= n;
	return 0;
}

static int parse(struct mc_rtp *r, struct cur c)
{
	uint8_t flags = cur_u8(&c), type = cur_u8(&c);

	r->marker = type & 0x80;
	r->payload_type = type & 0x7f;
	r->seq = cur_be16(&c);
	r->timestamp = cur_be32(&c);
	r->ssrc = cur_be32(&c);
	if (c.bad)
		return -MC_ETRUNC;
	if (flags >> 6 != RTP_VERSION)
		return -MC_EUNSUPPORTED;
	skip_optional(&c, flags);
	if (c.bad)
		return -MC_ETRUNC;
	r->payload = cur_rest(&c);
	return flags & FLAG_PADDING ? strip_padding(&r->payload) : 0;
}

int mc_rtp_parse(struct mc_rtp *out, const void *buf, size_t len)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = parse(out, cur_of(buf, len));
	if (rc < 0)
		memset(out, 0, sizeof(*out));
	return rc;
}

/* RFC 3551 6, tables 4 and 5. */
uint32_t mc_rtp_clock(uint8_t payload_type)
{
	static const uint32_t rates[] = {
		[0] = 8000,   /* PCMU */
		[3] = 8000,   /* GSM */
		[4] = 8000,   /* G723 */
		[5] = 8000,   /* DVI4 */
		[6] = 16000,  /* DVI4 */
		[7] = 8000,   /* LPC */
		[8] = 8000,   /* PCMA */
		[9] = 8000,   /* G722: samples at 16000, but the rate was published so */
		[10] = 44100, /* L16, stereo */
		[11] = 44100, /* L16, mono */
		[12] = 8000,  /* QCELP */
		[13] = 8000,  /* CN */
		[14] = 90000, /* MPA */
		[15] = 8000,  /* G728 */
		[16] = 11025, /* DVI4 */
		[17] = 22050, /* DVI4 */
		[18] = 8000,  /* G729 */
		[25] = 90000, /* CelB */
		[26] = 90000, /* JPEG */
		[28] = 90000, /* nv */
		[31] = 90000, /* H261 */
		[32] = 90000, /* MPV */
		[33] = 90000, /* MP2T */
		[34] = 90000, /* H263 */
	};

	return payload_type < sizeof(rates) / sizeof(rates[0]) ? rates[payload_type] : 0;
}
