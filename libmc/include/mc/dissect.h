/* dissect.h - every field of a control packet, with its place.
 *
 * One walk serves the tree view, JSON and tests: IGMP, MLD, MRD, RGMP, DVMRP,
 * mtrace, PIMv1 and PIMv2.  Pure; the visitor gets borrowed strings. */
#ifndef MC_DISSECT_H
#define MC_DISSECT_H

#include <mc/frame.h>

MC_BEGIN_DECLS

enum mc_field_type {
	MC_FIELD_NODE = 1, /* has fields below it; if it encodes an address, addr and
			      value hold that and its prefix length */
	MC_FIELD_UINT,	   /* value */
	MC_FIELD_HEX,	   /* value, better shown in hexadecimal */
	MC_FIELD_BOOL,	   /* value */
	MC_FIELD_TIME,	   /* value in nanoseconds */
	MC_FIELD_ADDR,	   /* addr */
	MC_FIELD_PREFIX,   /* addr, value is the length */
	MC_FIELD_BYTES,	   /* bytes */
	MC_FIELD_FAULT,	   /* name: what should be here; text: why it cannot be
			      read; bytes: the rest of the message */
};

struct mc_field {
	const char *name; /* "max_resp_code": lower case, fit for a JSON key; comes
			     again for each element of a list */
	enum mc_field_type type;
	uint8_t depth;	 /* 0: the protocol's own node */
	uint32_t offset; /* from the start of the IP payload */
	uint32_t len;	 /* bytes; 0 for what is derived */
	uint64_t value;
	const char *text; /* meaning of the value ("IS_IN", "Hello"), or NULL */
	struct mc_addr addr;
	struct mc_span bytes;
};

typedef void mc_field_fn(void *data, const struct mc_field *field);

/* Walks the payload of a frame (IGMP, MLD and MRD, PIM), each field after the
 * node that holds it.  Every byte is in some field: unknown parts come as bytes,
 * what follows the message as "trailing".  0; -MC_EUNSUPPORTED for other
 * protocols and for fragments but the first; -MC_ETRUNC (the message is too
 * short) or -MC_EBADLEN (it contradicts itself) when it ends in a FAULT field:
 * what came before was reported.  Without fn only the return value remains. */
MC_API MC_MUSTCHECK int mc_dissect(const struct mc_frame *f, mc_field_fn *fn, void *data);

/* The message's name: "v3 report", "PIM Hello", "mtrace request", and so on;
 * "unknown" when it has none.  For MLD "MLDv2 report". */
MC_API const char *mc_message_name(const struct mc_frame *f);

/* PIM's checksum, which leaves out a Register's data (RFC 7761 4.9); one over
 * all of a Register counts too.  False for fragments and what is not PIM. */
MC_API bool mc_pim_checksum_ok(const struct mc_frame *f);

MC_END_DECLS

#endif
