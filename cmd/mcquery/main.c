/* main.c - mcquery: ask who is a member of which group, or be the querier */
#include "mcquery/opts.h"

#include <stdlib.h>

#include "common/out.h"
#include "common/sig.h"
#include "mcquery/ask.h"
#include "mcquery/events.h"
#include "mcquery/serve.h"

#define MAX_GROUPS 1000
#define ASK_ALL_NS 2000000000
#define ASK_ONE_NS 1000000000

/* Options that contradict each other. */
static int check(const struct config *c, const struct run *r)
{
	bool asks = r->asked.n || c->sources.n || c->watch.ns || c->count;

	if (c->serve && asks)
		return usage_error("--serve", "asks of itself; leave groups, --source, --watch and "
					      "--count out");
	if (!c->serve && (c->if_none || c->force || c->no_listen || c->metrics || c->dump ||
			  c->duration.ns || c->query_interval.ns))
		return usage_error("--serve", "is what --if-none, --force, --no-listen, "
					      "--query-interval, --metrics, --dump and --duration "
					      "are for");
	if (c->listen_only + c->if_none + c->force > 1)
		return usage_error("--listen-only", "--if-none and --force exclude each other");
	if (c->if_none && c->no_listen)
		return usage_error("--if-none", "has to listen first; leave --no-listen out");
	if (c->count && !c->watch.ns)
		return usage_error("--count", "needs --watch");
	if (groups_total(&r->asked) > MAX_GROUPS && r->asked.n)
		return usage_error(NULL,
				   "more than %d groups: ask for all of them at once, "
				   "without naming any",
				   MAX_GROUPS);
	return 0;
}

static int take_sources(struct run *r)
{
	const struct opt_list *list = &r->c->sources;

	r->sources = calloc(list->n + 1, sizeof(*r->sources));
	if (!r->sources)
		return err_why(NULL, -1, NULL);
	for (; r->n_sources < list->n; r->n_sources++)
		if (mc_addr_parse(&r->sources[r->n_sources], list->v[r->n_sources]) < 0 ||
		    mc_addr_is_multicast(&r->sources[r->n_sources]))
			return usage_error("--source", "'%s' is not a unicast address",
					   list->v[r->n_sources]);
	if (list->n && !r->asked.n)
		return usage_error("--source", "needs a group to ask for");
	return 0;
}

/* Operands and --group are the same. */
static int take_groups(struct run *r, const struct opt_args *args)
{
	const struct opt_list *list = &r->c->groups;
	size_t n = list->n + (size_t)args->n;
	char **all = calloc(n + 1, sizeof(*all));
	int status;

	if (!all)
		return EXIT_ENV;
	for (size_t i = 0; i < n; i++)
		all[i] = i < list->n ? (char *)(uintptr_t)list->v[i] : args->v[i - list->n];
	status = groups_parse(&r->asked, all, n, 0);
	free(all);
	return status;
}

static int run(struct config *c, const struct opt_args *args)
{
	static struct run r;
	int status;

	r.c = c;
	c->serve |= c->listen_only;
	json_init(&r.json, stdout);
	status = take_groups(&r, args);
	if (!status)
		status = check(c, &r);
	if (!status)
		status = take_sources(&r);
	if (!status && !c->serve && !c->max_response.ns)
		c->max_response.ns = r.asked.n ? ASK_ONE_NS : ASK_ALL_NS;
	r.on_event = c->serve ? events_router : NULL;
	if (!status)
		status = run_open(&r);
	if (!status)
		status = c->serve ? serve(&r) : ask(&r);
	run_close(&r);
	return status;
}

int main(int argc, char **argv)
{
	struct config c = { .igmp_version = DEFAULT_IGMP,
			    .mld_version = DEFAULT_MLD,
			    .max_entries = DEFAULT_MAX_ENTRIES,
			    .metrics_every = { DEFAULT_METRICS_EVERY } };
	struct opt_args args;
	int status = opt_parse(&program, argc, argv, &c, &args);

	if (status != OPT_RUN)
		return status;
	sig_init();
	status = run(&c, &args);
	opt_free(&program, &c);
	return out_finish(status);
}
