/* dissect_walk.h - one pass over a message that reports each field with its place
 *
 * Every function takes its bytes through the bounded cursor, reports them and
 * returns what it read.  The first thing that does not fit becomes a FAULT
 * field; from then on nothing is read or reported, so callers test walk_more()
 * in loops and nothing else. */
#ifndef MC_WIRE_DISSECT_WALK_H
#define MC_WIRE_DISSECT_WALK_H

#include <mc/dissect.h>
#include <mc/gm.h>
#include "wire/cursor.h"

#define NSEC_PER_SEC  UINT64_C(1000000000)
#define NSEC_PER_MSEC UINT64_C(1000000)

struct walk {
	struct cur c;
	struct mc_span all; /* the message, for offsets */
	const struct mc_frame *f;
	mc_field_fn *fn; /* NULL: only measure */
	void *data;
	const char *checksum; /* what to say of the checksum, NULL: not judged */
	struct mc_span last;  /* bytes of the last field, for what is derived from it */
	struct mc_addr addr;  /* the last address, and its prefix length */
	uint64_t prefix;
	uint32_t flags; /* of the last encoded source */
	uint8_t depth;
	bool inside; /* in a part whose length a field gave */
	int rc;
};

/* A name for a value; the table ends with a NULL text. */
struct walk_name {
	uint32_t value;
	const char *text;
};

const char *walk_name_of(const struct walk_name *names, uint64_t value);

bool walk_more(const struct walk *w);

/* The byte that many bytes ahead; 0 past the end. */
uint8_t walk_peek(const struct walk *w, size_t ahead);

void walk_fault(struct walk *w, const char *name, int rc, const char *text);

/* Integers of 1 to 8 bytes.  walk_raw() reports nothing: its bits follow. */
uint64_t walk_raw(struct walk *w, const char *name, size_t size);
uint64_t walk_uint(struct walk *w, const char *name, size_t size);
uint64_t walk_hex(struct walk *w, const char *name, size_t size);
uint64_t walk_named(struct walk *w, const char *name, size_t size, const struct walk_name *names);
uint64_t walk_time(struct walk *w, const char *name, size_t size, uint64_t unit);

/* Seconds of a lifetime in 16 bits; PIM's 0xffff never ends (RFC 7761 4.9.2). */
void walk_holdtime(struct walk *w, const char *zero);

void walk_checksum(struct walk *w);
void walk_addr(struct walk *w, const char *name, enum mc_family family);

/* zero: what to say of the unspecified address. */
void walk_addr_or(struct walk *w, const char *name, enum mc_family family, const char *zero);
void walk_prefix(struct walk *w, const char *name, enum mc_family family, unsigned bits);
void walk_bytes(struct walk *w, const char *name, size_t n, const char *text);
void walk_rest(struct walk *w, const char *name, const char *text);

/* Parts of the field that was read last. */
void walk_bit(struct walk *w, const char *name, bool value, const char *text);
void walk_bits(struct walk *w, const char *name, uint64_t value, const char *text);
void walk_derived_time(struct walk *w, const char *name, uint64_t ns, const char *text);
void walk_part(struct walk *w, const struct mc_field *field);

typedef void walk_body(struct walk *w, unsigned arg);

/* A node around what body reads; its length is found by a silent pass. */
void walk_node(struct walk *w, const char *name, const char *text, walk_body *body, unsigned arg);

/* The same for a node whose first fields decide what to say of it. */
struct walk walk_measure(const struct walk *w, walk_body *body, unsigned arg);
void walk_open(struct walk *w, const char *name, const struct walk *measured, const char *text);
void walk_close(struct walk *w);

/* Confines reading to the next n bytes; what is left of them when they are
 * left is reported as `rest`. */
struct cur walk_enter(struct walk *w, const char *name, size_t n);
void walk_leave(struct walk *w, struct cur outer, const char *rest);

/* One for each protocol: everything below its own node. */
void dissect_igmp(struct walk *w);
void dissect_mld(struct walk *w);
void dissect_mrd(struct walk *w);
void dissect_rgmp(struct walk *w);
void dissect_dvmrp(struct walk *w);
void dissect_mtrace(struct walk *w);
void dissect_pimv1(struct walk *w);
void dissect_pim(struct walk *w);

/* The message's name, NULL when it has none. */
const char *dissect_igmp_name(const struct mc_frame *f);
const char *dissect_mld_name(const struct mc_frame *f);
const char *dissect_mrd_name(const struct mc_frame *f);
const char *dissect_rgmp_name(const struct mc_frame *f);
const char *dissect_dvmrp_name(const struct mc_frame *f);
const char *dissect_mtrace_name(const struct mc_frame *f);
const char *dissect_pimv1_name(const struct mc_frame *f);
const char *dissect_pim_name(const struct mc_frame *f);

/* A byte of the payload; 0 past its end. */
uint8_t dissect_byte(const struct mc_frame *f, size_t at);

/* The packet inside a PIM Register, to the end of the message.  null: only the
 * header has to be there. */
void dissect_inner(struct walk *w, bool null);

#endif
