/* checksum.c - the Internet checksum and the pseudo headers it covers */
#include <mc/frame.h>
#include <string.h>

static uint16_t fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)((sum >> 16) + (sum & 0xffff));
}

/* One's complement addition does not care about word size or byte order
 * (RFC 1071 2B, 2C): add native words, wide, and turn the result round once. */
static uint16_t native_to_big(uint16_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(v);
#else
	return v;
#endif
}

uint16_t mc_checksum(const void *buf, size_t len, uint16_t seed)
{
	const uint8_t *p = buf;
	uint64_t sum = 0;
	uint32_t word;
	uint8_t tail[4] = { 0 };

	/* 2^32 words fit before the accumulator does. */
	for (; len >= 16; p += 16, len -= 16) {
		uint32_t w[4];

		memcpy(w, p, sizeof(w));
		sum += (uint64_t)w[0] + w[1] + w[2] + w[3];
	}
	for (; len >= 4; p += 4, len -= 4) {
		memcpy(&word, p, 4);
		sum += word;
	}
	if (len) {
		memcpy(tail, p, len);
		memcpy(&word, tail, 4);
		sum += word;
	}
	return fold((uint64_t)native_to_big(fold(sum)) + seed);
}

uint16_t mc_checksum_pseudo(const struct mc_addr *src, const struct mc_addr *dst, uint8_t protocol,
			    uint32_t len)
{
	size_t n = src->family == MC_IPV4 ? 4 : 16;
	uint64_t sum = (uint64_t)protocol + len; /* RFC 768, RFC 8200 8.1 */

	return mc_checksum(dst->bytes, n, mc_checksum(src->bytes, n, fold(sum)));
}
