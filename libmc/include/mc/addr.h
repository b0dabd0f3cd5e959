/* addr.h - IPv4, IPv6 and MAC addresses as plain values.
 *
 * Pure: no system calls, no allocation, no globals. */
#ifndef MC_ADDR_H
#define MC_ADDR_H

#include <mc/base.h>

MC_BEGIN_DECLS

enum mc_family {
	MC_ANY = 0, /* no address, or either family */
	MC_IPV4 = 4,
	MC_IPV6 = 6,
};

/* An IPv4 address fills bytes[0..3]; all that it does not use is zero, so two
 * equal addresses are equal byte for byte and may be hashed or memcmp'd. */
struct mc_addr {
	uint8_t family; /* enum mc_family */
	uint8_t zero[3];
	uint8_t bytes[16]; /* network order */
};

struct mc_mac {
	uint8_t bytes[6];
};

#define MC_ADDR_TEXT 46 /* "ffff:...:255.255.255.255" and its NUL */
#define MC_MAC_TEXT  18

/* Reads "192.0.2.1" or "2001:db8::1", nothing before or after.
 * -MC_EBADADDR when it is neither. */
MC_API MC_MUSTCHECK int mc_addr_parse(struct mc_addr *out, const char *text);

/* The same for text that need not end in NUL. */
MC_API MC_MUSTCHECK int mc_addr_parse_n(struct mc_addr *out, const char *text, size_t len);

/* Writes the canonical text (RFC 5952 for IPv6; "-" for MC_ANY) into buf and
 * returns buf. */
MC_API const char *mc_addr_format(const struct mc_addr *a, char buf[MC_ADDR_TEXT]);

/* Builds an address from 4 or 16 bytes in network order. */
MC_API struct mc_addr mc_addr_from_bytes(enum mc_family family, const void *bytes);

/* The unspecified address of a family: 0.0.0.0 or ::. */
MC_API struct mc_addr mc_addr_unspecified(enum mc_family family);

/* <0, 0, >0 in numeric order; IPv4 sorts before IPv6.  This is the order of
 * querier election (RFC 9776 6.6.2: numerically lowest wins). */
MC_API int mc_addr_cmp(const struct mc_addr *a, const struct mc_addr *b);

/* 224/4, ff00::/8 */
MC_API inline bool mc_addr_is_multicast(const struct mc_addr *a)
{
	if (a->family == MC_IPV4)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->family == MC_IPV6 && a->bytes[0] == 0xff;
}

/* 0.0.0.0, :: */
MC_API inline bool mc_addr_is_unspecified(const struct mc_addr *a)
{
	uint8_t all = a->bytes[0] | a->bytes[1] | a->bytes[2] | a->bytes[3];

	if (a->family == MC_IPV6)
		for (unsigned i = 4; i < sizeof(a->bytes); i++)
			all |= a->bytes[i];
	return a->family != MC_ANY && !all;
}

/* Unicast: 169.254/16, fe80::/10 */
MC_API inline bool mc_addr_is_link_local(const struct mc_addr *a)
{
	if (a->family == MC_IPV4)
		return a->bytes[0] == 169 && a->bytes[1] == 254;
	return a->family == MC_IPV6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

/* 255.255.255.255 */
MC_API inline bool mc_addr_is_broadcast(const struct mc_addr *a)
{
	return a->family == MC_IPV4 &&
	       (a->bytes[0] & a->bytes[1] & a->bytes[2] & a->bytes[3]) == 255;
}

/* *out = a + n, within the family.  -ERANGE past the last address. */
MC_API MC_MUSTCHECK int mc_addr_add(struct mc_addr *out, const struct mc_addr *a, uint64_t n);

/* *out = b - a as a count.  -ERANGE when b < a, the families differ, or the
 * distance does not fit. */
MC_API MC_MUSTCHECK int mc_addr_distance(uint64_t *out, const struct mc_addr *a,
					 const struct mc_addr *b);

/* Keeps the first `bits` bits of a and clears the rest. */
MC_API struct mc_addr mc_addr_masked(const struct mc_addr *a, unsigned bits);

/* "01:00:5e:00:00:01" */
MC_API const char *mc_mac_format(const struct mc_mac *m, char buf[MC_MAC_TEXT]);

/* Reads six pairs of hex digits joined by ':' or '-'.  -MC_EBADADDR. */
MC_API MC_MUSTCHECK int mc_mac_parse(struct mc_mac *out, const char *text);

MC_END_DECLS

#endif
