/* report.c - what mchost says, and in which of two languages */
#include "mchost/report.h"

#include "common/out.h"
#include "common/term.h"

#include <unistd.h>

void report_init(struct report *r, const struct config *c)
{
	*r = (struct report){ .c = c };
	json_init(&r->json, stdout);
	term_init(STDOUT_FILENO, !c->common.json && !c->common.quiet);
}

struct account {
	const struct crowd *w;
	struct delivery *d;
	uint64_t wanted, got; /* of one host */
};

static void account_for(void *data, const struct mc_hosts_member *m)
{
	struct account *a = data;
	uint64_t channel = channel_of(&a->w->channels, &m->group);

	if (channel == NO_CHANNEL)
		return;
	a->wanted++;
	a->got += watches_delivered(&a->w->watches, channel);
}

void report_delivery(struct delivery *out, const struct crowd *w)
{
	*out = (struct delivery){ .unwanted = w->watches.unwanted };
	for (uint32_t host = 0; host < w->n; host++) {
		struct account a = { .w = w, .d = out };

		if (crowd_is_dead(w, host))
			continue;
		for (int f = 0; f < 2; f++)
			if (w->hosts[f])
				mc_hosts_of_host(w->hosts[f], host, account_for, &a);
		out->hosts += a.wanted > 0;
		out->complete += a.wanted && a.got == a.wanted;
		out->memberships += a.wanted;
		out->delivered += a.got;
	}
}

static void on_start(void *data, const struct crowd *w)
{
	struct report *r = data;

	if (r->c->common.json)
		json_start(r, w);
	else if (!r->c->common.quiet)
		text_start(r, w);
	out_flush();
}

static void on_query(void *data, const struct crowd *w, const struct mc_frame *f,
		     const struct mc_gm *gm)
{
	struct report *r = data;

	(void)w;
	if (r->c->common.json)
		json_query(r, f, gm);
	else if (r->c->common.verbose)
		text_query(r, f, gm);
}

static void on_progress(void *data, const struct crowd *w, mc_nsec elapsed)
{
	struct report *r = data;

	if (r->c->common.json)
		json_progress(r, w, elapsed);
	else if (!r->c->common.quiet)
		text_progress(r, w, elapsed);
	r->last = elapsed;
	r->last_frames = w->link->counts.sent;
}

static void summary(struct report *r, const char *event, struct crowd *w, mc_nsec elapsed,
		    const struct delivery *d)
{
	if (r->c->common.json)
		json_summary(r, event, w, d, elapsed);
	else if (r->c->common.quiet < 2)
		text_summary(r, w, d, elapsed);
	out_flush();
}

static void on_interim(void *data, struct crowd *w, mc_nsec elapsed)
{
	struct delivery d;

	report_delivery(&d, w);
	summary(data, "interim", w, elapsed, &d);
}

static void on_leave(void *data, struct crowd *w)
{
	struct report *r = data;

	report_delivery(&r->delivery, w);
}

struct teller report_teller(struct report *r)
{
	return (struct teller){ .start = on_start,
				.query = on_query,
				.progress = on_progress,
				.interim = on_interim,
				.leave = on_leave,
				.data = r };
}

void report_summary(struct report *r, struct crowd *w, mc_nsec elapsed)
{
	summary(r, "summary", w, elapsed, &r->delivery);
}
