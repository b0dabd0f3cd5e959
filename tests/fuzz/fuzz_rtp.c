/* fuzz_rtp.c - any bytes as an RTP packet */
#include <mc/rtp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mc_rtp r;

	if (mc_rtp_parse(&r, data, size) < 0) {
		if (r.payload.p || r.ssrc || r.seq)
			abort();
		return 0;
	}
	if (r.payload.len > size - MC_RTP_LEN || r.payload_type > 127)
		abort();
	if (r.payload.len &&
	    (r.payload.p < data + MC_RTP_LEN || r.payload.p + r.payload.len > data + size))
		abort();
	if (mc_rtp_clock(r.payload_type) > 90000)
		abort();
	return 0;
}
