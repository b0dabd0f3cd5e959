/* sinks.h - where packets go besides the statistics: a dump, a file, a capture */
#ifndef MCRECV_SINKS_H
#define MCRECV_SINKS_H

#include "mcrecv/config.h"

#include <mc/capture.h>
#include <mc/rx.h>
#include <stdio.h>

struct sinks {
	FILE *output; /* payloads */
	const char *output_name;
	bool output_closed; /* the reader went away: not an error */
	mc_capfile *capture;
	const char *capture_name;
	uint8_t *frame; /* rebuilt packet */
	bool dump;
	int failed; /* exit status after a failed write */
};

/* 0, or the exit status after a message. */
int sinks_open(struct sinks *s, const struct config *c);

/* Writes one read, datagram by datagram. */
void sinks_put(struct sinks *s, const struct mc_packet *p, bool foreign);

/* Everything so far reaches the files. */
void sinks_flush(struct sinks *s);

/* 0, or the exit status after a message: a full disk shows here at the latest. */
int sinks_close(struct sinks *s);

#endif
