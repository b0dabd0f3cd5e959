/* block.c - a piece of a capture file, decoded apart from the rest */
#include "igmpdump/block.h"

#include <errno.h>
#include <stdlib.h>

#include "igmpdump/line.h"
#include "igmpdump/links.h"
#include "igmpdump/session.h"
#include "igmpdump/state.h"

/* Bytes of the file; small, as memory costs more than its use when new.  A message
 * that is kept takes several times the room that it has in the file. */
#define BLOCK	   (128 * 1024)
#define BLOCK_KEPT (32 * 1024)
#define TEXT	   (2 * BLOCK)
#define LINE	   64 /* of the cache */

int block_open(struct block *b, const struct dump *d)
{
	memset(b, 0, sizeof *b);
	b->run = d;
	b->d = *d;
	b->d.links = (struct links){ 0 };
	b->d.inputs = &b->input;
	b->d.n_inputs = 1;
	b->d.state = NULL;
	b->d.names = names_open();
	b->input = d->inputs[0];
	b->in.size = d->show_messages ? BLOCK : BLOCK_KEPT;
	b->in.bytes = malloc(b->in.size);
	if (buf_open(&b->d.out, -1, TEXT) < 0 || !b->in.bytes)
		return -ENOMEM;
	return 0;
}

void block_close(struct block *b)
{
	free(b->in.bytes);
	free(b->marks);
	free(b->asked);
	for (unsigned i = 0; i < LANES; i++)
		free(b->heard[i]);
	free(b->d.names);
	buf_close(&b->d.out);
	links_free(&b->d.links);
}

/* ---- decoding ---- */

/* Room for one more of what has that size; zeros at first, on a cache line. */
static bool grow(void *array, size_t *room, size_t n, size_t size)
{
	void **v = array, *bigger;
	size_t more = *room ? 2 * *room : 64;

	if (n < *room)
		return true;
	if (posix_memalign(&bigger, LINE, more * size) != 0)
		return false;
	if (*room)
		memcpy(bigger, *v, *room * size);
	memset((char *)bigger + *room * size, 0, (more - *room) * size);
	free(*v);
	*v = bigger;
	*room = more;
	return true;
}

/* Notes the message that was just decoded, which lies behind those that are kept. */
static bool note(struct block *b, const struct message *m)
{
	bool asked = session_wants(b->run, m);

	b->n_asked += asked;
	if (!b->run->show_messages)
		return true;
	if (!grow(&b->marks, &b->marks_room, b->n_marks, sizeof *b->marks))
		return false;
	b->marks[b->n_marks++] = (struct mark){ .when = m->when,
						.end = buf_len(&b->d.out),
						.asked = asked ? (uint32_t)b->n_asked : 0 };
	return true;
}

/* Room for as many as may be heard. */
static bool reserve_heard(struct block *b)
{
	for (unsigned i = 0; i < LANES; i++) {
		struct mc_heard *v = b->heard_room < b->n_asked
					     ? realloc(b->heard[i], b->asked_room * sizeof *v)
					     : b->heard[i];

		if (!v && b->n_asked)
			return false;
		b->heard[i] = v;
	}
	b->heard_room = b->asked_room;
	return true;
}

static void start(struct block *b, uint64_t first, struct widths widths)
{
	memset(&b->d.counts, 0, sizeof b->d.counts);
	buf_reset(&b->d.out);
	b->d.out.err = 0;
	b->d.src_width = widths.src;
	b->d.dst_width = widths.dst;
	b->input.frames = first - 1;
	b->widths = widths;
	b->broken = false;
	b->n_marks = b->n_asked = 0;
	memset(b->n_heard, 0, sizeof b->n_heard);
}

/* Messages to come were last touched by another processor, or long ago. */
#define FETCH(m, rw)                                                                               \
	for (size_t at_ = 0; at_ < sizeof(struct message); at_ += LINE)                            \
	__builtin_prefetch((const char *)(m) + at_, rw)

void block_decode(struct block *b, uint64_t first, struct widths widths)
{
	struct mc_cap_frame f;

	start(b, first, widths);
	while (!b->broken && mc_cap_block_next(&b->in, &f) == 1) {
		uint64_t before = b->d.counts.messages;
		struct message *m;

		b->broken = !grow(&b->asked, &b->asked_room, b->n_asked, sizeof *b->asked);
		if (b->broken)
			break;
		m = &b->asked[b->n_asked];
		if (!b->run->show_messages && b->n_asked + 2 < b->asked_room)
			FETCH(m + 2, 1);
		session_read(&b->d, m, 0, &f);
		if (b->d.counts.messages != before)
			b->broken = !note(b, m);
	}
	if (b->d.out.err || (!b->run->show_messages && !reserve_heard(b)))
		b->broken = true;
}

/* ---- joining ---- */

/* Frames of one link, which is the only one so far. */
static bool same_link(struct block *b, struct dump *d)
{
	const struct link *l = b->d.links.v;
	struct mc_frame f = { 0 };
	uint32_t n;

	if (!b->d.links.n)
		return true; /* nothing of interest in it */
	if (b->d.links.n > 1)
		return false;
	f.ifindex = l->ifindex;
	f.n_vlans = l->n_vlans;
	memcpy(f.vlans, l->vlans, sizeof f.vlans);
	n = links_find(d, 0, &f);
	if (n == UINT32_MAX)
		return false;
	d->links.v[n].frames--; /* that was no frame */
	return d->links.n == 1;
}

static void add_counts(struct dump *d, const struct block *b)
{
	const struct counts *from = &b->d.counts;
	struct counts *to = &d->counts;

	if (!to->frames)
		to->first = from->first;
	to->last = from->last;
	to->frames += from->frames;
	to->messages += from->messages;
	to->shown += from->shown;
	to->data += from->data;
	to->other += from->other;
	to->unreadable += from->unreadable;
	for (unsigned i = 0; i < MC_ISSUE_MAX; i++)
		to->issues[i] += from->issues[i];
	d->failed |= b->d.failed;
	d->inputs[0].frames += from->frames;
	if (d->links.n)
		d->links.v[0].frames += from->messages + from->data;
}

/* The text up to there comes before anything that the state says next. */
static void lead(struct dump *d, const struct block *b, size_t sent, size_t upto)
{
	d->out.ahead = b->d.out.start + sent;
	d->out.ahead_len = upto - sent;
}

/* It is written when the state has said something, which it seldom has.  Returns how
 * much has been. */
static size_t settle(struct dump *d, size_t sent, size_t upto)
{
	if (buf_len(&d->out))
		buf_flush(&d->out);
	return d->out.ahead_len ? sent : upto;
}

/* What the state says stands between the lines. */
static void join_text(struct block *b, struct dump *d)
{
	size_t sent = 0, before = 0;

	buf_flush(&d->out);
	for (size_t i = 0; d->state && i < b->n_marks; i++) {
		const struct mark *m = &b->marks[i];
		if (m->when.ns >= d->state_due.ns) {
			lead(d, b, sent, before);
			session_tick(d, m->when);
			sent = settle(d, sent, before);
		}
		before = m->end;
		if (m->asked) {
			lead(d, b, sent, before);
			session_follow(d, &b->asked[m->asked - 1]);
			sent = settle(d, sent, before);
		}
	}
	lead(d, b, sent, buf_len(&b->d.out));
	buf_flush(&d->out);
}

/* What the lanes will hear, and when: all of one link, which is the first. */
static void join_kept(struct block *b, struct dump *d)
{
	for (size_t i = 0; i < b->n_asked; i++) {
		const struct message *m = &b->asked[i];
		unsigned lane = lane_of(m->gm.family);

		if (i + 4 < b->n_asked)
			FETCH(m + 4, 0);
		if (state_count(d->state, m))
			b->heard[lane][b->n_heard[lane]++] =
				(struct mc_heard){ m->link, state_now(d->state), &m->f, &m->gm };
	}
}

bool block_fits(struct block *b, struct dump *d)
{
	return !b->broken && b->widths.src == d->src_width && b->widths.dst == d->dst_width &&
	       same_link(b, d);
}

void block_join(struct block *b, struct dump *d)
{
	add_counts(d, b);
	d->src_width = b->d.src_width;
	d->dst_width = b->d.dst_width;
	if (d->show_messages)
		join_text(b, d);
	else
		join_kept(b, d);
}

void block_hear(struct block *b, struct dump *d, unsigned lane)
{
	state_hear(d->state, lane, b->heard[lane], b->n_heard[lane]);
}

void block_decode_again(struct block *b, struct dump *d)
{
	struct mc_cap_frame f;

	b->in.at = 0;
	while (!session_over(d) && mc_cap_block_next(&b->in, &f) == 1)
		session_frame(d, 0, &f);
}
