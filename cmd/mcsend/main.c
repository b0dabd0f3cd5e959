/* main.c - mcsend: send UDP datagrams to multicast groups */
#include "mcsend/opts.h"

#include "common/out.h"
#include "common/sig.h"
#include "mcsend/confine.h"
#include "mcsend/report.h"

#include <mc/host.h>
#include <stdlib.h>

static int send_all(const struct config *c, struct routes *routes, struct payload *payload)
{
	struct report report;
	struct sender s;
	int status = sender_init(&s, c, routes, payload);

	if (status)
		return status;
	report_init(&report, c);
	report_start(&report, &s);
	status = confine(c);
	if (!status) {
		status = sender_run(&s, report_progress, &report);
		report_summary(&report, &s);
	}
	sender_free(&s);
	return status;
}

static int run(struct config *c, const struct opt_args *args)
{
	struct payload payload;
	struct routes routes;
	int status = payload_open(&payload, c);

	if (!status) {
		status = routes_open(&routes, c, args);
		if (!status)
			status = send_all(c, &routes, &payload);
		routes_close(&routes);
	}
	payload_close(&payload);
	return status;
}

int main(int argc, char **argv)
{
	struct config c = {
		.rate = { RATE_PACKETS, 10 },
		.ttl = 1,
		.port = DEFAULT_PORT,
		.interval = { 1000000000 },
	};
	struct opt_args args;
	int status = opt_parse(&program, argc, argv, &c, &args);

	if (status != OPT_RUN)
		return status;
	mc_raise_nofile();
	sig_init();
	status = run(&c, &args);
	opt_free(&program, &c);
	return out_finish(status);
}
