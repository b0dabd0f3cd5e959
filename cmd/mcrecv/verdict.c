/* verdict.c - is what was asked for true, and why */
#include "mcrecv/verdict.h"

#include <stdarg.h>
#include <stdio.h>

#define DEFAULT_TIMEOUT_NS 10000000000

bool verdict_wanted(const struct config *c)
{
	return c->expect || c->expect_all || c->expect_none || c->max_loss >= 0 ||
	       c->min_rate.unit != RATE_NONE;
}

mc_nsec verdict_deadline(const struct config *c)
{
	bool waits = c->expect || c->expect_all || c->expect_none;

	if (c->timeout.ns)
		return c->timeout;
	/* A duration or a count says itself how long to look. */
	if (!waits || c->duration.ns || c->count)
		return (mc_nsec){ 0 };
	return (mc_nsec){ DEFAULT_TIMEOUT_NS };
}

static uint64_t groups_needed(const struct config *c, const struct joins *j)
{
	return c->expect_all ? joins_asked(j) : c->expect;
}

bool verdict_settled(const struct config *c, const struct joins *j, const struct streams *s)
{
	uint64_t needed = groups_needed(c, j);

	if (c->expect_none)
		return s->n > 0 || s->untracked > 0;
	if (c->duration.ns || c->count || c->max_loss >= 0 || c->min_rate.unit != RATE_NONE)
		return false;
	return needed && j->heard >= needed;
}

static void fail(struct verdict *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void fail(struct verdict *v, const char *fmt, ...)
{
	va_list ap;

	v->ok = false;
	va_start(ap, fmt);
	vsnprintf(v->text, sizeof(v->text), fmt, ap);
	va_end(ap);
}

static void describe(char *buf, size_t size, const struct stream *st)
{
	char group[MC_ADDR_TEXT], source[MC_ADDR_TEXT];
	bool v6 = st->key.group.family == MC_IPV6;

	snprintf(buf, size, "%s%s%s:%u from %s", v6 ? "[" : "",
		 mc_addr_format(&st->key.group, group), v6 ? "]" : "", st->key.port,
		 mc_addr_format(&st->key.source, source));
}

static void check_none(struct verdict *v, const struct streams *s, mc_nsec elapsed)
{
	char text[UNITS_TEXT], what[128];

	if (!s->n) {
		snprintf(v->text, sizeof(v->text), "nothing arrived in %s, as expected",
			 format_duration(text, elapsed));
		return;
	}
	describe(what, sizeof(what), s->v[0]);
	fail(v, "%s arrived, but nothing should", what);
}

static const struct joined *first_silent(const struct joins *j)
{
	for (unsigned i = 0; i < j->n; i++)
		if (!j->v[i].packets)
			return &j->v[i];
	return NULL;
}

static void check_heard(struct verdict *v, const struct joins *j, uint64_t needed, mc_nsec elapsed)
{
	char time[UNITS_TEXT], missing[MC_ADDR_TEXT + 32] = "", group[MC_ADDR_TEXT];
	const struct joined *silent = first_silent(j);

	format_duration(time, elapsed);
	if (j->heard >= needed) {
		snprintf(v->text, sizeof(v->text), "%u of %llu %s heard in %s", j->heard,
			 UNITS_N(joins_asked(j), "group"), time);
		return;
	}
	if (silent)
		snprintf(missing, sizeof(missing), "; silent: %s%s",
			 mc_addr_format(&silent->group, group),
			 j->n - j->heard > 1 ? " and others" : "");
	fail(v, "%u of %llu expected groups heard in %s%s", j->heard, (unsigned long long)needed,
	     time, missing);
}

static void check_loss(struct verdict *v, const struct config *c, const struct streams *s)
{
	const struct stream *worst = NULL;
	char text[UNITS_TEXT], limit[UNITS_TEXT], what[128];

	for (unsigned i = 0; i < s->n; i++) {
		const struct stream *st = s->v[i];

		if (st->kind == STREAM_FOREIGN) {
			describe(what, sizeof(what), st);
			fail(v, "%s has no sequence numbers we know: loss cannot be told", what);
			return;
		}
		if (!worst || stream_loss(st) > stream_loss(worst))
			worst = st;
	}
	if (!worst || stream_loss(worst) <= c->max_loss)
		return;
	describe(what, sizeof(what), worst);
	fail(v, "%s lost %llu %s, %s; the limit is %s", what, UNITS_N(stream_lost(worst), "packet"),
	     format_percent(text, stream_loss(worst)), format_percent(limit, c->max_loss));
}

/* Up to the end, so that a stream which stopped early is a slow one. */
static double rate_of(const struct stream *st, const struct config *c, mc_nsec end)
{
	double s = (double)(end.ns - st->first.ns) / 1e9;

	if (s <= 0)
		return 0;
	return (c->min_rate.unit == RATE_BITS ? (double)st->bytes * 8 : (double)st->packets) / s;
}

static void check_rate(struct verdict *v, const struct config *c, const struct streams *s,
		       mc_nsec end)
{
	char text[UNITS_TEXT], limit[UNITS_TEXT], what[128];
	bool bits = c->min_rate.unit == RATE_BITS;

	for (unsigned i = 0; i < s->n; i++) {
		double rate = rate_of(s->v[i], c, end);

		if (rate >= c->min_rate.value)
			continue;
		describe(what, sizeof(what), s->v[i]);
		fail(v, "%s has %s; asked were %s", what,
		     bits ? format_bps(text, rate) : format_pps(text, rate),
		     format_rate(limit, &c->min_rate));
		return;
	}
}

void verdict_reach(struct verdict *v, const struct config *c, const struct joins *j,
		   const struct streams *s, mc_nsec elapsed, mc_nsec end)
{
	struct stream_totals t = streams_total(s);
	char time[UNITS_TEXT];

	*v = (struct verdict){ .ok = true };
	format_duration(time, elapsed);
	if (c->expect_none) {
		check_none(v, s, elapsed);
		return;
	}
	if (!t.packets && !s->untracked)
		fail(v, "nothing arrived in %s", time);
	else
		snprintf(v->text, sizeof(v->text), "%llu %s in %s", UNITS_N(t.packets, "packet"),
			 time);
	if (c->expect || c->expect_all)
		check_heard(v, j, groups_needed(c, j), elapsed);
	if (v->ok && c->max_loss >= 0)
		check_loss(v, c, s);
	if (v->ok && c->min_rate.unit != RATE_NONE)
		check_rate(v, c, s, end);
}
