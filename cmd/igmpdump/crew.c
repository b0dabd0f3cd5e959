/* crew.c - a capture file read by several threads
 *
 * They are alike, the main thread being one of them.  Each in turn reads a block
 * of the file, which has to be done in order and takes little time, and decodes it,
 * which takes the rest.  Whoever has decoded the block that is next joins it to the
 * run, and those behind it that are ready. */
#include "igmpdump/crew.h"

#include <pthread.h>
#include <sched.h>

#include "common/sig.h"
#include "igmpdump/block.h"
#include "igmpdump/input.h"
#include "igmpdump/session.h"
#include "igmpdump/stamp.h"

#define THREADS	 4 /* reading in order leaves no work for more */
#define BLOCKS	 (2 * THREADS)
#define WORTH_IT (1024 * 1024) /* bytes; a smaller file is read before a thread runs */

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct dump *d; /* of whoever joins a block */
	struct block blocks[BLOCKS];
	unsigned n_blocks;
	uint64_t n_read, n_joined; /* blocks; those between are at work */
	uint64_t frames;	   /* read */
	struct widths widths;	   /* of the last line that was joined */
	bool over;
	bool joining;
};

static struct block *block_of(struct crew *c, uint64_t n)
{
	return &c->blocks[n % c->n_blocks];
}

/* All with the lock held, which they give away for what takes time. */

static void join_ready(struct crew *c)
{
	struct block *b;

	if (c->joining)
		return; /* and will see that this one is done */
	c->joining = true;
	while (c->n_joined < c->n_read && (b = block_of(c, c->n_joined))->done) {
		bool go_on;

		pthread_mutex_unlock(&c->lock);
		go_on = block_join(b, c->d);
		session_interim(c->d);
		pthread_mutex_lock(&c->lock);
		c->over |= !go_on || session_over(c->d);
		c->widths = (struct widths){ c->d->src_width, c->d->dst_width };
		c->n_joined++;
		pthread_cond_broadcast(&c->changed);
	}
	c->joining = false;
}

/* NULL: no more. */
static struct block *next_block(struct crew *c)
{
	struct block *b;

	while (!c->over && c->n_read - c->n_joined == c->n_blocks)
		pthread_cond_wait(&c->changed, &c->lock);
	if (c->over)
		return NULL;
	b = block_of(c, c->n_read);
	if (mc_cap_read_block(c->d->inputs[0].cap, &b->in)) {
		c->n_read++;
		c->frames += b->in.n;
		b->done = false;
		return b;
	}
	c->over = true;
	pthread_cond_broadcast(&c->changed);
	return NULL;
}

static void work(struct crew *c)
{
	struct block *b;

	pthread_mutex_lock(&c->lock);
	while ((b = next_block(c))) {
		uint64_t first = c->frames - b->in.n + 1;
		struct widths widths = c->widths;

		pthread_mutex_unlock(&c->lock);
		block_decode(b, first, widths);
		pthread_mutex_lock(&c->lock);
		b->done = true;
		join_ready(c);
	}
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
 * next. */
static bool fits(const struct dump *d)
{
	const struct config *c = d->c;

	return d->show_messages && !d->want_data && !d->track_members && !d->filter.n &&
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
	c.widths = (struct widths){ d->src_width, d->dst_width };
	while (!err && c.n_blocks < 2 * threads)
		err = block_open(&c.blocks[c.n_blocks++], d);
	if (!err)
		run(&c, threads);
	while (c.n_blocks)
		block_close(&c.blocks[--c.n_blocks]);
}
