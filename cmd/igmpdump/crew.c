/* crew.c - a capture file read by several threads
 *
 * They are alike, the main thread being one of them.  Each in turn reads a block
 * of the file, which has to be done in order and takes little time, and decodes it,
 * which takes the rest.  What then has to be done block by block in order is one
 * strand of work: joining them to the run.  When the state waits, following each
 * protocol is another one, behind it.  Whoever is free takes a block further on a
 * strand that nobody works on, or decodes the next one. */
#include "igmpdump/crew.h"

#include <pthread.h>
#include <sched.h>

#include "common/sig.h"
#include "igmpdump/block.h"
#include "igmpdump/input.h"
#include "igmpdump/session.h"
#include "igmpdump/stamp.h"
#include "igmpdump/state.h"

#define THREADS	 4 /* reading in order leaves no work for more */
#define BLOCKS	 (8 * THREADS)
#define WORTH_IT (1024 * 1024) /* bytes; a smaller file is read before a thread runs */

struct strand {
	uint64_t n; /* blocks that are through */
	bool busy;
};

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct dump *d; /* of whoever joins a block */
	struct block blocks[BLOCKS];
	unsigned n_blocks;
	bool reading;
	uint64_t n_read; /* blocks */
	uint64_t frames; /* read */
	struct strand join, lanes[LANES];
	unsigned n_lanes;
	struct widths widths; /* of the last line that was joined */
	bool over;	      /* nothing more is to be read */
};

static unsigned number_of(const struct crew *c, uint64_t n)
{
	return (unsigned)(n % c->n_blocks);
}

/* All with the lock held, which they give away for what takes time. */

/* How many blocks have been through everything. */
static uint64_t n_done(const struct crew *c)
{
	uint64_t n = c->join.n;

	for (unsigned i = 0; i < c->n_lanes; i++)
		if (c->lanes[i].n < n)
			n = c->lanes[i].n;
	return n;
}

static unsigned n_free(const struct crew *c)
{
	return c->n_blocks - (unsigned)(c->n_read - n_done(c));
}

static bool may_join(const struct crew *c)
{
	return !c->join.busy && c->join.n < c->n_read && c->blocks[number_of(c, c->join.n)].done;
}

static bool may_follow(const struct crew *c, const struct strand *l)
{
	return !l->busy && l->n < c->join.n;
}

static bool may_decode(const struct crew *c)
{
	return !c->over && !c->reading && n_free(c);
}

/* Waking somebody takes as long as half a block does: not for one block when more
 * will soon be free. */
static bool is_more_to_do(const struct crew *c)
{
	for (unsigned i = 0; i < c->n_lanes; i++)
		if (may_follow(c, &c->lanes[i]))
			return true;
	return may_join(c) || (may_decode(c) && n_free(c) >= c->n_blocks / 2);
}

/* To do what was just taken.  Whoever comes back looks for more, so that all is done
 * even if nobody else wakes. */
static void unlock(struct crew *c)
{
	bool more = is_more_to_do(c);

	pthread_mutex_unlock(&c->lock);
	if (more)
		pthread_cond_signal(&c->changed);
}

static void begin(struct crew *c, struct strand *l)
{
	l->busy = true;
	unlock(c);
}

static void end(struct crew *c, struct strand *l)
{
	pthread_mutex_lock(&c->lock);
	l->busy = false;
	l->n++;
}

/* Every block that was joined is through all lanes. */
static bool lanes_rest(const struct crew *c)
{
	for (unsigned i = 0; i < c->n_lanes; i++)
		if (c->lanes[i].busy || c->lanes[i].n < c->join.n)
			return false;
	return true;
}

static bool follow_one(struct crew *c)
{
	for (unsigned i = 0; i < c->n_lanes; i++) {
		struct strand *l = &c->lanes[i];

		if (!may_follow(c, l))
			continue;
		begin(c, l);
		block_hear(&c->blocks[number_of(c, l->n)], c->d, i);
		end(c, l);
		return true;
	}
	return false;
}

/* What does not fit is decoded again, and a summary in between tells everything:
 * both when the lanes rest. */
static bool join_one(struct crew *c)
{
	struct block *b = &c->blocks[number_of(c, c->join.n)];
	bool fits;

	if (!may_join(c))
		return false;
	fits = block_fits(b, c->d);
	if ((!fits || sig_interim()) && !lanes_rest(c))
		return false;
	begin(c, &c->join);
	session_interim(c->d);
	if (fits)
		block_join(b, c->d);
	else
		block_decode_again(b, c->d);
	end(c, &c->join);
	c->over |= c->d->links.n > 1 || session_over(c->d);
	c->widths = (struct widths){ c->d->src_width, c->d->dst_width };
	return true;
}

/* The next block of the file; false at its end. */
static bool read_one(struct crew *c, struct block *b)
{
	bool more;

	c->reading = true;
	unlock(c);
	more = mc_cap_read_block(c->d->inputs[0].cap, &b->in);
	pthread_mutex_lock(&c->lock);
	c->reading = false;
	c->over |= !more;
	if (!more)
		return false;
	b->done = false;
	c->n_read++;
	c->frames += b->in.n;
	return true;
}

static bool decode_one(struct crew *c)
{
	struct block *b = &c->blocks[number_of(c, c->n_read)];
	struct widths widths = c->widths;
	uint64_t first = c->frames + 1;

	if (!may_decode(c) || !read_one(c, b))
		return false;
	unlock(c);
	block_decode(b, first, widths);
	pthread_mutex_lock(&c->lock);
	b->done = true;
	return true;
}

static bool is_over(const struct crew *c)
{
	return c->over && n_done(c) == c->n_read;
}

/* What is nearest to its end comes first. */
static void work(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	while (!is_over(c))
		if (!follow_one(c) && !join_one(c) && !decode_one(c) && !is_over(c))
			pthread_cond_wait(&c->changed, &c->lock);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

static void *thread_main(void *data)
{
	sig_block_all();
	work(data);
	return NULL;
}

/* ---- is it worth it, and how many ---- */

/* Nothing but counts, widths and the state of queriers goes from one line to the
 * next; or there are no lines. */
static bool fits(const struct dump *d)
{
	const struct config *c = d->c;
	bool waits = d->state && state_waits(d->state);

	return (d->show_messages ? !d->track_members : waits) && !d->want_data && !d->filter.n &&
	       d->n_inputs == 1 && !d->rotate && !c->count && !c->duration.ns &&
	       c->stamps != STAMP_DELTA && c->stamps != STAMP_ELAPSED;
}

static unsigned count_threads(void)
{
	cpu_set_t cpus;
	int n = 1;

	if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
		n = CPU_COUNT(&cpus);
	return n < THREADS ? (unsigned)n : THREADS;
}

/* Fewer threads, or none, do as well. */
static void run(struct crew *c, unsigned threads)
{
	pthread_t others[THREADS];
	unsigned n = 0;

	while (n + 1 < threads && pthread_create(&others[n], NULL, thread_main, c) == 0)
		n++;
	work(c);
	while (n)
		pthread_join(others[--n], NULL);
}

void crew_read(struct dump *d)
{
	static struct crew c = { .lock = PTHREAD_MUTEX_INITIALIZER,
				 .changed = PTHREAD_COND_INITIALIZER };
	unsigned threads = count_threads();
	int err = 0;

	if (threads < 2 || !fits(d) || d->inputs[0].size < WORTH_IT)
		return;
	c.d = d;
	c.n_lanes = d->show_messages ? 0 : LANES;
	c.widths = (struct widths){ d->src_width, d->dst_width };
	while (!err && c.n_blocks < 8 * threads)
		err = block_open(&c.blocks[c.n_blocks++], d);
	if (!err)
		run(&c, threads);
	while (c.n_blocks)
		block_close(&c.blocks[--c.n_blocks]);
}
