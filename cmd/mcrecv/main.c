/* main.c - mcrecv: join multicast groups and measure what arrives */
#include "mcrecv/opts.h"

#include "common/out.h"
#include "common/sig.h"
#include "mcrecv/confine.h"
#include "mcrecv/force.h"
#include "mcrecv/report.h"

#include <stdlib.h>
#include <string.h>

/* Options that contradict each other. */
static int check(const struct config *c)
{
	if (c->expect_none && (c->expect || c->expect_all))
		return usage_error("--expect-none", "cannot be true together with --expect");
	if (c->expect && c->expect_all)
		return usage_error("--expect", "--expect-all says it already");
	if (c->min_rate.unit == RATE_MAX)
		return usage_error("--min-rate", "'max' is no limit; write 100/s or 20Mbit");
	if (c->read_file && (c->leave_after.ns || c->igmp_version || c->mld_version))
		return usage_error("--read", "a capture has no memberships to leave or force");
	if (c->read_file && c->ring)
		return usage_error("--ring", "a capture is read from its file");
	if (c->ring && c->no_gro)
		return usage_error("--ring", "a ring has packets as they come, merged or not");
	if (c->output && c->write_file && strcmp(c->output, "-") == 0 &&
	    strcmp(c->write_file, "-") == 0)
		return usage_error("--write", "standard output is taken by --output");
	if (c->write_file && strcmp(c->write_file, "-") == 0)
		return usage_error("--write", "'-' would mix with the text; name a file or a pipe");
	return 0;
}

/* What can never come true is a mistake, not a long wait. */
static int check_expected(const struct session *s)
{
	uint64_t asked = 0;

	for (unsigned i = 0; i < s->joins.n_targets; i++)
		asked += s->joins.targets[i].spec->count;
	if (s->c->read_file || s->c->expect <= asked)
		return 0;
	return usage_error("--expect", "%llu groups cannot be heard, only %llu are joined",
			   (unsigned long long)s->c->expect, (unsigned long long)asked);
}

/* Opens all that there is to open. */
static int open_network(struct session *s, struct force *force)
{
	struct mc_rx_opts o = {
		.sz = sizeof(o), .rcvbuf = s->c->rcvbuf, .no_gro = s->c->no_gro, .ring = s->c->ring
	};
	struct mc_why why = { "", "" };
	int status = force_begin(force, s->c, &s->joins);
	int err;

	if (!status && s->c->leave_after.ns)
		status = leave_open(&s->leave, &s->joins);
	if (status)
		return status;
	err = mc_rx_open(&s->rx, &o, &why);
	if (err)
		return err_why(NULL, err, &why);
	err = mc_ifwatch_open(&s->watch, &why);
	return err ? err_why(NULL, err, &why) : joins_open(&s->joins, s->rx);
}

static int measure(struct session *s)
{
	struct verdict v;
	int status;

	report_init(s);
	if (s->rx)
		report_joined(s);
	status = s->rx ? live_run(s) : replay_run(s);
	/* A capture that cannot be read at all is no reason to judge. */
	if (status && !s->rx && !s->counted)
		return status;
	leave_watch(&s->leave, &s->joins);
	streams_fold(&s->streams);
	verdict_reach(&v, s->c, &s->joins, &s->streams, s->elapsed, s->wall);
	report_summary(s, &v);
	if (status)
		return status;
	return v.ok ? EXIT_TRUE : EXIT_FALSE;
}

static int run(struct session *s, const struct opt_args *args)
{
	struct force force = { 0, -1 };
	int status = joins_parse(&s->joins, s->c, args, s->c->read_file != NULL);
	int closed;

	if (!status)
		status = check_expected(s);
	streams_init(&s->streams, s->c->rtp, (uint32_t)s->c->rtp_clock);
	if (!status)
		status = sinks_open(&s->sinks, s->c);
	if (!status)
		status = s->c->read_file ? replay_open(s) : open_network(s, &force);
	if (!status)
		status = confine(s->c);
	if (!status)
		status = measure(s);
	closed = sinks_close(&s->sinks);
	mc_rx_close(s->rx);
	mc_ifwatch_close(s->watch);
	mc_cap_close(s->replay);
	force_end(&force);
	leave_close(&s->leave);
	streams_free(&s->streams);
	joins_free(&s->joins);
	return closed ? closed : status;
}

int main(int argc, char **argv)
{
	struct config c = {
		.port = DEFAULT_PORT,
		.interval = { 1000000000 },
		.leave_wait = { 30000000000 },
		.max_loss = -1,
	};
	struct session s = { .c = &c };
	struct opt_args args;
	int status = opt_parse(&program, argc, argv, &c, &args);

	if (status != OPT_RUN)
		return status;
	mc_raise_nofile();
	sig_init();
	status = check(&c);
	if (!status)
		status = run(&s, &args);
	opt_free(&program, &c);
	return out_finish(status);
}
