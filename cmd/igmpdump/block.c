/* block.c - a piece of a capture file, decoded apart from the rest */
#include "igmpdump/block.h"

#include <errno.h>
#include <stdlib.h>

#include "igmpdump/line.h"
#include "igmpdump/links.h"
#include "igmpdump/session.h"

#define BLOCK (128 * 1024) /* of the file; small, as memory costs more than its use when new */
#define TEXT  (2 * BLOCK)

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
	b->in.size = BLOCK;
	b->in.bytes = malloc(BLOCK);
	if (buf_open(&b->d.out, -1, TEXT) < 0 || !b->in.bytes)
		return -ENOMEM;
	return 0;
}

void block_close(struct block *b)
{
	free(b->in.bytes);
	free(b->marks);
	free(b->asked);
	free(b->d.names);
	buf_close(&b->d.out);
	links_free(&b->d.links);
}

/* ---- decoding ---- */

/* Room for one more of what has that size. */
static bool grow(void *array, size_t *room, size_t n, size_t size)
{
	void **v = array, *bigger;
	size_t more = *room ? 2 * *room : 64;

	if (n < *room)
		return true;
	bigger = realloc(*v, more * size);
	if (!bigger)
		return false;
	*v = bigger;
	*room = more;
	return true;
}

/* Notes the message that was just decoded. */
static bool note(struct block *b, bool asked)
{
	if (!grow(&b->marks, &b->marks_room, b->n_marks, sizeof *b->marks))
		return false;
	if (asked && !grow(&b->asked, &b->asked_room, b->n_asked, sizeof *b->asked))
		return false;
	if (asked)
		b->asked[b->n_asked++] = b->d.message;
	b->marks[b->n_marks++] = (struct mark){ .when = b->d.message.when,
						.end = buf_len(&b->d.out),
						.asked = asked ? (uint32_t)b->n_asked : 0 };
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
}

void block_decode(struct block *b, uint64_t first, struct widths widths)
{
	struct mc_cap_frame f;

	start(b, first, widths);
	while (mc_cap_block_next(&b->in, &f) == 1 && !b->broken) {
		uint64_t before = b->d.counts.messages;

		session_frame(&b->d, 0, &f);
		if (b->d.counts.messages != before)
			b->broken = !note(b, session_wants(b->run, &b->d.message));
	}
	if (b->d.out.err)
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

static void decode_again(struct block *b, struct dump *d)
{
	struct mc_cap_frame f;

	b->in.at = 0;
	while (!session_over(d) && mc_cap_block_next(&b->in, &f) == 1)
		session_frame(d, 0, &f);
}

bool block_join(struct block *b, struct dump *d)
{
	if (b->broken || !same_link(b, d)) {
		decode_again(b, d);
		return false;
	}
	if (b->widths.src != d->src_width || b->widths.dst != d->dst_width) {
		decode_again(b, d);
		return true;
	}
	add_counts(d, b);
	d->src_width = b->d.src_width;
	d->dst_width = b->d.dst_width;
	join_text(b, d);
	return true;
}
