/* wide.h - products of 128 bits, also where the compiler has no type for them */
#ifndef FSM_WIDE_H
#define FSM_WIDE_H

#include <stdint.h>

struct wide {
	uint64_t high, low;
};

static inline struct wide wide_mul(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 m = (unsigned __int128)a * b;

	return (struct wide){ (uint64_t)(m >> 64), (uint64_t)m };
#else
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32);
	uint64_t middle = a0 * b1 + (uint32_t)cross;

	return (struct wide){ a1 * b1 + (cross >> 32) + (middle >> 32),
			      middle << 32 | (uint32_t)low };
#endif
}

#endif
