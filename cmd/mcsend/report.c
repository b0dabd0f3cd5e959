/* report.c - what mcsend says: progress and summary, as text or JSON */
#include "mcsend/report.h"

#include "common/out.h"
#include "common/sig.h"
#include "common/term.h"
#include "mcsend/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One interval, or all of it. */
struct span_rates {
	uint64_t packets, bytes;
	double pps, bps;
};

static mc_nsec wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

static struct span_rates rates(uint64_t packets, uint64_t bytes, int64_t ns)
{
	double s = ns > 0 ? (double)ns / 1e9 : 0;

	return (struct span_rates){ packets, bytes, s > 0 ? (double)packets / s : 0,
				    s > 0 ? (double)bytes * 8 / s : 0 };
}

void report_init(struct report *r, const struct config *c)
{
	*r = (struct report){ .c = c };
	json_init(&r->json, stdout);
	term_init(STDOUT_FILENO, !c->common.json && !c->common.quiet);
}

static void start_line(const struct sender *s, const struct route *r)
{
	const struct outlet *o = &s->routes->outlets[r->outlet];
	struct mc_addr from = source_of(o, &r->spec->first);
	struct mc_tx_info info;
	char group[MC_ADDR_TEXT], source[MC_ADDR_TEXT], many[32] = "";
	bool v6 = o->family == MC_IPV6;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";

	mc_tx_info(o->tx, &info);
	if (r->spec->count > 1)
		snprintf(many, sizeof(many), "+%llu", (unsigned long long)r->spec->count);
	out_printf("to %s%s%s%s:%u from %s%s%s:%u on %s, %s %u\n", open,
		   mc_addr_format(&r->spec->first, group), close, many, r->spec->port, open,
		   mc_addr_format(&from, source), close, info.source_port, o->iface.name,
		   v6 ? "hop limit" : "TTL", (unsigned)s->c->ttl);
}

void report_start(const struct report *r, const struct sender *s)
{
	if (r->c->common.json || r->c->common.quiet)
		return;
	for (unsigned i = 0; i < s->routes->n; i++)
		start_line(s, &s->routes->v[i]);
	if (r->c->common.verbose && s->payload->kind == PAYLOAD_PROBE)
		out_printf("probes of session %016llx, %llu %s\n", (unsigned long long)s->session,
			   UNITS_N(s->routes->n_streams, "stream"));
	out_flush();
}

/* --- text ---------------------------------------------------------------- */

static void progress_text(const struct sender *s, const struct span_rates *x)
{
	char time[UNITS_TEXT], pps[UNITS_TEXT], bps[UNITS_TEXT];
	const struct totals *t = &s->totals;
	char line[200];

	snprintf(line, sizeof(line), "%s: %llu %s, %s, %s, %llu failed",
		 format_duration(time, t->elapsed), UNITS_N(t->packets, "packet"),
		 format_pps(pps, x->pps), format_bps(bps, x->bps), (unsigned long long)t->failed);
	if (term_live()) {
		term_status("%s", line);
		return;
	}
	out_printf("%s\n", line);
	out_flush();
}

/* What the network will do with an error, in the operator's words. */
static const char *hint(int err)
{
	switch (-err) {
	case EPERM:
		return " (a firewall on this host refuses it)";
	case ENETUNREACH:
	case ENETDOWN:
		return " (is the interface up, with an address?)";
	case EMSGSIZE:
		return " (larger than the interface takes)";
	case EACCES:
		return " (the address or route forbids it)";
	default:
		return "";
	}
}

/* Which way the packets went: many at a time, or each for itself. */
static void path_text(const struct routes *r)
{
	for (unsigned i = 0; i < r->n_outlets; i++) {
		const struct outlet *o = &r->outlets[i];
		struct mc_tx_info info;
		char buf[UNITS_TEXT];

		mc_tx_info(o->tx, &info);
		out_printf("  path      %s IPv%d: ", o->iface.name, (int)o->family);
		if (info.segment_refusal)
			out_printf("packet by packet (UDP_SEGMENT refused: %s)",
				   mc_strerror(info.segment_refusal));
		else if (info.segmented)
			out_printf("%llu %s in runs (UDP_SEGMENT)",
				   UNITS_N(info.segmented, "packet"));
		else
			out_printf("packet by packet");
		out_printf(", send buffer %s\n", format_bytes(buf, info.sndbuf));
	}
}

static void rate_text(const struct sender *s, const struct span_rates *x)
{
	char pps[UNITS_TEXT], bps[UNITS_TEXT], asked[UNITS_TEXT];

	if (x->pps <= 0) /* all left in one batch */
		return;
	format_pps(pps, x->pps);
	format_bps(bps, x->bps);
	if (s->asked_pps <= 0) {
		out_printf("  rate      %s (%s), as fast as possible\n", pps, bps);
		return;
	}
	out_printf("  rate      %s (%s), asked %s", pps, bps, format_pps(asked, s->asked_pps));
	if (s->pace.given_up)
		out_printf(", %llu given up because of --burst or a stall",
			   (unsigned long long)s->pace.given_up);
	out_printf("\n");
}

static void summary_text(const struct sender *s, const struct span_rates *x)
{
	char time[UNITS_TEXT];
	const struct totals *t = &s->totals;

	out_printf("%ssent %llu %s, %llu %s, in %s%s\n", out_style(STYLE_BOLD),
		   UNITS_N(t->packets, "packet"), UNITS_N(t->bytes, "byte"),
		   format_duration(time, t->elapsed), out_style(STYLE_RESET));
	rate_text(s, x);
	path_text(s->routes);
	if (t->queue_full)
		out_printf("  waits     %llu for this host's queue, nothing lost\n",
			   (unsigned long long)t->queue_full);
	for (unsigned i = 0; i < t->n_errors; i++)
		out_printf("  %snot sent  %llu %s: %s%s%s\n", out_style(STYLE_RED),
			   UNITS_N(t->errors[i].packets, "packet"), mc_strerror(t->errors[i].err),
			   hint(t->errors[i].err), out_style(STYLE_RESET));
}

/* --- JSON ---------------------------------------------------------------- */

static void json_rates(struct json *w, const struct sender *s, const struct span_rates *x)
{
	json_u64(w, "packets", x->packets);
	json_u64(w, "bytes", x->bytes);
	json_double(w, "rate_pps", x->pps);
	json_double(w, "rate_bps", x->bps);
	json_u64(w, "failed", s->totals.failed);
}

static void json_paths(struct json *w, const struct routes *r)
{
	json_array_begin(w, "interfaces");
	for (unsigned i = 0; i < r->n_outlets; i++) {
		const struct outlet *o = &r->outlets[i];
		struct mc_tx_info info;

		mc_tx_info(o->tx, &info);
		json_object_begin(w, NULL);
		json_str(w, "interface", o->iface.name);
		json_u64(w, "family", (uint64_t)o->family);
		json_bool(w, "segmentation", info.segmenting);
		json_u64(w, "segmented", info.segmented);
		json_str(w, "segmentation_refused",
			 info.segment_refusal ? mc_strerror(info.segment_refusal) : NULL);
		json_u64(w, "send_buffer_bytes", info.sndbuf);
		json_u64(w, "source_port", info.source_port);
		json_bool(w, "gone", o->gone);
		json_object_end(w);
	}
	json_array_end(w);
}

static void json_errors(struct json *w, const struct totals *t)
{
	json_array_begin(w, "errors");
	for (unsigned i = 0; i < t->n_errors; i++) {
		json_object_begin(w, NULL);
		json_str(w, "error", mc_strerror(t->errors[i].err));
		json_u64(w, "packets", t->errors[i].packets);
		json_object_end(w);
	}
	json_array_end(w);
}

static void progress_json(struct report *r, const struct sender *s, const struct span_rates *x)
{
	json_event_begin(&r->json, "interval", wall());
	json_ns(&r->json, "elapsed_ns", s->totals.elapsed);
	json_rates(&r->json, s, x);
	json_event_end(&r->json);
}

static void summary_json(struct report *r, const char *event, const struct sender *s,
			 const struct span_rates *x)
{
	struct json *w = &r->json;

	json_event_begin(w, event, wall());
	json_ns(w, "elapsed_ns", s->totals.elapsed);
	json_rates(w, s, x);
	if (s->asked_pps > 0)
		json_double(w, "asked_pps", s->asked_pps);
	else
		json_null(w, "asked_pps");
	json_u64(w, "given_up", s->pace.given_up);
	json_u64(w, "queue_waits", s->totals.queue_full);
	json_u64(w, "groups", groups_total(&s->routes->groups));
	json_u64(w, "streams", s->routes->n_streams);
	json_paths(w, s->routes);
	json_errors(w, &s->totals);
	json_event_end(w);
}

/* --- either -------------------------------------------------------------- */

static void summary(struct report *r, const char *event, const struct sender *s)
{
	const struct totals *t = &s->totals;
	struct span_rates x =
		rates(t->paced_packets, t->paced_bytes, t->last_at.ns - t->first_at.ns);

	x.packets = t->packets;
	x.bytes = t->bytes;
	if (r->c->common.json)
		summary_json(r, event, s, &x);
	else if (r->c->common.quiet < 2)
		summary_text(s, &x);
	out_flush();
}

void report_progress(const struct sender *s, void *data)
{
	struct report *r = data;
	const struct totals *t = &s->totals;
	struct span_rates x = rates(t->packets - r->last_packets, t->bytes - r->last_bytes,
				    t->elapsed.ns - r->last.ns);

	r->last_packets = t->packets;
	r->last_bytes = t->bytes;
	r->last = t->elapsed;
	if (sig_take_interim()) {
		summary(r, "interim", s);
		return;
	}
	if (r->c->common.json)
		progress_json(r, s, &x);
	else if (!r->c->common.quiet)
		progress_text(s, &x);
}

void report_summary(struct report *r, const struct sender *s)
{
	summary(r, "summary", s);
}
