/* counters.h - messages by protocol, version and type, of each link */
#ifndef IGMPDUMP_COUNTERS_H
#define IGMPDUMP_COUNTERS_H

#include "igmpdump/igmpdump.h"

/* Kinds beyond are counted together with the last one. */
#define KINDS_MAX 64

/* Of the readable messages a kind is what their first byte says. */
struct kind {
	const char *protocol; /* "igmp", "mld", "pim" ... */
	const char *type;     /* "report", "unreadable": as in the event of a message */
	const char *name;     /* "v3 report" */
	uint8_t version;      /* 0: has none */
};

struct kinds {
	struct kind v[KINDS_MAX];
	unsigned n;
	/* Number plus one of each (protocol, version or unreadable, type). */
	uint8_t number[4][5][256];
};

struct counters {
	uint64_t n[KINDS_MAX];
};

void counters_add(struct counters *c, struct kinds *k, const struct message *m);

#endif
