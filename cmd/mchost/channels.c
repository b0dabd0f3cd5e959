/* channels.c - the groups that hosts choose from, numbered from 0 over all specs */
#include "mchost/channels.h"

#include "common/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16777216 /* 2^24 */

static int check_spec(const struct mc_spec *s)
{
	char text[MC_ADDR_TEXT];

	mc_addr_format(&s->first, text);
	if (s->ifname[0])
		return usage_error(text, "the interface of all hosts is given with -i");
	if (s->port)
		return usage_error(text, "membership is of a group, whatever the port");
	return 0;
}

static bool holds(const struct mc_spec *s, const struct mc_addr *group, uint64_t *at)
{
	return !mc_addr_distance(at, &s->first, group) && *at < s->count;
}

static bool same_sources(const struct mc_spec *a, const struct mc_spec *b)
{
	return a->mode == b->mode && a->n_sources == b->n_sources &&
	       !memcmp(a->sources, b->sources, a->n_sources * sizeof(*a->sources));
}

static int append(struct channels *ch, const struct mc_spec *spec)
{
	size_t n = ch->groups.n + 1;
	struct mc_spec *v = realloc(ch->groups.v, n * sizeof(*v));
	uint64_t *start = v ? realloc(ch->start, n * sizeof(*start)) : NULL;

	ch->groups.v = v ? v : ch->groups.v;
	ch->start = start ? start : ch->start;
	if (!start)
		return err_why(NULL, -ENOMEM, NULL);
	if (spec->count > MOST - ch->n)
		return usage_error(NULL, "more than %u groups", MOST);
	v[n - 1] = *spec;
	start[n - 1] = ch->n;
	ch->n += spec->count;
	ch->groups.n = n;
	return 0;
}

int channels_add(struct channels *ch, uint64_t *first, const struct mc_spec *spec)
{
	int status = check_spec(spec);
	uint64_t at;

	if (status)
		return status;
	for (size_t i = 0; i < ch->groups.n; i++) {
		const struct mc_spec *s = &ch->groups.v[i];

		if (same_sources(s, spec) && holds(s, &spec->first, &at) &&
		    spec->count <= s->count - at) {
			*first = ch->start[i] + at;
			return 0;
		}
	}
	*first = ch->n;
	return append(ch, spec);
}

static int read_groups(struct groups *g, const struct config *c, const struct opt_args *args)
{
	size_t n = c->groups.n + (size_t)args->n;
	char **text = calloc(n + 1, sizeof(*text));
	int status;

	if (!text)
		return err_why(NULL, -ENOMEM, NULL);
	for (size_t i = 0; i < c->groups.n; i++)
		text[i] = (char *)(uintptr_t)c->groups.v[i];
	for (int i = 0; i < args->n; i++)
		text[c->groups.n + (size_t)i] = args->v[i];
	status = groups_parse(g, text, n, 0);
	free(text);
	return status;
}

static int by_first(const void *a, const void *b, void *specs)
{
	const struct mc_spec *v = specs;
	const unsigned *x = a, *y = b;

	return mc_addr_cmp(&v[*x].first, &v[*y].first);
}

static void sort_specs(struct channels *ch)
{
	const struct mc_spec *v = ch->groups.v;

	for (unsigned i = 0; i < ch->groups.n; i++)
		ch->sorted[i] = i;
	qsort_r(ch->sorted, ch->groups.n, sizeof(*ch->sorted), by_first, ch->groups.v);
	for (size_t i = 1; i < ch->groups.n; i++) {
		const struct mc_spec *a = &v[ch->sorted[i - 1]], *b = &v[ch->sorted[i]];
		struct mc_addr last = mc_spec_group(a, a->count - 1);

		ch->overlap |=
			a->first.family == b->first.family && mc_addr_cmp(&last, &b->first) >= 0;
	}
}

int channels_open(struct channels *ch, const struct config *c, const struct opt_args *args)
{
	struct groups given = { NULL, 0 };
	uint64_t first;
	int status;

	*ch = (struct channels){ .n = 0 };
	status = read_groups(&given, c, args);
	for (size_t i = 0; !status && i < given.n; i++)
		status = channels_add(ch, &first, &given.v[i]);
	if (!status)
		groups_warn_aliases(&given);
	groups_free(&given);
	return status;
}

int channels_ready(struct channels *ch)
{
	ch->sorted = calloc(ch->groups.n + 1, sizeof(*ch->sorted));
	if (!ch->sorted)
		return err_why(NULL, -ENOMEM, NULL);
	sort_specs(ch);
	return 0;
}

void channels_close(struct channels *ch)
{
	groups_free(&ch->groups);
	free(ch->start);
	free(ch->sorted);
	free(ch->zipf);
}

/* The number of the spec that holds channel n. */
static size_t spec_number(const struct channels *ch, uint64_t n)
{
	size_t lo = 0, hi = ch->groups.n;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (ch->start[mid] <= n)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

const struct mc_spec *channel_spec(const struct channels *ch, uint64_t n)
{
	return &ch->groups.v[spec_number(ch, n)];
}

struct mc_addr channel_group(const struct channels *ch, uint64_t n)
{
	size_t i = spec_number(ch, n);

	return mc_spec_group(&ch->groups.v[i], n - ch->start[i]);
}

static uint64_t search_all(const struct channels *ch, const struct mc_addr *group)
{
	uint64_t at;

	for (size_t i = 0; i < ch->groups.n; i++)
		if (holds(&ch->groups.v[i], group, &at))
			return ch->start[i] + at;
	return NO_CHANNEL;
}

uint64_t channel_of(const struct channels *ch, const struct mc_addr *group)
{
	size_t lo = 0, hi = ch->groups.n;
	uint64_t at;

	if (ch->overlap || hi == 0)
		return search_all(ch, group);
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (mc_addr_cmp(&ch->groups.v[ch->sorted[mid]].first, group) <= 0)
			lo = mid;
		else
			hi = mid;
	}
	return holds(&ch->groups.v[ch->sorted[lo]], group, &at) ? ch->start[ch->sorted[lo]] + at
								: NO_CHANNEL;
}

static bool lists(const struct mc_spec *s, const struct mc_addr *source)
{
	for (unsigned i = 0; i < s->n_sources; i++)
		if (!mc_addr_cmp(&s->sources[i], source))
			return true;
	return false;
}

bool channel_wants(const struct channels *ch, const struct mc_addr *source,
		   const struct mc_addr *group)
{
	uint64_t at;

	for (size_t i = 0; i < ch->groups.n; i++) {
		const struct mc_spec *s = &ch->groups.v[i];

		if (holds(s, group, &at) && lists(s, source) == (s->mode == MC_INCLUDE))
			return true;
	}
	return false;
}

int channels_popularity(struct channels *ch)
{
	double sum = 0;

	ch->zipf = calloc(ch->n ? ch->n : 1, sizeof(*ch->zipf));
	if (!ch->zipf)
		return -ENOMEM;
	for (uint64_t i = 0; i < ch->n; i++)
		ch->zipf[i] = sum += 1.0 / (double)(i + 1);
	for (uint64_t i = 0; i < ch->n; i++)
		ch->zipf[i] /= sum;
	return 0;
}

uint64_t channel_at(const struct channels *ch, double share)
{
	uint64_t lo = 0, hi = ch->n - 1;

	if (!ch->zipf)
		return (uint64_t)(share * (double)ch->n);
	while (lo < hi) {
		uint64_t mid = (lo + hi) / 2;

		if (ch->zipf[mid] > share)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}
