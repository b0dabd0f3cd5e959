/* checksum.c - the Internet checksum and the pseudo headers it covers
 *
 * One's complement addition does not care about word size or byte order (RFC 1071
 * 2B, 2C): native words are added, wide, and the result is turned round once. */
#include <mc/frame.h>
#include <string.h>

static uint16_t swap_if_little(uint16_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(v);
#else
	return v;
#endif
}

/* With the carry of the highest bit brought round. */
static inline uint64_t plus(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word);
}

/* Each half added to the other: the upper one has then got the carry too. */
static inline uint16_t fold(uint64_t sum)
{
	uint32_t half;

	sum += sum << 32 | sum >> 32;
	half = (uint32_t)(sum >> 32);
	half += half << 16 | half >> 16;
	return (uint16_t)(half >> 16);
}

static inline uint64_t word_at(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* The n bytes before end, n below 8, as if zeros followed; cut out of a whole
 * word, as a branch for each size would be mispredicted too often.  all: bytes
 * that can be read before end. */
static inline uint64_t tail_of(const uint8_t *end, size_t n, size_t all)
{
	uint64_t word = 0;

	if (all < sizeof(word)) {
		memcpy(&word, end - n, n);
		return word;
	}
	word = word_at(end - sizeof(word));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return word >> (56 - 8 * n) >> 8;
#else
	return word << (56 - 8 * n) << 8;
#endif
}

static inline uint64_t sum_of(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	size_t left = len;

	if (!len) /* p may be NULL, to which C lets nothing be added, not even 0 */
		return 0;
	for (; left >= 8; p += 8, left -= 8)
		sum = plus(sum, word_at(p));
	return plus(sum, tail_of(p + left, left, len));
}

uint16_t mc_checksum(const void *buf, size_t len, uint16_t seed)
{
	return swap_if_little(fold(plus(sum_of(buf, len), swap_if_little(seed))));
}

uint16_t mc_checksum_pseudo(const struct mc_addr *src, const struct mc_addr *dst, uint8_t protocol,
			    uint32_t len)
{
	size_t n = src->family == MC_IPV4 ? 4 : 16;
	uint64_t sum = plus(sum_of(src->bytes, n), sum_of(dst->bytes, n));
	uint16_t rest = fold((uint64_t)protocol + len); /* RFC 768, RFC 8200 8.1 */

	return swap_if_little(fold(plus(sum, swap_if_little(rest))));
}
