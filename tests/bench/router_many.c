/* router_many.c - many memberships in the router's state machine, in virtual time
 *
 *	router_many 4|6 HOSTS GROUPS SOURCES
 *
 * Each host is a member of each group, of any source or of SOURCES of its own, and
 * says so in reports that fill an Ethernet frame.  Prints pairs of name and value:
 * entries; bytes an entry; records a second of CPU time, joining and refreshing; the
 * longest time in microseconds that one call took, hearing a report, and in steps of
 * 1,000 while all expire at once. */
#include <mc/router.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEC    INT64_C(1000000000)
#define FRAME  1480
#define BUDGET 1000

static size_t bytes_used;
static uint64_t events;

/* With what malloc keeps for itself. */
static void *count_alloc(void *old, size_t size)
{
	void *p;

	if (old)
		bytes_used -= malloc_usable_size(old) + sizeof(size_t);
	if (!size) {
		free(old);
		return NULL;
	}
	p = realloc(old, size);
	if (!p)
		exit(3);
	bytes_used += malloc_usable_size(p) + sizeof(size_t);
	return p;
}

static void count_event(void *data, const struct mc_router_event *e)
{
	(void)data;
	events += e->host != NULL;
}

static int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* whatever runs beside it */
	return t.tv_sec * SEC + t.tv_nsec;
}

/* ---- reports, made beforehand ---- */

struct report {
	struct mc_addr from;
	uint16_t len;
	uint8_t bytes[FRAME];
};

struct load {
	enum mc_family family;
	unsigned hosts, groups, sources;
	struct report *reports;
	size_t n, room;
	uint64_t records;
};

static struct mc_addr numbered(const char *first, uint64_t n)
{
	struct mc_addr a;

	if (mc_addr_parse(&a, first) < 0 || mc_addr_add(&a, &a, n) < 0)
		abort();
	return a;
}

static struct report *new_report(struct load *l)
{
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 1024;
		l->reports = realloc(l->reports, l->room * sizeof(*l->reports));
		if (!l->reports)
			exit(3);
	}
	return &l->reports[l->n++];
}

static void add_report(struct load *l, const struct mc_addr *from,
		       const struct mc_gm_record_spec *records, unsigned n)
{
	struct mc_gm_spec s = { .kind = MC_GM_REPORT, .family = l->family, .records = records };
	struct report *r = new_report(l);
	struct mc_addr to;
	int len;

	s.version = l->family == MC_IPV4 ? 3 : 2;
	s.n_records = (uint16_t)n;
	if (mc_gm_destination(&to, &s) < 0)
		abort();
	r->from = *from;
	len = mc_gm_build(r->bytes, sizeof(r->bytes), &s, from, &to);
	if (len < 0)
		abort();
	r->len = (uint16_t)len;
	l->records += n;
}

static void make_host(struct load *l, unsigned host)
{
	bool six = l->family == MC_IPV6;
	struct mc_gm_record_spec records[200];
	struct mc_addr from = numbered(six ? "fe80::1:0" : "10.0.0.1", host);
	struct mc_addr *sources = malloc((l->sources + 1u) * sizeof(*sources));
	unsigned each = six ? 20 : 8, most, n = 0;

	if (!sources)
		exit(3);
	each += l->sources * (six ? 16 : 4);
	most = (FRAME - 8) / each;
	for (unsigned i = 0; i < l->sources; i++)
		sources[i] =
			numbered(six ? "2001:db8::1" : "11.0.0.1", (uint64_t)host * l->sources + i);
	for (unsigned g = 0; g < l->groups; g++) {
		records[n++] = (struct mc_gm_record_spec){
			.type = l->sources ? MC_REC_IS_IN : MC_REC_IS_EX,
			.group = numbered(six ? "ff0e::1:0:0" : "239.0.0.1", g),
			.sources = sources,
			.n_sources = (uint16_t)l->sources,
		};
		if (n == most || g + 1 == l->groups) {
			add_report(l, &from, records, n);
			n = 0;
		}
	}
	free(sources);
}

/* ---- the run ---- */

static int64_t worst;

/* All reports, evenly over ten seconds; returns records a second. */
static double play(mc_router *r, const struct load *l, int64_t now)
{
	struct mc_frame f = { .ttl = 1, .router_alert = true };
	int64_t from = clock_ns(), before = from, after;
	struct mc_gm gm;

	f.protocol = l->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	if (mc_addr_parse(&f.dst, l->family == MC_IPV4 ? "224.0.0.22" : "ff02::16") < 0)
		abort();
	worst = 0;
	for (size_t i = 0; i < l->n; i++) {
		f.src = l->reports[i].from;
		f.l4 = (struct mc_span){ l->reports[i].bytes, l->reports[i].len };
		if (mc_gm_parse(&gm, &f, NULL) < 0)
			abort();
		now += 10 * SEC / (int64_t)l->n;
		if (mc_router_message(r, 1, (mc_nsec){ now }, &f, &gm))
			abort();
		after = clock_ns();
		if (after - before > worst)
			worst = after - before;
		before = after;
	}
	return (double)l->records * 1e9 / (double)(before - from);
}

/* Everything at once, as a program would: in steps. */
static int64_t expire(mc_router *r, int64_t now)
{
	int64_t longest = 0, before, took;
	bool more;

	do {
		before = clock_ns();
		more = mc_router_tick(r, (mc_nsec){ now }, BUDGET);
		took = clock_ns() - before;
		if (took > longest)
			longest = took;
		if (!more)
			now = mc_router_deadline(r).ns > now ? mc_router_deadline(r).ns : now;
	} while (more || mc_router_deadline(r).ns < INT64_MAX);
	return longest;
}

static mc_router *open_router(enum mc_family family)
{
	struct mc_router_opts o = { .sz = sizeof(o),
				    .alloc = count_alloc,
				    .max_entries = UINT64_C(1) << 26,
				    .event = count_event };
	struct mc_router_iface_opts i = { .sz = sizeof(i), .iface = 1, .family = family };
	mc_router *r;

	i.version = family == MC_IPV4 ? 3 : 2;
	i.mode = MC_ROUTER_LISTEN_ONLY; /* nothing but memberships has timers then */
	mc_router_vars_init(&i.vars);
	if (mc_router_open(&r, &o) < 0 || mc_router_iface_add(r, (mc_nsec){ SEC }, &i) < 0)
		exit(3);
	return r;
}

int main(int argc, char **argv)
{
	struct load l = { .family = argc > 1 && argv[1][0] == '6' ? MC_IPV6 : MC_IPV4 };
	struct mc_router_stats s;
	double joining, refreshing;
	int64_t heard;
	uint64_t entries;
	mc_router *r;

	if (argc != 5) {
		fputs("usage: router_many 4|6 HOSTS GROUPS SOURCES\n", stderr);
		return 2;
	}
	l.hosts = (unsigned)strtoul(argv[2], NULL, 10);
	l.groups = (unsigned)strtoul(argv[3], NULL, 10);
	l.sources = (unsigned)strtoul(argv[4], NULL, 10);
	for (unsigned h = 0; h < l.hosts; h++)
		make_host(&l, h);
	r = open_router(l.family);
	joining = play(r, &l, 10 * SEC);
	heard = worst;
	refreshing = play(r, &l, 130 * SEC);
	if (worst > heard)
		heard = worst;
	mc_router_stats(r, &s);
	entries = s.members + s.sources;
	printf("entries %llu bytes %.1f join %.0f refresh %.0f report_us %.0f",
	       (unsigned long long)entries, (double)bytes_used / (double)entries, joining,
	       refreshing, (double)heard / 1e3);
	printf(" expiry_us %.0f\n", (double)expire(r, 500 * SEC) / 1e3);
	mc_router_stats(r, &s);
	if (s.members || s.groups || events != 2 * (uint64_t)l.hosts * l.groups)
		return 1;
	mc_router_close(r);
	free(l.reports);
	return bytes_used != 0;
}
