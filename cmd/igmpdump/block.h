/* block.h - a piece of a capture file, decoded apart from the rest
 *
 * What a line says depends hardly on the lines before it: on the width of two
 * columns, and on whether there is more than one link.  So a block is decoded as
 * if these stayed as they are, in any thread, and joined to the run in its turn.
 * If they did not stay, it is decoded once more, then. */
#ifndef IGMPDUMP_BLOCK_H
#define IGMPDUMP_BLOCK_H

#include "igmpdump/igmpdump.h"
#include "igmpdump/input.h"
#include "igmpdump/lane.h"

/* What the lines of a block begin with. */
struct widths {
	uint8_t src, dst;
};

/* A message of a block. */
struct mark {
	mc_nsec when;
	size_t end;	/* of its text */
	uint32_t asked; /* for the state: its number in block.asked, from 1; else 0 */
};

struct block {
	_Alignas(64) struct mc_cap_block in; /* two threads have two blocks, and no line of both */
	bool done;			     /* decoded; of crew.c */

	const struct dump *run; /* only what never changes is read of it */
	struct dump d;		/* a copy of it, with text and counts of its own */
	struct input input;
	struct widths widths;
	bool broken; /* no memory: its text is worth nothing */
	struct mark *marks;
	size_t n_marks, marks_room;
	struct message *asked;
	size_t n_asked, asked_room;

	struct mc_heard *heard[LANES]; /* for the lanes, when the state waits */
	size_t n_heard[LANES], heard_room;
};

/* d: what the run was when it began.  0 or -ENOMEM. */
int block_open(struct block *b, const struct dump *d);
void block_close(struct block *b);

/* Takes the block apart that was read into b->in, whose first frame has this
 * number.  Touches nothing but the block. */
void block_decode(struct block *b, uint64_t first, struct widths widths);

/* Whether it can be joined to the run as it is, all before it having been joined. */
bool block_fits(struct block *b, struct dump *d);

/* Joins it: its text, its counts, what the state says to its messages.  When the
 * state waits, it says nothing, and block_hear() is still to come for each lane. */
void block_join(struct block *b, struct dump *d);
void block_hear(struct block *b, struct dump *d, unsigned lane);

/* Instead of all that, frame by frame. */
void block_decode_again(struct block *b, struct dump *d);

#endif
