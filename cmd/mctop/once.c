/* once.c - without a terminal: a table, a snapshot, a stream of changes */
#include "mctop/once.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/out.h"
#include "common/sig.h"
#include "common/table.h"
#include "mctop/json_out.h"
#include "mctop/list.h"

#define POLL_MAX 1024

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* Until `end` (CLOCK_MONOTONIC); false after a signal. */
static bool wait_and_step(struct model *m, int64_t end)
{
	static struct pollfd fds[POLL_MAX];
	mc_nsec timeout = model_wait(m);
	int64_t left = end - clock_ns(CLOCK_MONOTONIC);

	if (timeout.ns > left)
		timeout.ns = left > 0 ? left : 0;
	(void)sig_ppoll(fds, model_fds(m, fds, POLL_MAX), &timeout);
	if (sig_stop() || out_broken())
		return false;
	model_step(m);
	return true;
}

bool once_watch(struct model *m, const struct config *c)
{
	int64_t end;

	while (!model_complete(m))
		if (!wait_and_step(m, INT64_MAX))
			return false;
	end = clock_ns(CLOCK_MONOTONIC) + c->duration.ns;
	while (clock_ns(CLOCK_MONOTONIC) < end)
		if (!wait_and_step(m, end))
			return false;
	return true;
}

static enum style style_of(enum tone tone)
{
	switch (tone) {
	case TONE_DIM:
		return STYLE_DIM;
	case TONE_GOOD:
		return STYLE_GREEN;
	case TONE_WARN:
		return STYLE_YELLOW;
	case TONE_BAD:
		return STYLE_RED;
	default:
		return STYLE_RESET;
	}
}

static bool is_empty(const struct list *l, unsigned col, const struct look *look)
{
	struct cell c;

	for (unsigned i = 0; i < l->n; i++) {
		list_cell(&c, l, i, col, look);
		if (c.text[0])
			return false;
	}
	return true;
}

/* Columns in which nothing stands are left out. */
static void print_list(const struct list *l, const struct look *look)
{
	const struct table_kind *kind = table_kind(l->id);
	struct column cols[TABLE_COLS];
	unsigned from[TABLE_COLS], n = 0;
	struct table *t;
	struct cell c;

	for (unsigned i = 0; i < kind->n_cols; i++) {
		if (is_empty(l, i, look))
			continue;
		cols[n] = (struct column){ kind->cols[i].title, kind->cols[i].right };
		from[n++] = i;
	}
	if (!n)
		return;
	t = table_new(cols, n);
	for (unsigned row = 0; row < l->n; row++) {
		for (unsigned i = 0; i < n; i++) {
			list_cell(&c, l, row, from[i], look);
			table_cell_style(t, style_of(c.tone), "%s", c.text);
		}
	}
	table_print(t);
	table_free(t);
}

int once_table(struct model *m, const struct config *c)
{
	struct look look = { .no_names = c->common.no_names, .utf8 = false };
	struct list ifaces, groups;
	int status = EXIT_TRUE;

	list_init(&ifaces, TABLE_IFACES);
	list_init(&groups, TABLE_GROUPS);
	if (c->sort)
		list_sort_by(&groups, c->sort);
	if (!once_watch(m, c))
		return 128 + sig_stop();
	look.now.ns = clock_ns(CLOCK_REALTIME);
	list_refresh(&ifaces, m, &look);
	list_refresh(&groups, m, &look);
	if (!c->common.quiet) {
		print_list(&ifaces, &look);
		out_puts("\n");
	}
	print_list(&groups, &look);
	if (!groups.n && (c->groups.n || c->processes.n || c->common.interfaces.n))
		status = EXIT_FALSE;
	if (model_lacks(m) && !c->common.quiet)
		err_msg("%s", model_lacks(m));
	list_free(&ifaces);
	list_free(&groups);
	return status;
}

static void stream(struct json *w, struct model *m, const struct config *c)
{
	int64_t end = c->duration.ns ? clock_ns(CLOCK_MONOTONIC) + c->duration.ns : INT64_MAX;
	uint64_t samples = model_samples(m);

	model_on_event(m, json_event, w);
	while (clock_ns(CLOCK_MONOTONIC) < end && wait_and_step(m, end)) {
		if (model_samples(m) == samples)
			continue;
		samples = model_samples(m);
		json_traffic(w, m);
	}
	model_on_event(m, NULL, NULL);
}

int once_json(struct model *m, const struct config *c)
{
	struct config until_complete = *c;
	bool follow = c->interval.ns && !c->once;
	struct json w;
	unsigned n;

	json_init(&w, stdout);
	if (follow)
		until_complete.duration.ns = 0;
	if (!once_watch(m, &until_complete))
		return 128 + sig_stop();
	n = json_snapshot(&w, m);
	if (follow) {
		stream(&w, m, c);
		return EXIT_TRUE;
	}
	return n || !(c->groups.n || c->processes.n || c->common.interfaces.n) ? EXIT_TRUE
									       : EXIT_FALSE;
}
