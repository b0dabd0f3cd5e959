/* gm_code.c - times coded as small floating-point numbers */
#include <mc/gm.h>

/* RFC 9776 4.1.1, RFC 9777 5.1.3: up to half the range a code is the value
 * itself; above it is 1, three bits of exponent, and the mantissa, whose leading
 * 1 is not sent. */
struct coding {
	unsigned mantissa_bits;
	uint32_t linear; /* the first code that is not the value itself */
};

static const struct coding code8 = { 4, 0x80 };
static const struct coding code16 = { 12, 0x8000 };

static uint32_t decode(const struct coding *k, uint32_t code)
{
	uint32_t hidden = 1u << k->mantissa_bits;
	uint32_t exponent = code >> k->mantissa_bits & 7;

	if (code < k->linear)
		return code;
	return ((code & (hidden - 1)) | hidden) << (exponent + 3);
}

/* The largest code whose value does not exceed the one given. */
static uint32_t encode(const struct coding *k, uint32_t value)
{
	uint32_t hidden = 1u << k->mantissa_bits;
	unsigned exponent;

	if (value < k->linear)
		return value;
	if (value >> (k->mantissa_bits + 11)) /* beyond the largest */
		return 2 * k->linear - 1;
	exponent = 31u - (unsigned)__builtin_clz(value) - k->mantissa_bits - 3;
	return k->linear | exponent << k->mantissa_bits | (value >> (exponent + 3) & (hidden - 1));
}

uint32_t mc_code8_decode(uint8_t code)
{
	return decode(&code8, code);
}

uint8_t mc_code8_encode(uint32_t value)
{
	return (uint8_t)encode(&code8, value);
}

uint32_t mc_code16_decode(uint16_t code)
{
	return decode(&code16, code);
}

uint16_t mc_code16_encode(uint32_t value)
{
	return (uint16_t)encode(&code16, value);
}
