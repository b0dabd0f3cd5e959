/* main.c - mctop: see multicast memberships live, down to the process */
#include "mctop/opts.h"

#include "common/out.h"
#include "common/sig.h"
#include "mctop/confine.h"
#include "mctop/list.h"
#include "mctop/live.h"
#include "mctop/once.h"

/* Options that contradict each other. */
static int check(const struct config *c, const struct opt_args *args)
{
	struct list groups;

	if (c->all_netns && c->netns.n)
		return usage_error("--netns", "--all-netns shows it already");
	if (c->promiscuous && !c->common.interfaces.n)
		return usage_error("--promiscuous", "name the interfaces with -i");
	if (c->promiscuous && c->capture == CAPTURE_NONE)
		return usage_error("--promiscuous", "needs a capture");
	if (c->once && c->interval.ns)
		return usage_error("--interval", "--once shows one moment; see --duration");
	list_init(&groups, TABLE_GROUPS);
	if (c->sort && list_sort_by(&groups, c->sort) < 0)
		return usage_error("--sort", "'%s' is no column of groups; see --once", c->sort);
	if (opt_given(args, "duration") && !c->once && !c->common.json)
		return usage_error("--duration", "is for --once and --json");
	return 0;
}

/* On a terminal, opening that comes first. */
static int show(struct model *m, const struct config *c)
{
	int status;

	if (!c->common.json && !c->once)
		return live_run(m, c);
	status = confine_calls(c);
	if (status)
		return status;
	return c->common.json ? once_json(m, c) : once_table(m, c);
}

static int run(const struct config *c)
{
	struct model *m;
	int status = model_open(&m, c);

	if (status)
		return status;
	status = confine_user(c);
	if (!status)
		status = show(m, c);
	model_close(m);
	return status;
}

int main(int argc, char **argv)
{
	struct config c = { .capture = CAPTURE_ALL };
	struct opt_args args;
	int status = opt_parse(&program, argc, argv, &c, &args);

	if (status != OPT_RUN)
		return status;
	sig_init();
	status = check(&c, &args);
	if (!status)
		status = run(&c);
	opt_free(&program, &c);
	return out_finish(status);
}
