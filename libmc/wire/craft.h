/* craft.h - reading the words of a message: fields and records */
#ifndef MC_WIRE_CRAFT_H
#define MC_WIRE_CRAFT_H

#include <mc/craft.h>

struct craft_reader {
	const char *text, *at;
	struct mc_craft *out;
	struct mc_spec_error *err;
};

/* Writes before, what the user wrote, and after into the error, and points it at
 * the character.  Returns -MC_EBADSPEC. */
int craft_fail(struct craft_reader *r, const char *at, const char *before, struct mc_span quoted,
	       const char *after);
int craft_fail_text(struct craft_reader *r, const char *at, const char *text);

/* A single group of the message's family, without sources and port. */
int craft_read_group(struct craft_reader *r, struct mc_addr *group, const char *p, size_t len);

#define CRAFT_NO_FIELD 1

/* "qrv=2"; CRAFT_NO_FIELD when the word is none; *max_resp is set when it gave
 * the response time. */
int craft_query_field(struct craft_reader *r, struct mc_span word, bool *max_resp);

/* "239.1.1.1=to_in(10.0.0.1)" */
int craft_record(struct craft_reader *r, struct mc_span word);

/* "hex=00ff" */
int craft_udp_field(struct craft_reader *r, struct mc_span word);

#endif
