/* rtp.c - the header of an RTP packet */
#include <mc/rtp.h>
#include <stdio.h>

static const uint8_t packet[] = {
	0x80, 0x21, 0x00, 0x07, /* version 2, type 33, number 7 */
	0x00, 0x01, 0x5f, 0x90, /* time stamp */
	0x11, 0x22, 0x33, 0x44, /* SSRC */
	'G',
};

int main(void)
{
	struct mc_rtp rtp;

	if (mc_rtp_parse(&rtp, packet, sizeof(packet)) < 0)
		return 1;
	printf("type %u, number %u, %zu bytes\n", rtp.payload_type,
	       rtp.seq, rtp.payload.len);
	printf("%.1f s of its clock\n",
	       rtp.timestamp / (double)mc_rtp_clock(rtp.payload_type));
	return 0;
}

/* prints:
 * type 33, number 7, 1 bytes
 * 1.0 s of its clock
 */
