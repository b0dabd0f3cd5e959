/* session.c - what happens to a frame, and when it is over */
#include "igmpdump/session.h"

#include <time.h>

#include "common/out.h"
#include "common/sig.h"
#include "igmpdump/input.h"
#include "igmpdump/json_message.h"
#include "igmpdump/line.h"
#include "igmpdump/links.h"
#include "igmpdump/message.h"
#include "igmpdump/rotate.h"
#include "igmpdump/state.h"
#include "igmpdump/tree.h"

#define SECOND 1000000000

static mc_nsec clock_now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * SECOND + ts.tv_nsec };
}

void dump_issues(struct dump *d, enum mc_issue i, uint64_t n)
{
	const struct mc_issue_row *row = mc_issue_row(i);

	d->counts.issues[i] += n;
	if (n && d->c->fail_on && (int)row->severity >= d->c->fail_on - FAIL_NOTE)
		d->failed = true;
}

static void count_issues(struct dump *d, const struct message *m)
{
	enum mc_issue i = MC_ISSUE_NONE;

	while ((i = mc_issues_next(&m->issues, i)) != MC_ISSUE_NONE)
		dump_issues(d, i, 1);
}

static void show(struct dump *d, const struct message *m)
{
	bool clean = mc_issues_none(&m->issues);

	d->counts.shown++;
	if (!clean)
		count_issues(d, m);
	if (!d->show_messages)
		return;
	if (d->c->common.json) {
		json_message(d, m);
		return;
	}
	line_message(d, m);
	if (d->c->common.verbose)
		tree_message(d, m);
	if (!clean)
		line_issues(d, m);
}

static void store(struct dump *d, unsigned input, const struct mc_cap_frame *f)
{
	if (d->rotate)
		rotate_write(d->rotate, d->inputs[input].linktype, f);
}

/* The deadline moves only when the state learns something. */
static void note_deadline(struct dump *d)
{
	d->state_due = state_deadline(d->state);
}

void session_tick(struct dump *d, mc_nsec now)
{
	if (d->state && now.ns >= d->state_due.ns) {
		state_tick(d->state, now);
		note_deadline(d);
	}
}

bool session_wants(const struct dump *d, const struct message *m)
{
	return d->state && (d->track_members || (m->parsed && m->gm.kind == MC_GM_QUERY));
}

void session_follow(struct dump *d, const struct message *m)
{
	state_message(d->state, m);
	note_deadline(d);
}

/* A message, whose link is known. */
static bool take_message(struct dump *d, struct message *m)
{
	bool passes = !d->filter.n || filter_message(d, m);

	d->counts.messages++;
	session_tick(d, m->when);
	if (passes)
		show(d, m);
	if (session_wants(d, m))
		session_follow(d, m);
	return passes;
}

static void take_data(struct dump *d, struct message *m)
{
	struct mc_udp udp;

	d->counts.data++;
	if (!d->want_data || !d->state)
		return;
	session_tick(d, m->when);
	state_data(d->state, m, mc_udp_parse(&udp, &m->f) == 0 ? &udp : NULL);
	note_deadline(d);
}

static bool take(struct dump *d, struct message *m, enum message_class class)
{
	if (class == MESSAGE_OTHER) {
		d->counts.other++;
		return false;
	}
	m->link = links_find(d, m->input, &m->f);
	if (m->link == UINT32_MAX)
		return false;
	if (class == MESSAGE_DATA) {
		take_data(d, m);
		return false;
	}
	if (m->fault != MC_FAULT_NONE && m->fault != MC_FAULT_PROTOCOL)
		d->counts.unreadable++;
	return take_message(d, m);
}

void session_read(struct dump *d, struct message *m, unsigned input, const struct mc_cap_frame *f)
{
	bool passes;

	m->frame = ++d->inputs[input].frames;
	m->input = input;
	m->when = f->when;
	m->wire_len = f->wire_len;
	m->data = f->data;
	if (!d->counts.frames++)
		d->counts.first = f->when;
	d->counts.last = f->when;
	passes = take(d, m, message_read(m, d->inputs[input].linktype));
	if (passes || !d->filter.n)
		store(d, input, f);
}

void session_frame(struct dump *d, unsigned input, const struct mc_cap_frame *f)
{
	session_read(d, &d->message, input, f);
}

bool session_past(const struct dump *d, mc_nsec when)
{
	return d->c->duration.ns && d->counts.frames &&
	       when.ns - d->counts.first.ns > d->c->duration.ns;
}

bool session_over(const struct dump *d)
{
	if (sig_stop() || out_broken() || d->time_up || (d->rotate && rotate_broken(d->rotate)))
		return true;
	return d->c->count && d->counts.shown >= d->c->count;
}

static void summarise(struct dump *d, bool final)
{
	inputs_count_drops(d);
	buf_flush(&d->out);
	if (d->state)
		state_summary(d->state, final);
	out_flush();
}

void session_interim(struct dump *d)
{
	if (sig_take_interim())
		summarise(d, false);
}

void session_begin(struct dump *d)
{
	d->next_tick = clock_now(CLOCK_MONOTONIC);
	d->end_at.ns = d->c->duration.ns ? d->next_tick.ns + d->c->duration.ns : INT64_MAX;
}

void session_clock(struct dump *d)
{
	mc_nsec now = clock_now(CLOCK_MONOTONIC), wall = clock_now(CLOCK_REALTIME);

	d->time_up = now.ns >= d->end_at.ns;
	if (now.ns >= d->next_tick.ns) {
		d->next_tick.ns = now.ns + SECOND;
		if (d->state) {
			state_tick(d->state, wall);
			note_deadline(d);
		}
	} else {
		session_tick(d, wall);
	}
	session_interim(d);
}

void session_idle(struct dump *d)
{
	buf_flush(&d->out);
	out_flush();
	if (d->rotate)
		rotate_flush(d->rotate);
}

mc_nsec session_wait(const struct dump *d)
{
	int64_t now = clock_now(CLOCK_MONOTONIC).ns, wall = clock_now(CLOCK_REALTIME).ns;
	int64_t wait = d->next_tick.ns - now;

	if (d->end_at.ns - now < wait)
		wait = d->end_at.ns - now;
	if (d->state && d->state_due.ns - wall < wait)
		wait = d->state_due.ns - wall;
	return (mc_nsec){ wait > 0 ? wait : 0 };
}

/* What is left to do when the input is over.  The clock of a capture ends with
 * its last frame. */
void session_end(struct dump *d)
{
	if (d->state)
		state_end(d->state, d->live ? clock_now(CLOCK_REALTIME) : d->counts.last);
	buf_flush(&d->out);
	if (d->show_summary)
		summarise(d, true);
}
