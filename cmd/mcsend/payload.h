/* payload.h - what the packets carry */
#ifndef MCSEND_PAYLOAD_H
#define MCSEND_PAYLOAD_H

#include "mcsend/config.h"

enum payload_kind {
	PAYLOAD_PROBE,	/* measured by mcrecv */
	PAYLOAD_FIXED,	/* the same bytes every time */
	PAYLOAD_STREAM, /* a file or pipe, cut into pieces */
};

struct payload {
	enum payload_kind kind;
	uint8_t *bytes; /* FIXED */
	size_t len;
	int fd; /* STREAM */
	bool at_end;
	const char *name; /* of the file, for messages */
	bool crc;	  /* PROBE */
};

/* Reads --payload, and settles the sizes in *c.  0, or the exit status after a
 * message. */
int payload_open(struct payload *p, struct config *c);
void payload_close(struct payload *p);

/* The next piece of a STREAM, at most size bytes: its length, 0 at the end or
 * after a signal, -errno. */
int payload_read(struct payload *p, void *buf, size_t size);

#endif
