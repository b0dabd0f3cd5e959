/* hosts.h - hosts in virtual time for their tests: calls in, a log of messages out */
#ifndef UNIT_HOSTS_H
#define UNIT_HOSTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/hosts.h>

#define SEC	INT64_C(1000000000)
#define MSEC	INT64_C(1000000)
#define LOGGED	20000
#define RECORDS 400
#define SOURCES 1200

/* A message as text, "is_ex 239.1.1.1 {10.0.0.1}; ..." or "report 239.1.1.1". */
struct logged {
	int64_t when, due, delay, max_resp;
	uint32_t host;
	enum mc_hosts_reason reason;
	enum mc_gm_kind kind;
	uint8_t version;
	unsigned n_records, n_sources; /* of all records */
	size_t bytes;
	struct mc_addr group;
	char text[160]; /* as much as fits */
};

static struct {
	mc_hosts *p;
	struct mc_hosts_opts opts;
	int64_t now;
	struct logged log[LOGGED];
	unsigned n_logged;
	uint64_t sent;
} world;

/* ---- memory, counted, and it may end ---- */

static int64_t bytes_out, blocks_out;
static int64_t allocations_left = INT64_MAX;

static void *test_alloc(void *old, size_t size)
{
	size_t *block = old ? (size_t *)old - 2 : NULL;

	if (!size) {
		if (block) {
			bytes_out -= (int64_t)*block;
			blocks_out--;
			free(block);
		}
		return NULL;
	}
	if (allocations_left-- <= 0)
		return NULL;
	bytes_out += (int64_t)size - (block ? (int64_t)*block : 0);
	blocks_out += block == NULL;
	block = realloc(block, size + 2 * sizeof(*block));
	assert_non_null(block);
	*block = size;
	return block + 2;
}

/* ---- the log ---- */

static void add_text(struct logged *l, const char *text)
{
	size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%s", text);
}

static void add_record(struct logged *l, const struct mc_gm_record_spec *r)
{
	char addr[MC_ADDR_TEXT];

	if (l->text[0])
		add_text(l, "; ");
	add_text(l, mc_record_short(r->type));
	add_text(l, " ");
	add_text(l, mc_addr_format(&r->group, addr));
	for (unsigned i = 0; i < r->n_sources; i++) {
		add_text(l, i ? "," : " {");
		add_text(l, mc_addr_format(&r->sources[i], addr));
	}
	if (r->n_sources)
		add_text(l, "}");
	l->n_sources += r->n_sources;
}

/* What is sent can be built, and fits the packet. */
static size_t build(const struct mc_gm_spec *spec)
{
	static uint8_t buf[65536];
	struct mc_addr src = mc_addr_unspecified(spec->family), dst;
	size_t head = spec->family == MC_IPV4 ? 24 : 48;
	int n;

	assert_int_equal(mc_gm_destination(&dst, spec), 0);
	n = mc_gm_build(buf, sizeof(buf), spec, &src, &dst);
	assert_true(n > 0);
	assert_true(head + (size_t)n <= (world.opts.mtu ? world.opts.mtu : MC_HOSTS_MTU));
	return head + (size_t)n;
}

static void keep(void *data, const struct mc_hosts_sent *sent)
{
	struct logged *l = &world.log[world.n_logged % LOGGED];
	const struct mc_gm_spec *spec = sent->spec;
	char addr[MC_ADDR_TEXT];

	(void)data;
	world.sent++;
	world.n_logged++;
	*l = (struct logged){ .when = sent->when.ns,
			      .due = sent->due.ns,
			      .delay = sent->delay.ns,
			      .max_resp = sent->max_resp.ns,
			      .host = sent->host,
			      .reason = sent->reason,
			      .kind = spec->kind,
			      .version = spec->version,
			      .n_records = spec->n_records,
			      .group = spec->group };
	assert_true(sent->due.ns <= sent->when.ns);
	l->bytes = build(spec);
	if (spec->n_records == 0) {
		add_text(l, mc_gm_kind_name(spec->kind));
		add_text(l, " ");
		add_text(l, mc_addr_format(&spec->group, addr));
	}
	for (unsigned i = 0; i < spec->n_records; i++)
		add_record(l, &spec->records[i]);
}

static inline void count_only(void *data, const struct mc_hosts_sent *sent)
{
	(void)data;
	(void)sent;
	world.sent++;
}

static inline const struct logged *logged(unsigned i)
{
	assert_true(i < world.n_logged);
	return &world.log[i];
}

static inline void forget_log(void)
{
	world.n_logged = 0;
	world.sent = 0;
}

/* For those who look why a test fails. */
static inline void print_log(void)
{
	for (unsigned i = 0; i < world.n_logged; i++)
		print_message("# %.6f host %u v%u %s %s\n", (double)world.log[i].when / SEC,
			      world.log[i].host, world.log[i].version,
			      mc_hosts_reason_name(world.log[i].reason), world.log[i].text);
}

/* The only message since the last look; "" is none, or several joined by " | ". */
static inline void expect(const char *text)
{
	char all[1024] = "";

	for (unsigned i = 0; i < world.n_logged; i++) {
		size_t n = strlen(all);

		snprintf(all + n, sizeof(all) - n, "%s%s", i ? " | " : "", world.log[i].text);
	}
	assert_string_equal(all, text);
	forget_log();
}

/* ---- the world ---- */

static inline void open_hosts(enum mc_family family)
{
	memset(&world, 0, sizeof(world));
	bytes_out = blocks_out = 0;
	allocations_left = INT64_MAX;
	world.now = 1000 * SEC;
	world.opts = (struct mc_hosts_opts){ .sz = sizeof(world.opts),
					     .alloc = test_alloc,
					     .family = family,
					     .seed = 1,
					     .fn = keep };
	assert_int_equal(mc_hosts_open(&world.p, &world.opts), 0);
}

/* Again, with what the test has set in world.opts. */
static inline void reopen(void)
{
	mc_hosts_close(world.p);
	assert_int_equal(blocks_out, 0);
	assert_int_equal(mc_hosts_open(&world.p, &world.opts), 0);
	forget_log();
}

static inline int close_hosts(void **state)
{
	(void)state;
	mc_hosts_close(world.p);
	world.p = NULL;
	assert_int_equal(blocks_out, 0);
	assert_int_equal(bytes_out, 0);
	return 0;
}

static inline int open_igmp(void **state)
{
	(void)state;
	open_hosts(MC_IPV4);
	return 0;
}

static inline int open_mld(void **state)
{
	(void)state;
	open_hosts(MC_IPV6);
	return 0;
}

static inline mc_nsec now(void)
{
	return (mc_nsec){ world.now };
}

static inline struct mc_addr addr(const char *text)
{
	struct mc_addr a;

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static inline struct mc_addr nth(const char *first, unsigned n)
{
	struct mc_addr a = addr(first), b;

	assert_int_equal(mc_addr_add(&b, &a, n), 0);
	return b;
}

static inline void add_hosts(uint32_t n, uint8_t version)
{
	assert_int_equal(mc_hosts_add(world.p, n, version, 0), 0);
}

static inline void tick(void)
{
	mc_hosts_tick(world.p, now(), UINT32_MAX);
}

/* Lets time pass, from deadline to deadline. */
static inline void run(int64_t ns)
{
	int64_t until = world.now + ns;

	for (;;) {
		int64_t next = mc_hosts_deadline(world.p).ns;

		if (next > until)
			break;
		if (next > world.now)
			world.now = next;
		tick();
	}
	world.now = until;
	tick();
}

/* ---- calls ---- */

static inline void join(uint32_t host, const char *group)
{
	struct mc_addr g = addr(group);

	assert_int_equal(mc_hosts_join(world.p, now(), host, &g), 0);
}

static inline void leave(uint32_t host, const char *group)
{
	struct mc_addr g = addr(group);

	assert_int_equal(mc_hosts_leave(world.p, now(), host, &g), 0);
}

/* "in a,b", "ex a", "ex". */
static inline void set(uint32_t host, uint32_t socket, const char *group, const char *filter)
{
	struct mc_addr g = addr(group), sources[SOURCES];
	enum mc_filter_mode mode = strncmp(filter, "in", 2) == 0 ? MC_INCLUDE : MC_EXCLUDE;
	unsigned n = 0;
	char text[256], *next = text;

	snprintf(text, sizeof(text), "%s", filter[2] ? filter + 3 : "");
	for (char *one; *text && (one = strsep(&next, ","));)
		sources[n++] = addr(one);
	assert_int_equal(
		mc_hosts_set(world.p, now(), host, socket, &g, mode, n ? sources : NULL, n), 0);
}

/* A filter of many sources. */
static inline int set_many(uint32_t host, const char *group, enum mc_filter_mode mode,
			   const char *first, unsigned n)
{
	static struct mc_addr sources[MC_HOSTS_SOURCES + 1];
	struct mc_addr g = addr(group);

	for (unsigned i = 0; i < n; i++)
		sources[i] = nth(first, n - 1 - i);
	return mc_hosts_set(world.p, now(), host, 0, &g, mode, sources, n);
}

/* ---- messages from the link ---- */

static inline void hear(const struct mc_frame *f, const struct mc_gm_spec *spec)
{
	static uint8_t buf[65536];
	struct mc_addr src = mc_addr_unspecified(spec->family), dst;
	struct mc_frame parsed = { .protocol = spec->family == MC_IPV4 ? MC_PROTO_IGMP
								       : MC_PROTO_ICMPV6 };
	struct mc_gm gm;
	int n;

	assert_int_equal(mc_gm_destination(&dst, spec), 0);
	n = mc_gm_build(buf, sizeof(buf), spec, &src, &dst);
	assert_true(n > 0);
	parsed.src = src;
	parsed.dst = dst;
	parsed.l4 = (struct mc_span){ buf, (size_t)n };
	assert_int_equal(mc_gm_parse(&gm, &parsed, NULL), 0);
	mc_hosts_message(world.p, now(), f, &gm);
}

static inline struct mc_gm_spec query_spec(uint8_t version, const char *group, int64_t max_resp)
{
	return (struct mc_gm_spec){ .kind = MC_GM_QUERY,
				    .family = world.opts.family,
				    .version = version,
				    .group = group ? addr(group)
						   : (struct mc_addr){ .family = MC_ANY },
				    .max_resp = { max_resp } };
}

/* General without a group. */
static inline void query(uint8_t version, const char *group, int64_t max_resp)
{
	struct mc_gm_spec spec = query_spec(version, group, max_resp);

	hear(NULL, &spec);
}

static inline void query_sources(const char *group, int64_t max_resp, const char *list)
{
	struct mc_addr sources[16];
	struct mc_gm_spec spec = query_spec(world.opts.family == MC_IPV4 ? 3 : 2, group, max_resp);
	char text[256], *next = text;

	snprintf(text, sizeof(text), "%s", list);
	for (char *one; (one = strsep(&next, ","));)
		sources[spec.n_sources++] = addr(one);
	spec.sources = sources;
	hear(NULL, &spec);
}

static inline void other_reports(uint8_t version, const char *group)
{
	struct mc_gm_spec spec = { .kind = MC_GM_REPORT,
				   .family = world.opts.family,
				   .version = version,
				   .group = addr(group) };

	hear(NULL, &spec);
}

/* ---- looking ---- */

static inline struct mc_hosts_member member(uint32_t host, const char *group)
{
	struct mc_addr g = addr(group);
	struct mc_hosts_member m;
	int is = mc_hosts_member(world.p, &m, host, &g);

	assert_int_equal(is, m.group.family != MC_ANY);
	return m;
}

static inline enum mc_hosts_state state_of(uint32_t host, const char *group)
{
	return member(host, group).state;
}

static inline struct mc_hosts_stats stats(void)
{
	struct mc_hosts_stats s;

	mc_hosts_stats(world.p, &s);
	return s;
}

#endif
