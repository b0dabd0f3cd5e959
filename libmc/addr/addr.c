/* addr.c - IPv4 and IPv6 addresses: text, order, arithmetic */
#include <mc/addr.h>
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* Zero for MC_ANY, which makes it an address without bytes everywhere below. */
static unsigned address_bytes(uint8_t family)
{
	if (family == MC_IPV4)
		return 4;
	return family == MC_IPV6 ? 16 : 0;
}

static int kernel_family(uint8_t family)
{
	return family == MC_IPV4 ? AF_INET : AF_INET6;
}

int mc_addr_parse_n(struct mc_addr *out, const char *text, size_t len)
{
	char copy[MC_ADDR_TEXT];

	memset(out, 0, sizeof(*out));
	if (len >= sizeof(copy) || memchr(text, '\0', len))
		return -MC_EBADADDR;
	memcpy(copy, text, len);
	copy[len] = '\0';
	out->family = memchr(copy, ':', len) ? MC_IPV6 : MC_IPV4;
	if (inet_pton(kernel_family(out->family), copy, out->bytes) != 1) {
		memset(out, 0, sizeof(*out));
		return -MC_EBADADDR;
	}
	return 0;
}

int mc_addr_parse(struct mc_addr *out, const char *text)
{
	return mc_addr_parse_n(out, text, strlen(text));
}

const char *mc_addr_format(const struct mc_addr *a, char buf[MC_ADDR_TEXT])
{
	if (!address_bytes(a->family) ||
	    !inet_ntop(kernel_family(a->family), a->bytes, buf, MC_ADDR_TEXT))
		memcpy(buf, "-", 2);
	return buf;
}

struct mc_addr mc_addr_from_bytes(enum mc_family family, const void *bytes)
{
	struct mc_addr a = mc_addr_unspecified(family);

	if (address_bytes(a.family))
		memcpy(a.bytes, bytes, address_bytes(a.family));
	return a;
}

struct mc_addr mc_addr_unspecified(enum mc_family family)
{
	struct mc_addr a = { .family = (uint8_t)family };

	return a;
}

int mc_addr_cmp(const struct mc_addr *a, const struct mc_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

extern inline bool mc_addr_is_multicast(const struct mc_addr *a);
extern inline bool mc_addr_is_unspecified(const struct mc_addr *a);
extern inline bool mc_addr_is_link_local(const struct mc_addr *a);
extern inline bool mc_addr_is_broadcast(const struct mc_addr *a);

int mc_addr_add(struct mc_addr *out, const struct mc_addr *a, uint64_t n)
{
	struct mc_addr sum = *a;
	unsigned carry = 0;

	for (unsigned i = address_bytes(a->family); i-- > 0; n >>= 8) {
		carry += sum.bytes[i] + (unsigned)(n & 0xff);
		sum.bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (n || carry) {
		memset(out, 0, sizeof(*out));
		return -ERANGE;
	}
	*out = sum;
	return 0;
}

int mc_addr_distance(uint64_t *out, const struct mc_addr *a, const struct mc_addr *b)
{
	uint64_t distance = 0;
	unsigned borrow = 0, high = 0, used = address_bytes(a->family);

	*out = 0;
	if (a->family != b->family)
		return -ERANGE;
	for (unsigned place = 0; place < used; place++) {
		unsigned i = used - 1 - place;
		unsigned diff = (unsigned)b->bytes[i] - a->bytes[i] - borrow;

		borrow = diff >> 8 & 1;
		if (place < sizeof(distance))
			distance |= (uint64_t)(diff & 0xff) << 8 * place;
		else
			high |= diff & 0xff;
	}
	if (borrow || high)
		return -ERANGE;
	*out = distance;
	return 0;
}

struct mc_addr mc_addr_masked(const struct mc_addr *a, unsigned bits)
{
	struct mc_addr kept = *a;

	for (unsigned i = 0; i < sizeof(kept.bytes); i++) {
		unsigned keep = bits > 8 * i ? bits - 8 * i : 0;

		if (keep < 8)
			kept.bytes[i] &= (uint8_t)(0xff00u >> keep);
	}
	return kept;
}
