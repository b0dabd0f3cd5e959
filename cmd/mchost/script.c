/* script.c - makes happen what the scenario says */
#include "mchost/script.h"

#include "common/out.h"
#include "mchost/craft.h"
#include "mchost/shares.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 2000 /* hosts and groups a call deals with */
#define TRIES	32   /* to find a group by popularity that the host has not */
#define DRAWS	64   /* to find a host that has joined something, or has not */

/* --- pace ---------------------------------------------------------------- */

static uint64_t due(double rate, mc_nsec since, uint64_t done, mc_nsec now)
{
	double owed = rate * (double)(now.ns - since.ns) / 1e9 + 1;

	return owed > (double)done ? (uint64_t)(owed - (double)done) : 0;
}

static int64_t next_due(double rate, mc_nsec since, uint64_t done)
{
	return since.ns + (int64_t)((double)done / rate * 1e9) + 1;
}

static void set_pace(struct pace *p, const struct rate *r, mc_nsec now)
{
	*p = (struct pace){ .rate = r->value, .since = now };
}

/* --- hosts in an order of their own -------------------------------------- */

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Visits every host once, in an order that looks like chance and needs no memory. */
static void shuffle(struct task *t, struct crowd *w)
{
	t->a = w->n > 2 ? 1 + crowd_random(w, w->n - 1) : 1;
	while (common_divisor(t->a, w->n) != 1)
		t->a = t->a % w->n + 1;
	t->b = crowd_random(w, w->n);
}

static uint32_t host_of(const struct task *t, const struct crowd *w)
{
	return (uint32_t)((t->a * t->i + t->b) % w->n);
}

/* --- tasks --------------------------------------------------------------- */

/* The next group for a host that has j of its groups: each set of groups is as
 * likely as any other (Floyd's sampling), or by popularity. */
static uint64_t choose(struct crowd *w, uint32_t host, uint64_t j)
{
	uint64_t n = w->channels.n, last = n - w->per_host + j, pick;

	if (w->channels.zipf) {
		for (int i = 0; i < TRIES; i++) {
			pick = channel_at(&w->channels, crowd_share(w));
			if (!crowd_is_member(w, host, pick))
				return pick;
		}
	} else {
		pick = w->per_host == n ? j : crowd_random(w, last + 1);
		if (!crowd_is_member(w, host, pick))
			return pick;
		if (!crowd_is_member(w, host, last))
			return last;
	}
	for (pick = 0; pick < n && pick < AT_ONCE; pick++)
		if (!crowd_is_member(w, host, pick))
			return pick;
	return NO_CHANNEL;
}

static int join_one(struct crowd *w, mc_nsec now, const struct task *t, uint32_t host)
{
	uint64_t channel = t->groups ? t->first + t->j : choose(w, host, t->j);

	if (channel == NO_CHANNEL || (t->groups && crowd_is_member(w, host, channel)))
		return 0;
	return crowd_join(w, now, host, channel);
}

static int leave_one(struct crowd *w, mc_nsec now, const struct task *t, uint32_t host)
{
	if (!t->groups)
		return crowd_leave_all(w, now, host);
	return crowd_is_member(w, host, t->first + t->j)
		       ? crowd_leave(w, now, host, t->first + t->j)
		       : 0;
}

/* Things to do for each host. */
static uint64_t width(const struct task *t, const struct crowd *w)
{
	if (t->groups)
		return t->groups;
	return t->action == DO_JOIN ? w->per_host : 1;
}

static int do_one(struct crowd *w, mc_nsec now, struct task *t)
{
	uint32_t host = host_of(t, w);
	int err = 0;

	if (t->action == DO_JOIN)
		err = join_one(w, now, t, host);
	else if (t->action == DO_LEAVE)
		err = leave_one(w, now, t, host);
	else if (t->action == DO_KILL)
		err = crowd_kill(w, now, host);
	else
		err = crowd_revive(w, now, host);
	t->done++;
	if (++t->j >= width(t, w)) {
		t->j = 0;
		t->i++;
	}
	return err;
}

/* True: the task is done. */
static bool run_task(struct script *s, struct task *t, mc_nsec now, uint64_t *budget, int *err)
{
	uint64_t n = *budget;

	if (t->rate.unit == RATE_PACKETS) {
		uint64_t owed = due(t->rate.value, t->since, t->done, now);

		n = owed < n ? owed : n;
	}
	for (; n && t->i < t->n && !*err; n--, --*budget)
		*err = do_one(s->crowd, now, t);
	return t->i >= t->n;
}

static int start_task(struct script *s, enum action action, const char *who, mc_nsec now,
		      struct task **out)
{
	struct task *grown = realloc(s->tasks, (s->n_tasks + 1) * sizeof(*grown));
	struct task *t;

	if (!grown) {
		err_msg("%s", mc_strerror(ENOMEM));
		return EXIT_ENV;
	}
	s->tasks = grown;
	t = &grown[s->n_tasks++];
	*t = (struct task){ .action = action, .since = now };
	if (!shares_count(&t->n, who, s->crowd->n) || t->n > s->crowd->n)
		t->n = s->crowd->n;
	/* All of them come in their order, so that it can be followed. */
	t->a = 1;
	if (t->n < s->crowd->n)
		shuffle(t, s->crowd);
	*out = t;
	return 0;
}

/* --- steps --------------------------------------------------------------- */

static int do_step(struct script *s, const struct step *step, mc_nsec now)
{
	struct task *t;
	int status;

	switch (step->action) {
	case DO_JOIN:
	case DO_LEAVE:
	case DO_KILL:
	case DO_REVIVE:
		status = start_task(s, step->action, step->who, now, &t);
		if (status)
			return status;
		t->first = step->first;
		t->groups = step->groups;
		t->rate = step->rate;
		if (t->action == DO_JOIN && t->rate.unit == RATE_NONE)
			t->rate = s->crowd->c->ramp;
		return 0;
	case DO_CHURN:
		set_pace(&s->churn, &step->rate, now);
		return 0;
	case DO_ZAP:
		set_pace(&s->zap, &step->rate, now);
		return 0;
	case DO_CRAFT:
		return craft_text(s->crowd->link, s->crowd->c, step->message);
	case DO_END:
		s->ended = true;
	}
	return 0;
}

static int run_steps(struct script *s, mc_nsec now)
{
	int status = 0;

	while (!status && s->next < s->n && s->steps[s->next].at.ns <= now.ns - s->start.ns)
		status = do_step(s, &s->steps[s->next++], now);
	return status;
}

static void run_tasks(struct script *s, mc_nsec now, uint64_t *budget, int *err)
{
	unsigned left = 0;

	for (unsigned i = 0; i < s->n_tasks; i++) {
		struct task t = s->tasks[i];

		if (!run_task(s, &t, now, budget, err))
			s->tasks[left++] = t;
	}
	s->n_tasks = left;
}

/* --- what goes on -------------------------------------------------------- */

static uint32_t any_host(struct crowd *w)
{
	return (uint32_t)crowd_random(w, w->n);
}

static uint64_t popular(struct crowd *w)
{
	return channel_at(&w->channels, crowd_share(w));
}

/* A host that has joined something, and a channel of it: the number of memberships
 * stays as it is only if somebody leaves for each who joins.  NO_CHANNEL after many
 * hosts that have none. */
static uint64_t any_membership(struct crowd *w, uint32_t *host)
{
	uint64_t channel = NO_CHANNEL;

	for (unsigned i = 0; i < DRAWS && channel == NO_CHANNEL; i++) {
		*host = any_host(w);
		channel = crowd_any_channel(w, *host);
	}
	return channel;
}

/* The same for one that it has not. */
static uint64_t any_other(struct crowd *w, uint32_t *host)
{
	for (unsigned i = 0; i < DRAWS; i++) {
		uint64_t channel = popular(w);

		*host = any_host(w);
		if (!crowd_is_member(w, *host, channel))
			return channel;
	}
	return NO_CHANNEL;
}

static int leave_and_join(struct crowd *w, mc_nsec now, uint32_t leaver, uint64_t old,
			  uint32_t joiner, uint64_t channel)
{
	int err = crowd_leave(w, now, leaver, old);

	return err ? err : crowd_join(w, now, joiner, channel);
}

static int churn_one(struct crowd *w, mc_nsec now)
{
	uint32_t leaver, joiner;
	uint64_t old = any_membership(w, &leaver);
	uint64_t channel = old == NO_CHANNEL ? NO_CHANNEL : any_other(w, &joiner);

	return channel == NO_CHANNEL ? 0 : leave_and_join(w, now, leaver, old, joiner, channel);
}

/* Who is a member of all stays that. */
static int zap_one(struct crowd *w, mc_nsec now)
{
	uint32_t host;
	uint64_t old = any_membership(w, &host), channel = old;

	if (old == NO_CHANNEL)
		return 0;
	do
		channel = (channel + 1) % w->channels.n;
	while (channel != old && crowd_is_member(w, host, channel));
	return channel == old ? 0 : leave_and_join(w, now, host, old, host, channel);
}

static void run_pace(struct script *s, struct pace *p, int (*one)(struct crowd *w, mc_nsec now),
		     mc_nsec now, uint64_t *budget, int *err)
{
	uint64_t n = p->rate > 0 ? due(p->rate, p->since, p->done, now) : 0;

	for (; n && *budget && !*err; n--, --*budget, p->done++)
		*err = one(s->crowd, now);
}

/* Both begin when the first joins are done. */
static void note_joined(struct script *s, mc_nsec now)
{
	if (s->joined || s->n_tasks || s->next < 1)
		return;
	s->joined = true;
	s->churn.since = now;
	s->zap.since = now;
	if (s->kill_at.ns < 0)
		s->kill_at.ns = now.ns - s->start.ns;
}

static int run_kill(struct script *s, mc_nsec now)
{
	char who[32] = "";
	struct task *t;

	if (!s->kill || s->kill_at.ns < 0 || now.ns - s->start.ns < s->kill_at.ns)
		return 0;
	strncpy(who, s->kill, sizeof(who) - 1);
	who[strcspn(who, "@")] = '\0';
	s->kill = NULL;
	return start_task(s, DO_KILL, who, now, &t);
}

void script_start(struct script *s, struct crowd *w, mc_nsec now)
{
	s->crowd = w;
	s->start = now;
	s->churn.since = now;
	s->zap.since = now;
}

int script_run(struct script *s, mc_nsec now, bool *more)
{
	uint64_t budget = AT_ONCE;
	int err = 0, status = run_steps(s, now);

	*more = false;
	if (!status)
		status = run_kill(s, now);
	if (status)
		return status;
	run_tasks(s, now, &budget, &err);
	note_joined(s, now);
	if (s->joined && s->crowd->channels.n) {
		run_pace(s, &s->churn, churn_one, now, &budget, &err);
		run_pace(s, &s->zap, zap_one, now, &budget, &err);
	}
	*more = budget == 0;
	return err ? err_why(NULL, err, NULL) : 0;
}

static void sooner(int64_t *at, int64_t other)
{
	if (other < *at)
		*at = other;
}

mc_nsec script_deadline(const struct script *s, mc_nsec now)
{
	int64_t at = INT64_MAX;

	if (s->next < s->n)
		sooner(&at, s->start.ns + s->steps[s->next].at.ns);
	if (s->kill && s->kill_at.ns >= 0)
		sooner(&at, s->start.ns + s->kill_at.ns);
	for (unsigned i = 0; i < s->n_tasks; i++) {
		const struct task *t = &s->tasks[i];

		sooner(&at, t->rate.unit == RATE_PACKETS
				    ? next_due(t->rate.value, t->since, t->done)
				    : now.ns);
	}
	if (s->joined && s->churn.rate > 0)
		sooner(&at, next_due(s->churn.rate, s->churn.since, s->churn.done));
	if (s->joined && s->zap.rate > 0)
		sooner(&at, next_due(s->zap.rate, s->zap.since, s->zap.done));
	return (mc_nsec){ at };
}
