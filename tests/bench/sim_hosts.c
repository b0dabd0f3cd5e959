/* sim_hosts.c - what a general query makes a population of hosts send
 *
 *   sim_hosts [HOSTS [GROUPS [PER_HOST [MAX_RESP_SECONDS]]]]
 *
 * In virtual time and without packets: hosts join, one general query is asked,
 * and the reports that answer it are counted, per version; first where all hosts
 * hear each other, then behind a switch with snooping, where they do not.  The
 * last columns are of the program itself: its memory, the CPU time that joins and
 * the query took, and the longest call, in which nothing else could be done. */
#include <mc/hosts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEC    INT64_C(1000000000)
#define SLOTS  10   /* in a second */
#define BUDGET 1000 /* messages a call */

struct plan {
	uint32_t hosts, groups, per_host;
	int64_t max_resp;
};

struct kind {
	const char *name;
	enum mc_family family;
	uint8_t version;
	bool isolated;
};

struct load {
	uint64_t reports, records, bytes;
	int64_t asked;
	uint64_t slots[SLOTS * 60];
	unsigned last;
};

/* ---- what is sent ---- */

static size_t packet_size(const struct mc_gm_spec *s)
{
	bool v4 = s->family == MC_IPV4;
	size_t record = v4 ? 8 : 20, head = v4 ? 24 : 48;

	if (!s->n_records)
		return head + (v4 ? 8 : 24);
	return head + 8 + s->n_records * record;
}

static void take(void *data, const struct mc_hosts_sent *sent)
{
	struct load *l = data;
	unsigned slot = (unsigned)((sent->due.ns - l->asked) / (SEC / SLOTS));

	if (!l->asked)
		return;
	l->reports++;
	l->records += sent->spec->n_records ? sent->spec->n_records : 1;
	l->bytes += 14 + packet_size(sent->spec);
	if (slot < sizeof(l->slots) / sizeof(l->slots[0])) {
		l->slots[slot]++;
		if (slot > l->last)
			l->last = slot;
	}
}

/* The most in so many tenths of a second. */
static uint64_t peak(const struct load *l, unsigned tenths)
{
	uint64_t most = 0;

	for (unsigned i = 0; i <= l->last; i++) {
		uint64_t n = 0;

		for (unsigned k = i; k < i + tenths && k <= l->last; k++)
			n += l->slots[k];
		most = n > most ? n : most;
	}
	return most;
}

/* ---- the population ---- */

static void *take_memory(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static void must(int rc)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "sim_hosts: %s\n", mc_strerror(rc));
	exit(3);
}

static struct mc_addr group(enum mc_family family, uint32_t n)
{
	struct mc_addr first, a;

	must(mc_addr_parse(&first, family == MC_IPV4 ? "239.0.0.0" : "ff15::1:0:0"));
	must(mc_addr_add(&a, &first, n));
	return a;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double longest;

static void note_call(double start)
{
	double took = seconds() - start;

	longest = took > longest ? took : longest;
}

static void run(mc_hosts *p, int64_t *now, int64_t until)
{
	for (;;) {
		int64_t next = mc_hosts_deadline(p).ns;
		double start;

		if (next > until)
			break;
		start = seconds();
		*now = next > *now ? next : *now;
		mc_hosts_tick(p, (mc_nsec){ *now }, BUDGET);
		note_call(start);
	}
	*now = until;
}

/* Any group is as likely as another, and none is joined twice. */
static void join(mc_hosts *p, const struct plan *plan, enum mc_family family, int64_t *now)
{
	uint64_t random = 1;

	for (uint32_t host = 0; host < plan->hosts; host++) {
		uint32_t first;

		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		first = (uint32_t)(random >> 33) % plan->groups;
		for (uint32_t i = 0; i < plan->per_host; i++) {
			struct mc_addr g = group(family, (first + i) % plan->groups);

			must(mc_hosts_join(p, (mc_nsec){ *now }, host, &g));
		}
	}
	run(p, now, *now + 30 * SEC);
}

static void ask(mc_hosts *p, const struct plan *plan, const struct kind *k, struct load *l,
		int64_t *now)
{
	struct mc_gm gm = { .kind = MC_GM_QUERY,
			    .family = k->family,
			    .version = k->version,
			    .group = mc_addr_unspecified(k->family),
			    .max_resp = { plan->max_resp },
			    .qrv = 2 };
	double start;

	if (k->family == MC_IPV4)
		gm.max_resp_code = (uint16_t)(plan->max_resp / (SEC / 10));
	else
		gm.max_resp_code = (uint16_t)(plan->max_resp / (SEC / 1000));
	if (k->family == MC_IPV4 && k->version == 1) {
		gm.max_resp_code = 0;
		gm.max_resp.ns = 10 * SEC;
	}
	l->asked = *now;
	longest = 0;
	start = seconds();
	mc_hosts_message(p, (mc_nsec){ *now }, NULL, &gm);
	note_call(start);
	run(p, now, *now + 60 * SEC);
}

/* ---- one line ---- */

static void simulate(const struct plan *plan, const struct kind *k)
{
	static struct load l;
	struct mc_hosts_stats s;
	struct mc_hosts_opts o = { .sz = sizeof(o),
				   .alloc = take_memory,
				   .family = k->family,
				   .seed = 1,
				   .isolated = k->isolated,
				   .fn = take,
				   .data = &l };
	int64_t now = 1000 * SEC;
	double start = seconds(), joined;
	mc_hosts *p;

	memset(&l, 0, sizeof(l));
	must(mc_hosts_open(&p, &o));
	must(mc_hosts_add(p, plan->hosts, k->version, 0));
	join(p, plan, k->family, &now);
	joined = seconds();
	ask(p, plan, k, &l, &now);
	mc_hosts_stats(p, &s);
	printf("%-7s %-7s %8llu %8llu %8llu %8llu %6.1f %7.1f %7.2f %7.2f %8.1f\n", k->name,
	       k->isolated ? "switch" : "shared", (unsigned long long)l.reports,
	       (unsigned long long)l.records, (unsigned long long)peak(&l, SLOTS),
	       (unsigned long long)peak(&l, 1), (double)l.bytes / 1e6, (double)s.memory / (1 << 20),
	       joined - start, seconds() - joined, longest * 1e3);
	mc_hosts_close(p);
}

static uint32_t number(int argc, char **argv, int i, uint32_t otherwise)
{
	unsigned long n;
	char *end;

	if (i >= argc)
		return otherwise;
	n = strtoul(argv[i], &end, 10);
	if (*end || !n || n > MC_HOSTS_MAX) {
		fprintf(stderr, "sim_hosts: %s: not a number from 1 to %d\n", argv[i],
			MC_HOSTS_MAX);
		exit(2);
	}
	return (uint32_t)n;
}

int main(int argc, char **argv)
{
	static const struct kind kinds[] = {
		{ "IGMPv1", MC_IPV4, 1, false }, { "IGMPv2", MC_IPV4, 2, false },
		{ "IGMPv3", MC_IPV4, 3, false }, { "MLDv1", MC_IPV6, 1, false },
		{ "MLDv2", MC_IPV6, 2, false },	 { "IGMPv1", MC_IPV4, 1, true },
		{ "IGMPv2", MC_IPV4, 2, true },	 { "MLDv1", MC_IPV6, 1, true },
	};
	struct plan plan = { .hosts = number(argc, argv, 1, 1000000),
			     .groups = number(argc, argv, 2, 1000),
			     .per_host = number(argc, argv, 3, 1),
			     .max_resp = number(argc, argv, 4, 10) * SEC };

	if (plan.per_host > plan.groups || plan.max_resp > 25 * SEC) {
		fprintf(stderr, "sim_hosts: more groups a host than there are, or more than 25 s "
				"to answer\n");
		return 2;
	}
	printf("# %u hosts in %u of %u groups each, %lld s to answer a general query\n", plan.hosts,
	       plan.per_host, plan.groups, (long long)(plan.max_resp / SEC));
	printf("%-7s %-7s %8s %8s %8s %8s %6s %7s %7s %7s %8s\n", "version", "link", "reports",
	       "records", "in 1 s", "in 0.1 s", "MB", "MiB", "join s", "query s", "call ms");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		simulate(&plan, &kinds[i]);
	return 0;
}
