/* trial_report.c - the results of tests, as a number with a small table, or JSON */
#include "mchost/trial.h"

#include "common/json.h"
#include "common/loop.h"
#include "common/out.h"
#include "common/table.h"

static const char *const names[] = { "none", "capacity", "join-delay", "leave-delay" };

static const struct mc_hist *delays(const struct trial *t)
{
	const struct watches *w = &t->s->crowd.watches;

	return t->c->test == TEST_LEAVE_DELAY ? &w->leave : &w->join;
}

/* --- text ---------------------------------------------------------------- */

static void capacity_text(const struct trial *t)
{
	static const struct column cols[] = { { "groups", true },
					      { "new with data", true },
					      { "control", false } };
	struct table *table = table_new(cols, 3);

	for (unsigned i = 0; i < t->n_rows; i++) {
		const struct trial_row *r = &t->rows[i];

		table_cell(table, "%llu", (unsigned long long)r->groups);
		table_cell(table, "%llu of %llu", (unsigned long long)r->delivered,
			   (unsigned long long)r->added);
		table_cell(table, "%s", r->flooded ? "arrived" : "kept out");
	}
	table_print(table);
	table_free(table);
	out_printf("%scapacity: %llu %s%s%s\n", out_style(STYLE_BOLD),
		   UNITS_N(t->capacity, "group"), t->limited ? "" : " or more",
		   out_style(STYLE_RESET));
	if (t->limited && t->rows[t->n_rows - 1].flooded)
		out_printf("with %llu, data of a group that nobody joined arrives: what is "
			   "tested floods, as bridges do once their table is full\n",
			   (unsigned long long)t->rows[t->n_rows - 1].groups);
}

static void delay_text(const struct trial *t)
{
	static const struct column cols[] = { { "share", true }, { "delay", true } };
	static const double q[] = { 0, 0.5, 0.95, 0.99, 1 };
	static const char *const q_names[] = { "min", "50 %", "95 %", "99 %", "max" };
	struct table *table = table_new(cols, 2);
	const struct mc_hist *h = delays(t);
	char text[UNITS_TEXT];

	for (int i = 0; i < 5 && h->count; i++) {
		table_cell(table, "%s", q_names[i]);
		table_cell(table, "%s", format_duration(text, mc_hist_quantile(h, q[i])));
	}
	table_print(table);
	table_free(table);
	out_printf("%s%s: %s in the median of %llu %s%s\n", out_style(STYLE_BOLD),
		   names[t->c->test], format_duration(text, mc_hist_quantile(h, 0.5)),
		   UNITS_N(h->count, "group"), out_style(STYLE_RESET));
	if (t->missing)
		out_printf("%llu groups never got data\n", (unsigned long long)t->missing);
	if (t->s->crowd.watches.still_flowing)
		out_printf("%llu groups went on flowing\n",
			   (unsigned long long)t->s->crowd.watches.still_flowing);
}

/* --- JSON ---------------------------------------------------------------- */

static void rows_json(struct json *j, const struct trial *t)
{
	json_array_begin(j, "steps");
	for (unsigned i = 0; i < t->n_rows; i++) {
		const struct trial_row *r = &t->rows[i];

		json_object_begin(j, NULL);
		json_u64(j, "groups", r->groups);
		json_u64(j, "added", r->added);
		json_u64(j, "delivered", r->delivered);
		json_bool(j, "flooded", r->flooded);
		json_object_end(j);
	}
	json_array_end(j);
}

static void tell_json(const struct trial *t)
{
	const struct mc_hist *h = delays(t);
	struct json j;

	json_init(&j, stdout);
	json_event_begin(&j, "test", loop_wall());
	json_str(&j, "test", names[t->c->test]);
	json_u64(&j, "packets_fed", t->fed);
	if (t->c->test == TEST_CAPACITY) {
		json_u64(&j, "capacity", t->capacity);
		json_bool(&j, "limited", t->limited);
		rows_json(&j, t);
	} else {
		json_u64(&j, "groups", h->count);
		json_u64(&j, "missing", t->missing);
		json_u64(&j, "still_flowing", t->s->crowd.watches.still_flowing);
		json_ns(&j, "min_ns", mc_hist_quantile(h, 0));
		json_ns(&j, "p50_ns", mc_hist_quantile(h, 0.5));
		json_ns(&j, "p95_ns", mc_hist_quantile(h, 0.95));
		json_ns(&j, "p99_ns", mc_hist_quantile(h, 0.99));
		json_ns(&j, "max_ns", mc_hist_quantile(h, 1));
	}
	json_event_end(&j);
}

void trial_tell(const struct trial *t)
{
	if (t->c->common.json)
		tell_json(t);
	else if (t->c->test == TEST_CAPACITY)
		capacity_text(t);
	else
		delay_text(t);
	out_flush();
}
