/* seq.c - sequence tracking: see mc/seq.h
 *
 * Numbers are extended to 64 bits and compared by their difference modulo 2^64,
 * so a wrap, of 16 bits or of 64, is nothing special.  A number owns bit
 * n % WINDOW from the moment it enters the window until it is WINDOW behind:
 * advancing sets or clears every bit it passes, hence none is ever stale. */
#include <mc/seq.h>
#include <string.h>

#define AHEAD_MAX 65536 /* believed at once, for wide numbers */
#define DROPOUT16 3000	/* the same for 16 bits: MAX_DROPOUT, RFC 3550 A.1 */

/* At ten million packets a second more than a day without a single arrival. */
#define LOSS_MAX (UINT64_C(1) << 40)

const char *mc_seq_verdict_name(enum mc_seq_verdict v)
{
	/* No default: a new verdict without a name is a compiler warning. */
	switch (v) {
	case MC_SEQ_FIRST:
		return "first";
	case MC_SEQ_NEXT:
		return "next";
	case MC_SEQ_GAP:
		return "gap";
	case MC_SEQ_REORDERED:
		return "reordered";
	case MC_SEQ_DUPLICATE:
		return "duplicate";
	case MC_SEQ_TOO_LATE:
		return "too-late";
	case MC_SEQ_RESTART:
		return "restart";
	case MC_SEQ_STALE:
		return "stale";
	case MC_SEQ_PENDING:
		return "pending";
	}
	return "unknown";
}

void mc_seq_init(struct mc_seq *s, unsigned bits)
{
	memset(s, 0, sizeof(*s));
	s->bits = bits < 8 ? 8 : bits > 64 ? 64 : bits;
}

/* ---- numbers ---- */

/* True when b is the number after a, on the wire. */
static bool follows(const struct mc_seq *s, uint64_t a, uint64_t b)
{
	return (b - a - 1) << (64 - s->bits) == 0;
}

/* The number with these low bits that is nearest to the highest. */
static uint64_t extend(const struct mc_seq *s, uint64_t seq)
{
	unsigned unused = 64 - s->bits;

	/* Up and back down again carries the sign into the unused bits. */
	return s->highest + (uint64_t)((int64_t)((seq - s->highest) << unused) >> unused);
}

static bool is_ahead(const struct mc_seq *s, uint64_t n)
{
	return (int64_t)(n - s->highest) > 0;
}

static uint64_t plausible_jump(const struct mc_seq *s)
{
	if (s->bits > 20)
		return AHEAD_MAX;
	return ((uint64_t)DROPOUT16 << s->bits) >> 16;
}

/* ---- window ---- */

static bool has_arrived(const struct mc_seq *s, uint64_t n)
{
	return s->window[n % MC_SEQ_WINDOW / 64] >> (n % 64) & 1;
}

static inline void mark(struct mc_seq *s, uint64_t n)
{
	s->window[n % MC_SEQ_WINDOW / 64] |= UINT64_C(1) << (n % 64);
}

/* The same bit for n numbers, a word at a time. */
static void mark_range(struct mc_seq *s, uint64_t from, uint64_t n, bool arrived)
{
	if (n >= MC_SEQ_WINDOW) {
		memset(s->window, arrived ? 0xff : 0, sizeof(s->window));
		return;
	}
	while (n) {
		unsigned at = from % 64;
		uint64_t k = n < 64 - at ? n : 64 - at;
		uint64_t mask = (UINT64_MAX >> (64 - k)) << at;
		uint64_t *word = &s->window[from % MC_SEQ_WINDOW / 64];

		*word = arrived ? *word | mask : *word & ~mask;
		from += k;
		n -= k;
	}
}

/* ---- gaps ---- */

/* A clock that stepped back, or too far for 64 bits, measures nothing. */
static mc_nsec span_between(mc_nsec before, mc_nsec after)
{
	mc_nsec span;

	if (__builtin_sub_overflow(after.ns, before.ns, &span.ns) || span.ns < 0)
		span.ns = 0;
	return span;
}

static void note_longest(struct mc_seq *s, mc_nsec span)
{
	if (span.ns > s->longest.ns)
		s->longest = span;
}

static void remove_gap(struct mc_seq *s, unsigned i)
{
	s->n_gaps--;
	memmove(&s->gaps[i], &s->gaps[i + 1], (s->n_gaps - i) * sizeof(s->gaps[0]));
}

static void open_gap(struct mc_seq *s, uint64_t first, uint64_t len, mc_nsec span)
{
	if (s->n_gaps == MC_SEQ_GAPS) {
		note_longest(s, s->gaps[0].span);
		remove_gap(s, 0);
	}
	s->gaps[s->n_gaps++] = (struct mc_seq_gap){ first, len, len, span };
	s->outages++;
}

/* A gap below all others: the stream was joined in the middle of a reorder.
 * Nothing arrived before it, so it has no span. */
static void open_lowest_gap(struct mc_seq *s, uint64_t first, uint64_t len)
{
	s->outages++;
	if (s->n_gaps == MC_SEQ_GAPS)
		return;
	memmove(&s->gaps[1], &s->gaps[0], s->n_gaps * sizeof(s->gaps[0]));
	s->gaps[0] = (struct mc_seq_gap){ first, len, len, { 0 } };
	s->n_gaps++;
}

static void fill_gap(struct mc_seq *s, uint64_t n)
{
	for (unsigned i = s->n_gaps; i-- > 0;) {
		struct mc_seq_gap *g = &s->gaps[i];

		if (n - g->first >= g->len)
			continue;
		if (--g->missing == 0) {
			remove_gap(s, i);
			s->outages--;
		}
		return;
	}
}

/* ---- runs of a sender ---- */

static uint64_t lost_here(const struct mc_seq *s)
{
	return s->started ? s->highest - s->first + 1 - s->unique_here : 0;
}

static void begin_run(struct mc_seq *s, uint64_t session, uint64_t seq, mc_nsec when)
{
	/* One round above zero, so that earlier numbers have room below. */
	if (s->bits < 64)
		seq = (seq & (UINT64_MAX >> (64 - s->bits))) + (UINT64_C(1) << s->bits);
	memset(s->window, 0, sizeof(s->window));
	mark(s, seq);
	s->started = true;
	s->pending = false;
	s->session = session;
	s->first = s->highest = seq;
	s->unique_here = 1;
	s->unique++;
	s->last_when = when;
}

static void end_run(struct mc_seq *s)
{
	s->lost_before += lost_here(s);
	for (unsigned i = 0; i < s->n_gaps; i++)
		note_longest(s, s->gaps[i].span);
	s->n_gaps = 0;
	s->restarts++;
}

static enum mc_seq_verdict other_session(struct mc_seq *s, uint64_t session, uint64_t seq,
					 mc_nsec when)
{
	if (s->has_old_session && session == s->old_session) {
		s->stale++;
		return MC_SEQ_STALE;
	}
	s->old_session = s->session;
	s->has_old_session = true;
	end_run(s);
	begin_run(s, session, seq, when);
	return MC_SEQ_RESTART;
}

/* ---- one packet within a run ---- */

static inline void advance(struct mc_seq *s, uint64_t n, mc_nsec when)
{
	mark(s, n);
	s->highest = n;
	s->last_when = when;
	s->unique++;
	s->unique_here++;
}

static void jump(struct mc_seq *s, uint64_t n, mc_nsec when)
{
	uint64_t skipped = n - s->highest - 1;

	mark_range(s, s->highest + 1, skipped, false);
	open_gap(s, s->highest + 1, skipped, span_between(s->last_when, when));
	advance(s, n, when);
}

static enum mc_seq_verdict late(struct mc_seq *s, uint64_t n)
{
	if (has_arrived(s, n)) {
		s->duplicates++;
		return MC_SEQ_DUPLICATE;
	}
	mark(s, n);
	s->unique++;
	s->unique_here++;
	s->reordered++;
	if ((int64_t)(n - s->first) >= 0) {
		fill_gap(s, n);
		return MC_SEQ_REORDERED;
	}
	if (s->first - n > 1)
		open_lowest_gap(s, n + 1, s->first - n - 1);
	s->first = n;
	return MC_SEQ_REORDERED;
}

/* Beyond the window, where this run has been.  A session that changes with
 * every run, as that of a probe does, proves that it is not a new beginning; a
 * number this wide, that it has not come round either. */
static bool surely_late(const struct mc_seq *s, uint64_t n)
{
	return s->bits == 64 && s->session && n - s->first <= s->highest - s->first;
}

/* Until it is believed, the packet counts as what it is if it never will be. */
static uint64_t *doubt_counter(struct mc_seq *s, uint64_t n)
{
	return is_ahead(s, n) ? &s->implausible : &s->too_late;
}

static enum mc_seq_verdict doubt(struct mc_seq *s, uint64_t n, mc_nsec when)
{
	(*doubt_counter(s, n))++;
	s->pending = true;
	s->pending_seq = n;
	s->pending_when = when;
	return MC_SEQ_PENDING;
}

/* The number after the pending one has come, so the pending one was true. */
static enum mc_seq_verdict believe(struct mc_seq *s, mc_nsec when)
{
	uint64_t n = s->pending_seq;
	bool lost = is_ahead(s, n) && n - s->highest <= LOSS_MAX;

	(*doubt_counter(s, n))--;
	if (lost) {
		jump(s, n, s->pending_when);
	} else {
		end_run(s);
		begin_run(s, s->session, n, s->pending_when);
	}
	s->pending = false;
	advance(s, s->highest + 1, when);
	return lost ? MC_SEQ_GAP : MC_SEQ_RESTART;
}

static enum mc_seq_verdict out_of_order(struct mc_seq *s, uint64_t seq, mc_nsec when)
{
	uint64_t n = extend(s, seq);

	if (s->pending && follows(s, s->pending_seq, seq))
		return believe(s, when);
	s->pending = false;
	if (is_ahead(s, n)) {
		if (n - s->highest > plausible_jump(s))
			return doubt(s, n, when);
		jump(s, n, when);
		return MC_SEQ_GAP;
	}
	if (s->highest - n < MC_SEQ_WINDOW)
		return late(s, n);
	if (!surely_late(s, n))
		return doubt(s, n, when);
	s->too_late++;
	return MC_SEQ_TOO_LATE;
}

static inline bool in_order(const struct mc_seq *s, uint64_t session, uint64_t seq)
{
	return s->started && session == s->session && follows(s, s->highest, seq);
}

enum mc_seq_verdict mc_seq_add(struct mc_seq *s, uint64_t session, uint64_t seq, mc_nsec when)
{
	s->received++;
	if (__builtin_expect(in_order(s, session, seq), 1)) {
		s->pending = false;
		advance(s, s->highest + 1, when);
		return MC_SEQ_NEXT;
	}
	if (!s->started) {
		begin_run(s, session, seq, when);
		return MC_SEQ_FIRST;
	}
	if (session != s->session)
		return other_session(s, session, seq, when);
	return out_of_order(s, seq, when);
}

static void advance_run(struct mc_seq *s, unsigned n, mc_nsec when)
{
	mark_range(s, s->highest + 1, n, true);
	s->pending = false;
	s->received += n;
	s->highest += n;
	s->unique += n;
	s->unique_here += n;
	s->last_when = when;
}

void mc_seq_add_run(struct mc_seq *s, uint64_t session, uint64_t seq, unsigned n, mc_nsec when)
{
	for (; n > 0; n--) {
		if (in_order(s, session, seq)) {
			advance_run(s, n, when);
			return;
		}
		mc_seq_add(s, session, seq++, when);
	}
}

/* ---- results ---- */

uint64_t mc_seq_lost(const struct mc_seq *s)
{
	return s->lost_before + lost_here(s);
}

mc_nsec mc_seq_longest_outage(const struct mc_seq *s)
{
	mc_nsec longest = s->longest;

	for (unsigned i = 0; i < s->n_gaps; i++)
		if (s->gaps[i].span.ns > longest.ns)
			longest = s->gaps[i].span;
	return longest;
}

void mc_seq_merge(struct mc_seq *into, const struct mc_seq *from)
{
	into->received += from->received;
	into->unique += from->unique;
	into->duplicates += from->duplicates;
	into->too_late += from->too_late;
	into->stale += from->stale;
	into->implausible += from->implausible;
	into->reordered += from->reordered;
	into->restarts += from->restarts;
	into->outages += from->outages;
	into->lost_before += mc_seq_lost(from);
	note_longest(into, mc_seq_longest_outage(from));
}
