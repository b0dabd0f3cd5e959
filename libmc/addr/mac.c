/* mac.c - MAC addresses, and which groups stand behind them */
#include <mc/group.h>
#include <string.h>

static const uint8_t ipv4_oui[3] = { 0x01, 0x00, 0x5e };

const char *mc_mac_format(const struct mc_mac *m, char buf[MC_MAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < 6; i++) {
		buf[3 * i] = digits[m->bytes[i] >> 4];
		buf[3 * i + 1] = digits[m->bytes[i] & 15];
		buf[3 * i + 2] = ':';
	}
	buf[MC_MAC_TEXT - 1] = '\0';
	return buf;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The value of two hex digits, or -1; stops at the first that is none. */
static int hex_pair(const char *text)
{
	int high = hex_digit(text[0]);
	int low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

int mc_mac_parse(struct mc_mac *out, const char *text)
{
	struct mc_mac m;

	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < 6; i++, text += 3) {
		int value = hex_pair(text);

		if (value < 0)
			return -MC_EBADADDR;
		if (i < 5 ? text[2] != ':' && text[2] != '-' : text[2] != '\0')
			return -MC_EBADADDR;
		m.bytes[i] = (uint8_t)value;
	}
	*out = m;
	return 0;
}

int mc_group_mac(struct mc_mac *out, const struct mc_addr *g)
{
	memset(out, 0, sizeof(*out));
	if (!mc_addr_is_multicast(g))
		return -MC_ENOTGROUP;
	if (g->family == MC_IPV4) {
		/* RFC 1112 6.4: the low 23 bits of the group. */
		memcpy(out->bytes, ipv4_oui, 3);
		memcpy(out->bytes + 3, g->bytes + 1, 3);
		out->bytes[3] &= 0x7f;
	} else {
		/* RFC 2464 7: the low 32 bits of the group. */
		memset(out->bytes, 0x33, 2);
		memcpy(out->bytes + 2, g->bytes + 12, 4);
	}
	return 0;
}

int mc_mac_groups(struct mc_addr out[MC_MAC_GROUPS], const struct mc_mac *m)
{
	memset(out, 0, MC_MAC_GROUPS * sizeof(*out));
	/* The upper half of this OUI is not IP: RFC 5332 gave it to MPLS. */
	if (memcmp(m->bytes, ipv4_oui, 3) || m->bytes[3] & 0x80)
		return -MC_ENOTGROUP;
	for (unsigned i = 0; i < MC_MAC_GROUPS; i++) {
		out[i].family = MC_IPV4;
		out[i].bytes[0] = (uint8_t)(224 + i / 2);
		memcpy(out[i].bytes + 1, m->bytes + 3, 3);
		out[i].bytes[1] |= (uint8_t)(i % 2 << 7);
	}
	return MC_MAC_GROUPS;
}

/* Compared where the bytes lie: this is asked of every packet. */
bool mc_mac_covers(const struct mc_mac *m, const struct mc_addr *g)
{
	if (!mc_addr_is_multicast(g))
		return false;
	if (g->family == MC_IPV4)
		return !memcmp(m->bytes, ipv4_oui, 3) && m->bytes[3] == (g->bytes[1] & 0x7f) &&
		       !memcmp(m->bytes + 4, g->bytes + 2, 2);
	return m->bytes[0] == 0x33 && m->bytes[1] == 0x33 &&
	       !memcmp(m->bytes + 2, g->bytes + 12, 4);
}

bool mc_groups_collide(const struct mc_addr *a, const struct mc_addr *b)
{
	struct mc_mac m;

	return mc_addr_cmp(a, b) && !mc_group_mac(&m, a) && mc_mac_covers(&m, b);
}
