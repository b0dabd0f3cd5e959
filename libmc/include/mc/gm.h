/* gm.h - group membership messages: one model for IGMPv1-v3 and MLDv1-v2.
 *
 * Pure: no system calls, no allocation, no globals.  Parsed messages borrow the
 * packet.  Sections are those of RFC 9776 (IGMPv3) and RFC 9777 (MLDv2); older
 * versions follow RFC 1112 Appendix I, RFC 2236 and RFC 2710. */
#ifndef MC_GM_H
#define MC_GM_H

#include <mc/frame.h>

MC_BEGIN_DECLS

enum mc_gm_kind {
	MC_GM_OTHER = 0, /* shares IGMP's protocol number or ICMPv6's, but is another
			    protocol; see dissect.h */
	MC_GM_QUERY,
	MC_GM_REPORT,
	MC_GM_LEAVE, /* IGMPv2 Leave Group, MLDv1 Done */
};

/* RFC 9776 4.2.13, RFC 9777 5.2.13. */
enum mc_record_type {
	MC_REC_IS_IN = 1,
	MC_REC_IS_EX,
	MC_REC_TO_IN,
	MC_REC_TO_EX,
	MC_REC_ALLOW,
	MC_REC_BLOCK,
};

/* Types on the wire. */
enum {
	MC_IGMP_QUERY = 0x11,
	MC_IGMP_V1_REPORT = 0x12,
	MC_IGMP_DVMRP = 0x13,
	MC_IGMP_PIMV1 = 0x14,
	MC_IGMP_V2_REPORT = 0x16,
	MC_IGMP_LEAVE = 0x17,
	MC_IGMP_MTRACE_RESPONSE = 0x1e,
	MC_IGMP_MTRACE = 0x1f,
	MC_IGMP_V3_REPORT = 0x22,
	MC_IGMP_MRD_ADV = 0x30,
	MC_IGMP_MRD_SOL = 0x31,
	MC_IGMP_MRD_TERM = 0x32,
	MC_MLD_QUERY = 130,
	MC_MLD_V1_REPORT = 131,
	MC_MLD_DONE = 132,
	MC_MLD_V2_REPORT = 143,
	MC_MLD_MRD_ADV = 151,
	MC_MLD_MRD_SOL = 152,
	MC_MLD_MRD_TERM = 153,
};

#define MC_PROTO_IGMP	2
#define MC_PROTO_ICMPV6 58
#define MC_PROTO_PIM	103

struct mc_gm {
	enum mc_gm_kind kind;
	enum mc_family family; /* MC_IPV4: IGMP, MC_IPV6: MLD */
	uint8_t version;       /* IGMP 1..3, MLD 1..2 */
	uint8_t raw_type;      /* as on the wire */
	bool bad_checksum;

	struct mc_addr group; /* query: unspecified if general; report v1, v2, leave */

	/* Queries.  Codes as on the wire beside what they mean. */
	uint16_t max_resp_code;
	mc_nsec max_resp; /* IGMPv1: 10 s by definition (RFC 1112 Appendix I) */
	bool s;		  /* suppress router-side processing */
	uint8_t qrv;
	uint8_t qqic;
	mc_nsec qqi;
	uint16_t n_sources;
	struct mc_span sources; /* mc_gm_source() reads them */

	/* Reports of version 3, MLD 2. */
	uint16_t n_records; /* as claimed, and all are there */
	struct mc_span records;

	uint8_t flags_query;   /* upper four bits of the S/QRV byte: E is 0x8 */
	uint16_t flags_report; /* E is 0x8000 */
	bool extended;	       /* E bit: extra holds RFC 9279 extensions */
	struct mc_span extra;  /* bytes after the last defined field */
};

struct mc_record {
	uint8_t type; /* as on the wire: may lie outside enum mc_record_type */
	struct mc_addr group;
	uint16_t n_sources;
	struct mc_span sources;
	struct mc_span aux; /* RFC 9776 4.2.7: skipped, never interpreted */
	size_t offset;	    /* in records */
};

/* What makes a packet unreadable. */
enum mc_fault {
	MC_FAULT_NONE = 0,
	/* IP: frames that mc_frame_parse refuses, told by mc_frame_fault() */
	MC_FAULT_LINK,	     /* a link type or loopback family not known */
	MC_FAULT_LINK_SHORT, /* link header incomplete */
	MC_FAULT_VLANS,	     /* more than MC_FRAME_VLANS tags */
	MC_FAULT_NOT_IP,     /* another EtherType */
	MC_FAULT_IP_SHORT,   /* IPv4 header incomplete */
	MC_FAULT_IP_VERSION, /* neither 4 nor 6, or not what the link header says */
	MC_FAULT_IP_IHL,
	MC_FAULT_IP_TOTLEN, /* total length below the header's */
	MC_FAULT_IP_TRUNC,  /* total length beyond the capture */
	MC_FAULT_IP_OPT,
	MC_FAULT_IP6_SHORT,
	MC_FAULT_IP6_TRUNC,
	MC_FAULT_EXT_TRUNC, /* extension header chain */
	MC_FAULT_EXT_OPT,   /* option in the hop-by-hop header */
	/* the message */
	MC_FAULT_FRAGMENT,
	MC_FAULT_PROTOCOL, /* neither IGMP nor MLD */
	MC_FAULT_SHORT,	   /* shorter than its type requires */
	MC_FAULT_QUERY_LEN,
	MC_FAULT_SOURCES, /* number of sources exceeds the message */
	MC_FAULT_RECORD,  /* record header incomplete */
	MC_FAULT_RECORD_SOURCES,
	MC_FAULT_RECORD_AUX,
	MC_FAULT_MAX,
};

/* Reads the message of a frame whose protocol is IGMP or ICMPv6.  0; else *out
 * is zero but for what was read before the fault:
 *   -MC_EUNSUPPORTED  not IGMP; an ICMPv6 type that is neither MLD nor MRD; a
 *		       fragment
 *   -MC_ETRUNC	       the message ends inside a field, a source list or a record
 *   -MC_EBADLEN       a query length that RFC 9776 7.1 and RFC 9777 8.1 ignore
 * *fault, when not NULL, says precisely which; MC_FAULT_NONE on success. */
MC_API MC_MUSTCHECK int mc_gm_parse(struct mc_gm *out, const struct mc_frame *f,
				    enum mc_fault *fault);

/* "num-sources", and a sentence.  Never NULL. */
MC_API const char *mc_fault_name(enum mc_fault f);
MC_API const char *mc_fault_text(enum mc_fault f);

/* Why mc_frame_parse refused the same bytes. */
MC_API enum mc_fault mc_frame_fault(uint32_t linktype, const void *buf, size_t len);

/* The records of a report, one a call.  1: *rec filled and *pos advanced; 0: no
 * more.  Start with *pos = 0. */
MC_API MC_MUSTCHECK int mc_gm_next(const struct mc_gm *gm, size_t *pos, struct mc_record *rec);

/* A record where it lies in the message, for those who look at millions: nothing
 * is copied, and addresses are their bytes in network order, 4 or 16. */
struct mc_record_view {
	uint8_t type;
	const uint8_t *group;
	struct mc_span sources; /* n times as many bytes */
	struct mc_span aux;
};

/* Takes the first record off *rest, which is gm->records in the beginning.  1,
 * or 0: no more.  Of lists that end too early, which mc_gm_parse refuses, nothing
 * is left. */
MC_API MC_MUSTCHECK inline int mc_record_take(struct mc_span *rest, enum mc_family family,
					      struct mc_record_view *out)
{
	size_t size = family == MC_IPV4 ? 4 : 16, head = 4 + size, sources, aux;
	const uint8_t *p = rest->p;

	if (rest->len < head)
		return 0;
	sources = (size_t)(p[2] << 8 | p[3]) * size;
	aux = p[1] * (size_t)4;
	out->type = p[0];
	out->group = p + 4;
	p += head;
	rest->len -= head;
	if (sources > rest->len)
		sources = aux = rest->len = 0;
	out->sources.p = p;
	out->sources.len = sources;
	p += sources;
	rest->len -= sources;
	if (aux > rest->len)
		aux = rest->len = 0;
	out->aux.p = p;
	out->aux.len = aux;
	rest->p = p + aux;
	rest->len -= aux;
	return 1;
}

/* The i-th address of a source list; MC_ANY past its end. */
MC_API struct mc_addr mc_gm_source(enum mc_family family, const struct mc_span *sources,
				   unsigned i);

/* True when bytes after the last field, of a message with the E bit, are the
 * extensions of RFC 9279: one or more, each whole, nothing behind them.  Else
 * receivers ignore all of them, and obey the message. */
MC_API bool mc_gm_extensions_ok(const struct mc_span *extra);

/* "query", "report", "leave", "other"; "MODE_IS_INCLUDE" and the short "is_in";
 * for an unknown record type "unknown". */
MC_API const char *mc_gm_kind_name(enum mc_gm_kind kind);
MC_API const char *mc_record_name(uint8_t type);
MC_API const char *mc_record_short(uint8_t type);

/* Coded times: RFC 9776 4.1.1 and 4.1.7 (8 bits), RFC 9777 5.1.3 (16 bits).
 * Encoding takes the exact value or the next lower one, and the largest for
 * anything above it. */
MC_API uint32_t mc_code8_decode(uint8_t code);
MC_API uint8_t mc_code8_encode(uint32_t value);
MC_API uint32_t mc_code16_decode(uint16_t code);
MC_API uint16_t mc_code16_encode(uint32_t value);

/* --- building ------------------------------------------------------------ */

struct mc_gm_record_spec {
	uint8_t type;
	struct mc_addr group;
	const struct mc_addr *sources;
	uint16_t n_sources;
	struct mc_span aux; /* a multiple of four bytes */
};

/* What to build.  Unused members are zero. */
struct mc_gm_spec {
	enum mc_gm_kind kind;
	enum mc_family family;
	uint8_t version;
	struct mc_addr group;
	mc_nsec max_resp; /* encoded as the version says */
	bool s;
	uint8_t qrv; /* 0..7 */
	mc_nsec qqi;
	const struct mc_addr *sources;
	uint16_t n_sources;
	const struct mc_gm_record_spec *records;
	uint16_t n_records;
	struct mc_span extension; /* RFC 9279 TLVs: sets the E bit */
};

/* Writes the IGMP or ICMPv6 message with its checksum.  src and dst matter for
 * MLD only (pseudo header), and may be NULL for IGMP.  Returns the length;
 * -ENOSPC when it does not fit size; -EMSGSIZE when it fits no IP packet;
 * -EINVAL when the spec is no message: a version without that kind or member, a
 * group that is none, aux data or extensions of a wrong length, an IGMPv2 query
 * whose max_resp would be sent as 0, which makes it IGMPv1. */
MC_API MC_MUSTCHECK int mc_gm_build(void *buf, size_t size, const struct mc_gm_spec *spec,
				    const struct mc_addr *src, const struct mc_addr *dst);

/* Where a message belongs: RFC 9776 4.1.12 and 4.2.15, RFC 9777 5.1.15 and
 * 5.2.15, RFC 2236 9, RFC 2710 8.  -EINVAL, as above, for a kind or version that
 * does not exist. */
MC_API MC_MUSTCHECK int mc_gm_destination(struct mc_addr *out, const struct mc_gm_spec *spec);

MC_END_DECLS

#endif
