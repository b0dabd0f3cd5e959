/* serve.c - being the querier until stopped */
#include "mcquery/serve.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/out.h"
#include "common/sig.h"
#include "mcquery/events.h"
#include "mcquery/facts.h"
#include "mcquery/metrics.h"
#include "mcquery/view.h"
#include "mcquery/whole.h"

#define REDRAW_NS      1000000000
#define SOON_NS	       100000000
#define EFFORT	       10 /* no more than this part of the time goes into redrawing */
#define CLEAR_SCREEN   "\033[H\033[J"
#define NO_WRAP	       "\033[?7l" /* long lines are cut off, or the first ones scroll away */
#define WRAP	       "\033[?7h"
#define DEFAULT_HEIGHT 24
#define ROWS_BESIDE    4 /* titles, "and N more", a blank line, the cursor */

bool serve_has_screen(const struct run *r)
{
	return r->c->serve && !r->c->common.json && !r->c->common.quiet && !r->c->common.verbose &&
	       isatty(STDOUT_FILENO);
}

/* --- the screen ------------------------------------------------------------ */

static unsigned rows_of_screen(const struct run *r)
{
	unsigned beside = ROWS_BESIDE + 2 * r->n_links;
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_row == 0)
		w.ws_row = DEFAULT_HEIGHT;
	return w.ws_row > beside ? w.ws_row - beside : 1;
}

static void draw(struct run *r)
{
	out_puts(CLEAR_SCREEN NO_WRAP);
	view_interfaces(r);
	out_puts("\n");
	view_groups(r, rows_of_screen(r));
	out_puts(WRAP);
	out_flush();
	r->changed = false;
}

/* Every second, because times count down; soon after a change; seldom when a
 * million groups take a while to look through. */
static void redraw(struct run *r, mc_nsec *next)
{
	mc_nsec began = r->now, took;

	if (r->changed && next->ns - r->now.ns > SOON_NS && next->ns <= began.ns + REDRAW_NS)
		next->ns = r->now.ns + SOON_NS;
	if (r->now.ns < next->ns)
		return;
	draw(r);
	took.ns = (loop_now().ns - began.ns) * EFFORT;
	next->ns = began.ns + (took.ns > REDRAW_NS ? took.ns : REDRAW_NS);
}

/* --- state ----------------------------------------------------------------- */

static int dump_to_file(struct run *r)
{
	struct whole file;
	struct json w;
	int err = whole_begin(&file, r->c->dump);

	if (err)
		return err;
	json_init(&w, file.f);
	w.lazy = true;
	view_json(r, &w);
	return whole_end(&file);
}

static void dump(struct run *r)
{
	int err = 0;

	if (r->c->dump) {
		err = dump_to_file(r);
	} else if (r->c->common.json) {
		view_json(r, &r->json);
	} else {
		view_interfaces(r);
		view_groups(r, 0);
		view_members(r);
		out_flush();
	}
	if (err)
		err_msg("%s: %s", r->c->dump, mc_strerror(err));
}

/* The router counts what it asked for. */
static uint64_t queries_sent(const struct run *r, const struct mc_router_stats *s)
{
	return s->counts.general_sent + s->counts.specific_sent - links_not_sent(r);
}

static void summary_json(struct run *r)
{
	struct json *w = &r->json;
	struct mc_router_stats s;

	mc_router_stats(r->router, &s);
	json_event_begin(w, "summary", run_wall(r, r->now));
	json_u64(w, "groups", s.groups);
	json_u64(w, "sources", s.sources);
	json_u64(w, "members", s.members);
	json_u64(w, "hosts", s.hosts);
	json_u64(w, "queries_sent", queries_sent(r, &s));
	json_u64(w, "queries_not_sent", links_not_sent(r));
	json_u64(w, "queries", s.counts.queries);
	json_u64(w, "reports", s.counts.reports);
	json_u64(w, "leaves", s.counts.leaves);
	json_u64(w, "forgotten", s.forgotten_groups + s.forgotten_sources + s.forgotten_members);
	json_u64(w, "frames_lost", links_dropped(r));
	json_event_end(w);
}

static void summarise(struct run *r)
{
	struct mc_router_stats s;
	uint64_t lost = links_dropped(r), sent;

	if (r->c->common.json) {
		summary_json(r);
	} else if (!r->c->common.quiet) {
		if (serve_has_screen(r))
			draw(r);
		mc_router_stats(r->router, &s);
		sent = queries_sent(r, &s);
		err_msg("%llu %s sent, %llu %s and %llu %s heard", (unsigned long long)sent,
			sent == 1 ? "query" : "queries", UNITS_N(s.counts.reports, "report"),
			UNITS_N(s.counts.leaves, "leave"));
	}
	if (lost)
		warn_msg("%llu frames lost between the kernel and mcquery",
			 (unsigned long long)lost);
}

/* --- the loop -------------------------------------------------------------- */

static void say_start(void *data, const struct mc_router_iface *i)
{
	struct run *r = data;
	char protocol[16], addr[MC_ADDR_TEXT], wait[UNITS_TEXT];
	const char *name = facts_ifname(r, i->iface);

	facts_protocol(protocol, i->family, i->version);
	if (i->state == MC_ROUTER_DOWN)
		err_msg("%s: %s waits for %s", name, protocol,
			r->links[i->iface].iface.up ? "a link-local address" : "the interface");
	else if (i->mode == MC_ROUTER_LISTEN_ONLY)
		err_msg("%s: %s listens", name, protocol);
	else if (i->state == MC_ROUTER_LISTENING)
		err_msg("%s: %s from %s, listens %s for a querier first", name, protocol,
			mc_addr_format(&i->addr, addr),
			format_duration(wait, (mc_nsec){ i->next_query.ns - r->now.ns }));
	else
		err_msg("%s: %s from %s", name, protocol, mc_addr_format(&i->addr, addr));
}

static void write_metrics(struct run *r, mc_nsec *next)
{
	static int last;
	int err;

	if (!r->c->metrics || r->now.ns < next->ns)
		return;
	next->ns = r->now.ns + r->c->metrics_every.ns;
	err = metrics_write(r, r->c->metrics);
	if (err && err != last)
		warn_msg("%s: %s", r->c->metrics, mc_strerror(err));
	last = err;
}

static mc_nsec earlier(mc_nsec a, mc_nsec b)
{
	return a.ns < b.ns ? a : b;
}

/* What is due; returns when to look again. */
static mc_nsec housekeep(struct run *r, mc_nsec *screen, mc_nsec *metrics)
{
	mc_nsec next = { INT64_MAX };

	if (sig_take_interim())
		dump(r);
	write_metrics(r, metrics);
	if (r->c->metrics)
		next = earlier(next, *metrics);
	if (serve_has_screen(r)) {
		redraw(r, screen);
		next = earlier(next, *screen);
	} else {
		out_flush();
	}
	return next;
}

int serve(struct run *r)
{
	mc_nsec screen = { 0 }, metrics = { 0 }, next;
	mc_nsec end = { r->c->duration.ns ? r->now.ns + r->c->duration.ns : INT64_MAX };

	if (!r->c->common.quiet && !serve_has_screen(r))
		(void)mc_router_ifaces(r->router, say_start, r);
	while (!run_over(r) && r->now.ns < end.ns) {
		next = housekeep(r, &screen, &metrics);
		run_step(r, earlier(next, end));
	}
	metrics.ns = 0;
	write_metrics(r, &metrics);
	summarise(r);
	return r->status;
}
