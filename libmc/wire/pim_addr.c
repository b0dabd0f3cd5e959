/* pim_addr.c - PIM's encoded addresses, RFC 7761 4.9.1, and their attributes */
#include "wire/pim.h"

enum {
	AF_NUMBER_IPV4 = 1,
	AF_NUMBER_IPV6 = 2,
	ENCODING_ATTRIBUTES = 1, /* RFC 5384 3.1, RFC 7887 3 */
	SOURCE_RPT = 1,
	SOURCE_WILDCARD = 2,
	SOURCE_SPARSE = 4,
	ATTRIBUTE_FORWARD = 0x80,
	ATTRIBUTE_LAST = 0x40,
};

static const struct walk_name families[] = { { AF_NUMBER_IPV4, "IPv4" },
					     { AF_NUMBER_IPV6, "IPv6" },
					     { 0, NULL } };

static const struct walk_name encodings[] = { { 0, "native" },
					      { ENCODING_ATTRIBUTES, "with attributes" },
					      { 0, NULL } };

static const struct walk_name attributes[] = {
	{ 0, "RPF vector" },	      /* RFC 5496 */
	{ 1, "MVPN" },		      /* RFC 6513 */
	{ 2, "MT-ID" },		      /* RFC 6420 */
	{ 3, "pop count" },	      /* RFC 6807 */
	{ 4, "explicit RPF vector" }, /* RFC 7891 */
	{ 5, "transport" },	      /* RFC 8059 */
	{ 6, "receiver RLOC" },	      /* RFC 8059 */
	{ 0, NULL },
};

static void group_flags(struct walk *w)
{
	uint64_t flags = walk_raw(w, "flags", 1);

	walk_bit(w, "bidir", flags & 0x80, NULL);
	walk_bits(w, "reserved", flags >> 1 & 0x3f, NULL);
	walk_bit(w, "admin_scope_zone", flags & 1, NULL);
}

static void source_flags(struct walk *w)
{
	w->flags = (uint32_t)walk_raw(w, "flags", 1);
	walk_bits(w, "reserved", w->flags >> 3, NULL);
	walk_bit(w, "sparse", w->flags & SOURCE_SPARSE, NULL);
	walk_bit(w, "wildcard", w->flags & SOURCE_WILDCARD, NULL);
	walk_bit(w, "rpt", w->flags & SOURCE_RPT, NULL);
}

static void attribute(struct walk *w, unsigned arg)
{
	uint64_t head = walk_raw(w, "attribute_type", 1), len;

	(void)arg;
	walk_bit(w, "forward", head & ATTRIBUTE_FORWARD, NULL);
	walk_bit(w, "last", head & ATTRIBUTE_LAST, NULL);
	walk_bits(w, "attribute_type", head & 0x3f, walk_name_of(attributes, head & 0x3f));
	len = walk_uint(w, "attribute_length", 1);
	walk_bytes(w, "attribute_value", len, NULL);
}

static void attribute_list(struct walk *w)
{
	uint8_t head;

	do {
		head = walk_peek(w, 0);
		walk_node(w, "attribute", walk_name_of(attributes, head & 0x3f), attribute, 0);
	} while (!w->rc && !(head & ATTRIBUTE_LAST));
}

static void encoded(struct walk *w, unsigned kind)
{
	uint64_t family = walk_named(w, "address_family", 1, families), encoding;
	enum mc_family f = family == AF_NUMBER_IPV6 ? MC_IPV6 : MC_IPV4;
	unsigned bits = f == MC_IPV6 ? 128 : 32;

	encoding = walk_named(w, "encoding_type", 1, encodings);
	if (kind == PIM_GROUP)
		group_flags(w);
	if (kind == PIM_SOURCE)
		source_flags(w);
	if (kind != PIM_UNICAST)
		bits = (unsigned)walk_uint(w, "mask_len", 1);
	if (family != AF_NUMBER_IPV4 && family != AF_NUMBER_IPV6)
		walk_fault(w, "address", -MC_EBADLEN, "unknown address family, unknown length");
	if (kind == PIM_UNICAST)
		walk_addr(w, "address", f);
	else
		walk_prefix(w, "address", f, bits);
	if (encoding == ENCODING_ATTRIBUTES)
		attribute_list(w);
	w->prefix = bits;
}

/* RFC 7761 4.9.5.1: what the flags of a source mean. */
static const char *source_text(uint32_t flags)
{
	switch (flags & (SOURCE_WILDCARD | SOURCE_RPT)) {
	case SOURCE_WILDCARD | SOURCE_RPT:
		return "(*,G)";
	case SOURCE_RPT:
		return "(S,G,rpt)";
	case 0:
		return "(S,G)";
	}
	return NULL;
}

void pim_encoded(struct walk *w, const char *name, enum pim_encoding kind)
{
	struct walk measured;

	if (w->rc)
		return;
	if (!w->c.left) {
		walk_raw(w, name, 1);
		return;
	}
	measured = walk_measure(w, encoded, kind);
	if (measured.rc)
		measured.addr = (struct mc_addr){ 0 };
	walk_open(w, name, &measured, kind == PIM_SOURCE ? source_text(measured.flags) : NULL);
	encoded(w, kind);
	walk_close(w);
}
