/* main.c - mchost: be one host, or a hundred thousand, in IGMP and MLD */
#include "mchost/opts.h"

#include "common/out.h"
#include "common/sig.h"
#include "mchost/confine.h"
#include "mchost/craft.h"
#include "mchost/report.h"
#include "mchost/trial.h"

#include <errno.h>
#include <stdlib.h>

static int verdict(const struct config *c, const struct report *r, const struct crowd *w)
{
	const struct delivery *d = &r->delivery;

	if (w->link->counts.failed || w->tally.refused)
		return EXIT_FALSE;
	if (c->verify && (d->delivered < d->memberships || d->unwanted))
		return EXIT_FALSE;
	return EXIT_TRUE;
}

static int be_hosts(struct session *s, const struct config *c)
{
	struct report report;
	struct teller teller;
	int status = confine(c);

	if (status)
		return status;
	report_init(&report, c);
	teller = report_teller(&report);
	status = session_run(s, &teller);
	if (s->started.ns)
		report_summary(&report, &s->crowd, s->elapsed);
	return status ? status : verdict(c, &report, &s->crowd);
}

static int run(const struct config *c, const struct opt_args *args)
{
	struct session *s;
	int status;

	if (craft_wanted(c))
		return craft_run(c);
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_why(NULL, -ENOMEM, NULL);
	status = session_open(s, c, args);
	if (!status)
		status = c->test ? trial_run(s, c) : be_hosts(s, c);
	session_close(s);
	free(s);
	return status;
}

int main(int argc, char **argv)
{
	struct config c = {
		.interval = { 1000000000 },
		.hosts = 1,
		.seed = 1,
		.ttl = UINT64_MAX,
		.count = 1,
		.feed_rate = { RATE_PACKETS, 1000 },
		.wait = { 1000000000 },
	};
	struct opt_args args;
	int status = opt_parse(&program, argc, argv, &c, &args);

	if (status != OPT_RUN)
		return status;
	sig_init();
	status = run(&c, &args);
	opt_free(&program, &c);
	return out_finish(status);
}
