/* filter.h - what one host wants of a group: a mode and a few sources
 *
 * Addresses as bytes, 4 or 16 each, one behind the other: as reports have them,
 * and as records keep them (kept.h). */
#ifndef FSM_FILTER_H
#define FSM_FILTER_H

#include <mc/gm.h>
#include <mc/spec.h>

#define FILTER_KEPT 32 /* sources */

struct filter {
	uint8_t mode; /* enum mc_filter_mode */
	bool more;    /* sources than are kept */
	uint8_t n;
	uint8_t sources[FILTER_KEPT * 16]; /* ascending */
};

/* How a record stands to what came before. */
enum filter_context {
	FILTER_ALONE = 0,
	FILTER_CONTINUED, /* the next part of a list too long for one report */
	FILTER_PARTIAL,	  /* answers a query for sources: not the whole state */
};

/* Applies a record (RFC 9776 4.2.13) to the state of its sender, or makes a
 * first one when there is none.  False when no membership is left. */
bool filter_apply(struct filter *f, bool exists, const struct mc_record *r,
		  enum filter_context context);

#endif
