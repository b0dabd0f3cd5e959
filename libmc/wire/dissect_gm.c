/* dissect_gm.c - fields of IGMPv1-v3 and MLDv1-v2, RFC 9776 and RFC 9777 */
#include "wire/dissect_walk.h"

enum {
	IGMP_OLD = 8, /* length of a query of version 1 or 2 */
	IGMP_V3_QUERY = 12,
	MLD_OLD = 24,
	MLD_V2_QUERY = 28,
	FLAG_S = 0x08,
	FLAGS_QRV = 0x07,
};

static const struct walk_name igmp_types[] = {
	{ MC_IGMP_QUERY, "Membership Query" },
	{ MC_IGMP_V1_REPORT, "Version 1 Membership Report" },
	{ MC_IGMP_V2_REPORT, "Version 2 Membership Report" },
	{ MC_IGMP_LEAVE, "Version 2 Leave Group" },
	{ MC_IGMP_V3_REPORT, "Version 3 Membership Report" },
	{ 0, NULL },
};

static const struct walk_name mld_types[] = {
	{ MC_MLD_QUERY, "Multicast Listener Query" },
	{ MC_MLD_V1_REPORT, "Multicast Listener Report" },
	{ MC_MLD_DONE, "Multicast Listener Done" },
	{ MC_MLD_V2_REPORT, "Version 2 Multicast Listener Report" },
	{ 0, NULL },
};

static const struct walk_name igmp_messages[] = {
	{ MC_IGMP_V1_REPORT, "v1 report" },
	{ MC_IGMP_V2_REPORT, "v2 report" },
	{ MC_IGMP_LEAVE, "v2 leave" },
	{ MC_IGMP_V3_REPORT, "v3 report" },
	{ 0, NULL },
};

static const struct walk_name mld_messages[] = {
	{ MC_MLD_V1_REPORT, "MLDv1 report" },
	{ MC_MLD_DONE, "MLDv1 done" },
	{ MC_MLD_V2_REPORT, "MLDv2 report" },
	{ 0, NULL },
};

static const struct walk_name extension_types[] = { { 0, "No-op" }, { 0, NULL } };

/* RFC 9776 7.1: told by the length; 9 to 11 bytes have no version. */
const char *dissect_igmp_name(const struct mc_frame *f)
{
	size_t len = f->l4.len;

	if (dissect_byte(f, 0) != MC_IGMP_QUERY)
		return walk_name_of(igmp_messages, dissect_byte(f, 0));
	if (len >= IGMP_V3_QUERY)
		return "v3 query";
	if (len != IGMP_OLD)
		return "query";
	return dissect_byte(f, 1) ? "v2 query" : "v1 query";
}

/* RFC 9777 8.1 */
const char *dissect_mld_name(const struct mc_frame *f)
{
	if (dissect_byte(f, 0) != MC_MLD_QUERY)
		return walk_name_of(mld_messages, dissect_byte(f, 0));
	if (f->l4.len >= MLD_V2_QUERY)
		return "MLDv2 query";
	return f->l4.len == MLD_OLD ? "MLDv1 query" : "MLD query";
}

static void extension(struct walk *w, unsigned arg)
{
	uint64_t len;

	(void)arg;
	walk_named(w, "extension_type", 2, extension_types);
	len = walk_uint(w, "extension_length", 2);
	walk_bytes(w, "extension_value", len, NULL);
}

/* RFC 9279 3: at least one, and they end where the message ends; if anything
 * is wrong, all of it is ignored and the message is not. */
static bool extensions_hold(struct cur c)
{
	if (c.left == 0)
		return false;
	while (c.left) {
		cur_skip(&c, 2);
		cur_skip(&c, cur_be16(&c));
	}
	return !c.bad;
}

static void additional_data(struct walk *w, bool extended)
{
	if (extended && !extensions_hold(w->c))
		walk_rest(w, "additional_data", "no valid extensions, to be ignored");
	while (extended && walk_more(w))
		walk_node(w, "extension", NULL, extension, 0);
}

static void sources(struct walk *w, enum mc_family family, uint64_t n)
{
	while (n-- && !w->rc)
		walk_addr(w, "source_address", family);
}

/* What version 3 and MLDv2 add to a query: RFC 9776 4.1, RFC 9777 5.1. */
static void new_query(struct walk *w, enum mc_family family)
{
	uint64_t flags = walk_raw(w, "flags", 1), qqic, n;

	walk_bit(w, "e", flags & 0x80, "extensions follow");
	walk_bits(w, "reserved", flags >> 4 & 7, NULL);
	walk_bit(w, "s", flags & FLAG_S, "suppress router-side processing");
	walk_bits(w, "qrv", flags & FLAGS_QRV, flags & FLAGS_QRV ? NULL : "default");
	qqic = walk_uint(w, "qqic", 1);
	walk_derived_time(w, "qqi", mc_code8_decode((uint8_t)qqic) * NSEC_PER_SEC,
			  qqic ? NULL : "default");
	n = walk_uint(w, "number_of_sources", 2);
	sources(w, family, n);
	additional_data(w, flags & 0x80);
}

static void record(struct walk *w, unsigned family)
{
	uint64_t type = walk_raw(w, "record_type", 1), words, n;

	walk_bits(w, "record_type", type, mc_record_name((uint8_t)type));
	words = walk_uint(w, "aux_data_len", 1);
	n = walk_uint(w, "number_of_sources", 2);
	walk_addr(w, "multicast_address", (enum mc_family)family);
	sources(w, (enum mc_family)family, n);
	if (words)
		walk_bytes(w, "aux_data", words * 4, NULL);
}

/* RFC 9776 4.2, RFC 9777 5.2: alike but for the size of an address. */
static void new_report(struct walk *w, enum mc_family family)
{
	uint64_t flags, n;

	walk_hex(w, "reserved", 1);
	walk_checksum(w);
	flags = walk_raw(w, "flags", 2);
	walk_bit(w, "e", flags & 0x8000, "extensions follow");
	walk_bits(w, "reserved", flags & 0x7fff, NULL);
	n = walk_uint(w, "number_of_records", 2);
	while (n-- && !w->rc)
		walk_node(w, "record", mc_record_short(walk_peek(w, 0)), record, family);
	additional_data(w, flags & 0x8000);
}

static void igmp_query(struct walk *w)
{
	bool v3 = w->all.len >= IGMP_V3_QUERY;
	uint64_t code = walk_uint(w, "max_resp_code", 1);
	uint64_t tenths = v3 ? mc_code8_decode((uint8_t)code) : code;

	/* RFC 1112 Appendix I: a host of version 1 waits up to 10 seconds. */
	if (w->all.len == IGMP_OLD && code == 0)
		walk_derived_time(w, "max_resp_time", 10 * NSEC_PER_SEC, "fixed in version 1");
	else
		walk_derived_time(w, "max_resp_time", tenths * 100 * NSEC_PER_MSEC, NULL);
	walk_checksum(w);
	walk_addr_or(w, "group_address", MC_IPV4, "all groups");
	if (v3)
		new_query(w, MC_IPV4);
	else if (walk_more(w))
		walk_fault(w, "length", -MC_EBADLEN, "a query of 9 to 11 bytes is to be ignored");
}

void dissect_igmp(struct walk *w)
{
	switch (walk_named(w, "type", 1, igmp_types)) {
	case MC_IGMP_QUERY:
		igmp_query(w);
		return;
	case MC_IGMP_V3_REPORT:
		new_report(w, MC_IPV4);
		return;
	case MC_IGMP_V1_REPORT:
	case MC_IGMP_V2_REPORT:
	case MC_IGMP_LEAVE:
		walk_uint(w, "max_resp_code", 1);
		walk_checksum(w);
		walk_addr(w, "group_address", MC_IPV4);
		return;
	default:
		walk_uint(w, "code", 1);
		walk_checksum(w);
		/* No message of IGMP but MRD's is shorter than 8 bytes. */
		walk_bytes(w, "data", w->c.left < 4 ? 4 : w->c.left, NULL);
	}
}

static void mld_query(struct walk *w)
{
	bool v2 = w->all.len >= MLD_V2_QUERY;
	uint64_t code = walk_uint(w, "max_resp_code", 2);

	walk_derived_time(w, "max_resp_time",
			  (v2 ? mc_code16_decode((uint16_t)code) : code) * NSEC_PER_MSEC, NULL);
	walk_hex(w, "reserved", 2);
	walk_addr_or(w, "multicast_address", MC_IPV6, "all groups");
	if (v2)
		new_query(w, MC_IPV6);
	else if (walk_more(w))
		walk_fault(w, "length", -MC_EBADLEN, "a query of 25 to 27 bytes is to be ignored");
}

void dissect_mld(struct walk *w)
{
	uint64_t type = walk_named(w, "type", 1, mld_types);

	if (type == MC_MLD_V2_REPORT) {
		new_report(w, MC_IPV6);
		return;
	}
	walk_uint(w, "code", 1);
	walk_checksum(w);
	if (type == MC_MLD_QUERY) {
		mld_query(w);
		return;
	}
	walk_uint(w, "max_resp_code", 2);
	walk_hex(w, "reserved", 2);
	walk_addr(w, "multicast_address", MC_IPV6);
}
