/* population_new.c - members of IGMPv3 and MLDv2
 *
 * Sections are those of RFC 9776; RFC 9777 6 says the same.  Changes of all
 * groups of a host are reported together, now and when they are repeated. */
#include "population.h"

/* ---- changes of state (5.1) ---- */

/* Calls fn for each source that is in one list only. */
typedef void diff_fn(struct mc_hosts *p, struct want *w, const struct mc_addr *source);

static void diff(struct mc_hosts *p, struct want *w, uint32_t a, uint32_t b, diff_fn *fn)
{
	const struct list *x = list_at(p, a), *y = list_at(p, b);
	uint32_t i = 0, j = 0;

	while (i < x->n || j < y->n) {
		int order = i == x->n ? 1 : j == y->n ? -1 : mc_addr_cmp(&x->a[i], &y->a[j]);

		if (order)
			fn(p, w, order < 0 ? &x->a[i] : &y->a[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

/* The place of the change of a source, or of the next one. */
static uint32_t change_of(const struct want *w, const struct mc_addr *source)
{
	uint32_t i = 0;

	while (i < w->n_changes && mc_addr_cmp(&w->changes[i].source, source) != 0)
		i++;
	return i;
}

/* A source with a change to report is reported as it is by then. */
static void note(struct mc_hosts *p, struct want *w, const struct mc_addr *source)
{
	uint32_t i = change_of(w, source);

	if (i == w->n_changes)
		w->changes[w->n_changes++].source = *source;
	w->changes[i].left = p->rv;
}

bool pop_new_reserve(struct mc_hosts *p, uint32_t member, enum mc_filter_mode mode, uint32_t list)
{
	struct want *w = want_at(p, member_at(p, member)->want);
	uint32_t most = w->n_changes + list_at(p, w->list)->n + list_at(p, list)->n;
	struct change *changes;

	if (w->mode != mode || w->list == list || most <= w->room)
		return true;
	if (most > UINT16_MAX)
		return false;
	changes = p->alloc(w->changes, most * sizeof(*changes));
	if (!changes)
		return false;
	p->extra += (most - w->room) * sizeof(*changes);
	w->changes = changes;
	w->room = (uint16_t)most;
	return true;
}

static void queue(struct mc_hosts *p, struct station *s, uint32_t id)
{
	struct want *w = want_at(p, id);

	if (w->queued)
		return;
	w->queued = true;
	w->next = s->changes;
	s->changes = id;
}

void pop_new_changed(struct mc_hosts *p, uint32_t member, enum mc_filter_mode mode, uint32_t list)
{
	struct member *m = member_at(p, member);
	struct want *w = m->want == NONE ? NULL : want_at(p, m->want);

	if (!w || is_silent(p, m))
		return;
	if (w->mode != mode) {
		w->mode_left = p->rv;
		w->n_changes = 0; /* the whole list goes with the mode */
	} else if (w->list != list) {
		diff(p, w, list, w->list, note);
	} else {
		return;
	}
	queue(p, station_at(p, m->host), m->want);
	pop_station_is_urgent(p, m->host);
}

static void pack_list(struct mc_hosts *p, uint8_t type, const struct mc_addr *group, uint32_t list)
{
	const struct list *l = list_at(p, list);

	pop_pack_record(p, type, group, l->n);
	for (uint32_t i = 0; i < l->n; i++)
		pop_pack_source(p, &l->a[i]);
}

/* ALLOW and BLOCK are told apart by what is wanted now. */
static void pack_changes(struct mc_hosts *p, const struct member *m, const struct mc_addr *group,
			 bool allow)
{
	const struct want *w = want_at(p, m->want);
	unsigned n = 0;

	for (unsigned i = 0; i < w->n_changes; i++)
		n += pop_member_takes(p, m, &w->changes[i].source) == allow;
	if (!n)
		return;
	pop_pack_record(p, allow ? MC_REC_ALLOW : MC_REC_BLOCK, group, n);
	for (unsigned i = 0; i < w->n_changes; i++)
		if (pop_member_takes(p, m, &w->changes[i].source) == allow)
			pop_pack_source(p, &w->changes[i].source);
}

/* Each report counts for all sources, that with the whole list too. */
static void count_down(struct want *w)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->n_changes; i++)
		if (--w->changes[i].left)
			w->changes[n++] = w->changes[i];
	w->n_changes = (uint16_t)n;
	if (w->mode_left)
		w->mode_left--;
}

static void pack_want(struct mc_hosts *p, uint32_t id)
{
	struct want *w = want_at(p, id);
	const struct member *m = member_at(p, w->member);
	struct mc_addr group = pop_group_addr(p, group_of(p, m));

	if (w->mode_left) {
		pack_list(p, w->mode == MC_INCLUDE ? MC_REC_TO_IN : MC_REC_TO_EX, &group, w->list);
	} else {
		pack_changes(p, m, &group, true);
		pack_changes(p, m, &group, false);
	}
	count_down(w);
}

/* Oldest first. */
static uint32_t reversed(struct mc_hosts *p, uint32_t id)
{
	uint32_t head = NONE;

	while (id != NONE) {
		uint32_t next = want_at(p, id)->next;

		want_at(p, id)->next = head;
		head = id;
		id = next;
	}
	return head;
}

static void send_changes(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);
	struct cause cause = { .reason = s->flags & S_URGENT ? MC_SENT_CHANGE : MC_SENT_AGAIN,
			       .due = s->change_due };
	uint32_t id = reversed(p, s->changes), next;

	s->changes = NONE;
	pop_pack_begin(p, station, &cause);
	for (; id != NONE; id = next) {
		struct want *w = want_at(p, id);

		next = w->next;
		pack_want(p, id);
		w->queued = false;
		if (w->mode_left || w->n_changes) {
			queue(p, s, id);
		} else {
			pop_want_settle(p, w);
			pop_member_trim(p, w->member);
		}
	}
	pop_pack_end(p);
	s->change_due =
		s->changes == NONE ? NEVER : p->now + pop_random_delay(p, NULL, p->unsolicited_new);
}

/* ---- answers (5.2) ---- */

static void pack_state(struct mc_hosts *p, const struct member *m)
{
	struct mc_addr group = pop_group_addr(p, group_of(p, m));

	if (!is_silent(p, m) && pop_member_is_in(p, m))
		pack_list(p, pop_member_mode(p, m) == MC_INCLUDE ? MC_REC_IS_IN : MC_REC_IS_EX,
			  &group, pop_member_list(p, m));
}

/* Of the sources asked about, those it takes. */
static void pack_asked(struct mc_hosts *p, const struct member *m)
{
	const struct list *asked = list_at(p, want_at(p, m->want)->asked);
	struct mc_addr group = pop_group_addr(p, group_of(p, m));
	unsigned n = 0;

	for (uint32_t i = 0; i < asked->n; i++)
		n += pop_member_takes(p, m, &asked->a[i]);
	if (!n)
		return;
	pop_pack_record(p, MC_REC_IS_IN, &group, n);
	for (uint32_t i = 0; i < asked->n; i++)
		if (pop_member_takes(p, m, &asked->a[i]))
			pop_pack_source(p, &asked->a[i]);
}

static void send_answer(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);
	struct cause cause = { .reason = MC_SENT_ANSWER,
			       .due = s->answer_due,
			       .asked_at = s->asked_at,
			       .asked_ms = s->asked_ms };

	s->answer_due = NEVER;
	pop_pack_begin(p, station, &cause);
	for (uint32_t id = s->head; id != NONE; id = member_at(p, id)->host_next)
		pack_state(p, member_at(p, id));
	pop_pack_end(p);
}

void pop_new_station_timer(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);

	if (!pop_station_follow(p, station)) {
		if (s->change_due <= p->now)
			send_changes(p, station);
		if (s->answer_due <= p->now)
			send_answer(p, station);
	}
	s->flags &= (uint8_t)~S_URGENT;
	pop_station_arm(p, station);
}

void pop_new_member_timer(struct mc_hosts *p, uint32_t id)
{
	struct member *m = member_at(p, id);
	const struct delay *d = delay_at(p, m->delay);
	struct cause cause = { .reason = MC_SENT_ANSWER_SPECIFIC,
			       .due = d->timer.due,
			       .asked_at = d->asked_at,
			       .asked_ms = d->asked_ms };

	pop_delay_end(p, id);
	pop_pack_begin(p, m->host, &cause);
	if (m->want == NONE || want_at(p, m->want)->asked == NO_SOURCES) {
		pack_state(p, m);
	} else {
		pack_asked(p, m);
		pop_forget_asked(p, m);
	}
	pop_pack_end(p);
	pop_member_trim(p, id);
}

void pop_new_asked_general(struct mc_hosts *p, uint32_t station, const struct query *q)
{
	struct station *s = station_at(p, station);
	int64_t due;

	if (s->head == NONE)
		return;
	due = q->at + pop_random_delay(p, s, q->max_resp);
	if (s->answer_due <= due) /* rules 1 and 2 */
		return;
	s->answer_due = due;
	s->asked_at = q->at;
	s->asked_ms = (uint32_t)(q->max_resp / MILLISECOND);
	pop_station_arm(p, station);
}

void pop_forget_asked(struct mc_hosts *p, struct member *m)
{
	struct want *w;

	if (m->want == NONE)
		return;
	w = want_at(p, m->want);
	pop_list_release(p, w->asked);
	w->asked = NO_SOURCES;
}

/* Without memory, what is asked about some sources is answered in full. */
static void record_sources(struct mc_hosts *p, uint32_t id, uint32_t sources)
{
	uint32_t want = pop_want_get(p, id);

	if (want == NONE)
		return;
	p->other.n = 0;
	if (pop_set_copy(p, &p->other, sources) &&
	    pop_set_unite(p, &p->other, want_at(p, want)->asked)) {
		uint32_t list = pop_list_of(p, &p->other);

		pop_forget_asked(p, member_at(p, id));
		want_at(p, want)->asked = list == NONE ? NO_SOURCES : list;
		return;
	}
	pop_forget_asked(p, member_at(p, id));
}

/* Rules 3 to 5. */
static void combine(struct mc_hosts *p, uint32_t id, const struct query *q)
{
	struct member *m = member_at(p, id);
	bool in_full =
		m->delay != NONE && (m->want == NONE || want_at(p, m->want)->asked == NO_SOURCES);

	if (q->sources == NO_SOURCES)
		pop_forget_asked(p, m);
	else if (!in_full)
		record_sources(p, id, q->sources);
}

void pop_new_asked(struct mc_hosts *p, uint32_t id, const struct query *q)
{
	const struct member *m = member_at(p, id);
	const struct station *s = station_at(p, m->host);
	int64_t due = q->at + pop_random_delay(p, s, q->max_resp);
	struct delay *d;

	if (is_silent(p, m) || !pop_member_is_in(p, m) || s->answer_due <= due)
		return;
	combine(p, id, q);
	d = pop_delay_get(p, id);
	if (!d) {
		pop_forget_asked(p, member_at(p, id));
		pop_member_trim(p, id);
		return;
	}
	if (wheel_is_set(&d->timer) && d->timer.due <= due)
		return;
	d->asked_at = q->at;
	d->asked_ms = (uint32_t)(q->max_resp / MILLISECOND) & 0xfffffff;
	wheel_set(&p->wheel, m->delay | TIMER_DELAY, due);
}
