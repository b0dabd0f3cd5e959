/* router_vars.c - the variables of IGMP and MLD routers: defaults, formulas, sense */
#include "router_state.h"

#define MOST_RV	  255
#define MOST_SPAN (INT64_C(100000000) * RT_SECOND) /* three years: sums of these do not overflow */
#define MOST_QI	  (31744 * RT_SECOND)		   /* RFC 9776 4.1.7: what QQIC can say */

void mc_router_vars_init(struct mc_router_vars *out)
{
	*out = (struct mc_router_vars){ .robustness = 2,
					.query_interval = { 125 * RT_SECOND },
					.query_response_interval = { 10 * RT_SECOND },
					.last_member_query_interval = { RT_SECOND } };
}

static void fill(mc_nsec *v, int64_t formula)
{
	if (!v->ns)
		v->ns = formula;
}

void mc_router_vars_derive(struct mc_router_vars *out, const struct mc_router_vars *v,
			   enum mc_family family, uint8_t version)
{
	uint8_t rank = rt_rank(family, version);
	int64_t rv = v->robustness, qi = v->query_interval.ns, qri;

	*out = *v;
	if (rank == 1) /* RFC 1112 Appendix I */
		out->query_response_interval.ns = 10 * RT_SECOND;
	qri = out->query_response_interval.ns;
	fill(&out->group_membership_interval, rv * qi + (rank == 3 ? 2 : 1) * qri);
	fill(&out->other_querier_present_interval, rv * qi + qri / 2);
	fill(&out->startup_query_interval, qi / 4);
	if (!out->startup_query_count)
		out->startup_query_count = v->robustness;
	if (!out->last_member_query_count)
		out->last_member_query_count = v->robustness;
	fill(&out->last_member_query_time,
	     out->last_member_query_interval.ns * out->last_member_query_count);
	fill(&out->older_host_present_interval, rv * qi + qri);
}

/* ---- what fits ---- */

/* The max response times that a query can carry, RFC 2236 2.2, RFC 2710 3.4, RFC
 * 9776 4.1.1, RFC 9777 5.1.3. */
static int64_t most_response(enum mc_family family, uint8_t version)
{
	if (family == MC_IPV6)
		return (version == 1 ? 65535 : 8387584) * RT_MSEC;
	return (version == 2 ? 25500 : 3174400) * RT_MSEC;
}

static int64_t least_response(enum mc_family family)
{
	return family == MC_IPV6 ? RT_MSEC : 100 * RT_MSEC;
}

static bool is_out(mc_nsec v)
{
	return v.ns < 0 || v.ns > MOST_SPAN;
}

static const char *check_ranges(const struct mc_router_vars *v)
{
	const mc_nsec spans[] = { v->query_interval,
				  v->query_response_interval,
				  v->group_membership_interval,
				  v->other_querier_present_interval,
				  v->startup_query_interval,
				  v->last_member_query_interval,
				  v->last_member_query_time,
				  v->older_host_present_interval };

	for (unsigned i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (is_out(spans[i]))
			return "an interval must be positive and shorter than three years";
	if (!v->robustness)
		return "the robustness variable must not be 0";
	if (v->robustness > MOST_RV)
		return "the robustness variable must not exceed 255";
	if (v->startup_query_count > MOST_RV)
		return "the startup query count must not exceed 255";
	if (v->last_member_query_count > MOST_RV)
		return "the last member query count must not exceed 255";
	return NULL;
}

static const char *check_response(const struct mc_router_vars *v, enum mc_family family,
				  uint8_t version)
{
	int64_t most = most_response(family, version), least = least_response(family);

	if (rt_rank(family, version) == 1)
		return NULL; /* its queries carry none */
	if (v->query_response_interval.ns < least)
		return family == MC_IPV6 ? "the query response interval must be at least 1 ms"
					 : "the query response interval must be at least 0.1 s";
	if (v->query_response_interval.ns > most)
		return "the query response interval is longer than queries of this version can say";
	if (v->query_response_interval.ns >= v->query_interval.ns)
		return "the query response interval must be shorter than the query interval";
	if (v->last_member_query_interval.ns < least)
		return family == MC_IPV6 ? "the last member query interval must be at least 1 ms"
					 : "the last member query interval must be at least 0.1 s";
	if (v->last_member_query_interval.ns > most)
		return "the last member query interval is longer than queries of this version can "
		       "say";
	return NULL;
}

static const char *check_queries(const struct mc_router_vars *v, enum mc_family family,
				 uint8_t version)
{
	if (v->query_interval.ns <= 0)
		return "the query interval must not be 0";
	if (rt_rank(family, version) == 3 && v->query_interval.ns < RT_SECOND)
		return "the query interval must be at least 1 s, the least that queries can say";
	if (v->query_interval.ns > MOST_QI)
		return "the query interval must not exceed 31744 s, the most that queries can say";
	return check_response(v, family, version);
}

/* Of variables with every formula worked out. */
static const char *check_relations(const struct mc_router_vars *v, uint8_t rank)
{
	int64_t qi = v->query_interval.ns, answered = qi + v->query_response_interval.ns;

	if (v->group_membership_interval.ns < answered)
		return "the group membership interval must not be shorter than the query interval "
		       "and the query response interval together: members would expire between "
		       "queries";
	if (v->other_querier_present_interval.ns <= qi)
		return "the other querier present interval must be longer than the query interval: "
		       "a querier would be lost between its queries";
	if (v->startup_query_interval.ns > qi)
		return "the startup query interval must not be longer than the query interval";
	if (v->older_host_present_interval.ns < answered)
		return "the older host present interval must not be shorter than the query "
		       "interval and the query response interval together";
	if (rank > 1 && v->last_member_query_time.ns < v->last_member_query_interval.ns)
		return "the last member query time must not be shorter than the last member query "
		       "interval: nobody could answer in time";
	return NULL;
}

const char *mc_router_vars_check(const struct mc_router_vars *v, enum mc_family family,
				 uint8_t version)
{
	const char *why = check_ranges(v);
	struct mc_router_vars all;

	if (!why)
		why = check_queries(v, family, version);
	if (why)
		return why;
	mc_router_vars_derive(&all, v, family, version);
	return check_relations(&all, rt_rank(family, version));
}
