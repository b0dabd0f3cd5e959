/* input.h - where frames come from: interfaces or files */
#ifndef IGMPDUMP_INPUT_H
#define IGMPDUMP_INPUT_H

#include "igmpdump/igmpdump.h"

struct input {
	mc_cap *cap;	  /* NULL: a file that was read, an interface that is gone */
	const char *name; /* of the interface, or the path */
	uint32_t linktype;
	uint64_t size; /* bytes of a file when it was opened; 0: not known */
	uint64_t frames;
	uint64_t kernel_drops, iface_drops;
};

/* Opens the inputs that the configuration asks for.  0, or the exit status after a message. */
int inputs_open(struct dump *d);
void inputs_close(struct dump *d);

/* Brings dump.counts up to date. */
void inputs_count_drops(struct dump *d);

/* Reads until it is over; 0, or the exit status. */
int inputs_run(struct dump *d);

#endif
