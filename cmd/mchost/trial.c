/* trial.c - RFC 3918's tests of what is between two interfaces */
#include "mchost/trial.h"

#include "common/loop.h"
#include "common/out.h"
#include "common/sig.h"
#include "mchost/confine.h"

#include <errno.h>
#include <mc/group.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE	   16	     /* groups of a delay test */
#define SETTLE_NS  20000000  /* for reports to be sent */
#define LEAD_NS	   50000000  /* data flows so long before the join */
#define SILENCE_NS 250000000 /* after which a group counts as quiet */
#define STEPS	   32
#define FEED_PORT  5000
#define TEXT_LEN   8

/* --- data ---------------------------------------------------------------- */

static int feed_one(struct trial *t, const struct mc_addr *group)
{
	static const uint8_t payload[TEXT_LEN];
	struct mc_addr from = t->from[group->family == MC_IPV6];
	struct mc_datagram_head h = {
		.src = from, .dst = *group, .src_port = FEED_PORT, .dst_port = FEED_PORT, .ttl = 1
	};
	size_t head = group->family == MC_IPV4 ? 20 : 40;
	uint8_t packet[64 + TEXT_LEN] = { 0 };
	int len = mc_datagram_build(packet, 64, &h, payload, sizeof(payload));
	struct mc_inject_packet p = { .src_mac = t->feed.mac,
				      .src = from,
				      .dst = *group,
				      .ttl = 1,
				      .protocol = 17,
				      .payload = { packet + head, (size_t)len - head + TEXT_LEN } };

	if (len < 0 || mc_group_mac(&p.dst_mac, group))
		return -EINVAL;
	t->fed++;
	return link_packet(&t->feed, &p);
}

static int feed(struct trial *t, uint64_t first, uint64_t n)
{
	int err = 0;

	for (uint64_t i = 0; i < n && !err; i++) {
		struct mc_addr group = channel_group(&t->s->crowd.channels, first + i);

		err = feed_one(t, &group);
	}
	link_flush(&t->feed);
	return err;
}

static int open_feed(struct trial *t)
{
	int status;

	if (!t->c->feed)
		return usage_error("--test",
				   "needs an interface to send data from; give it with --feed");
	if (!strcmp(t->c->feed, t->s->link.iface.name))
		return usage_error("--feed",
				   "'%s' is where the hosts are; data must come through "
				   "what is tested",
				   t->c->feed);
	status = link_open(&t->feed, t->c->feed, 0);
	if (status)
		return status;
	t->from[0] = t->feed.iface.addr4;
	t->from[1] = t->feed.iface.addr6;
	/* RFC 2544 C.2.2; a link-local one will do for IPv6. */
	if (t->from[0].family == MC_ANY && mc_addr_parse(&t->from[0], "198.19.255.254"))
		return EXIT_ENV;
	if (t->from[1].family == MC_ANY && mc_addr_parse(&t->from[1], "fe80::feed"))
		return EXIT_ENV;
	return 0;
}

/* --- hosts --------------------------------------------------------------- */

static uint32_t host_for(const struct trial *t, uint64_t channel)
{
	return (uint32_t)(channel % t->s->crowd.n);
}

static int join(struct trial *t, uint64_t first, uint64_t n, bool leave)
{
	mc_nsec now = loop_now();
	int err = 0;

	for (uint64_t i = first; i < first + n && !err; i++)
		err = leave ? crowd_leave(&t->s->crowd, now, host_for(t, i), i)
			    : crowd_join(&t->s->crowd, now, host_for(t, i), i);
	return err ? err_why(NULL, err, NULL) : 0;
}

static const struct watch *watch_at(const struct trial *t, uint64_t channel)
{
	return &t->s->crowd.watches.v[channel];
}

static uint64_t delivered(const struct trial *t, uint64_t first, uint64_t n)
{
	uint64_t got = 0;

	for (uint64_t i = first; i < first + n; i++)
		got += watch_at(t, i)->packets > 0;
	return got;
}

static int run_for(struct trial *t, int64_t ns)
{
	return session_until(t->s, (mc_nsec){ loop_now().ns + ns });
}

/* --- capacity (RFC 3918 7.1) --------------------------------------------- */

/* A group next to those of the test, which nobody joins. */
static int control_group(const struct trial *t, struct mc_addr *out)
{
	const struct channels *ch = &t->s->crowd.channels;
	struct mc_addr last = channel_group(ch, ch->n - 1);

	while (!mc_addr_add(out, &last, 1) && mc_addr_is_multicast(out)) {
		if (channel_of(ch, out) == NO_CHANNEL)
			return 0;
		last = *out;
	}
	return usage_error(NULL, "the test needs one group more, that nobody joins");
}

static struct trial_row *add_row(struct trial *t)
{
	struct trial_row *grown = realloc(t->rows, (t->n_rows + 1) * sizeof(*grown));

	if (!grown)
		return NULL;
	t->rows = grown;
	grown[t->n_rows] = (struct trial_row){ .groups = 0 };
	return &grown[t->n_rows++];
}

/* Data to each new group and to the control, again while some is missing. */
static int check_step(struct trial *t, struct trial_row *row, uint64_t first,
		      const struct mc_addr *control)
{
	uint64_t unwanted = t->s->crowd.watches.unwanted;
	int64_t end = loop_now().ns + t->c->wait.ns;
	int status = 0;

	do {
		if (feed_one(t, control) || feed(t, first, row->added))
			return EXIT_ENV;
		for (int i = 0; i < 5 && !status; i++) {
			status = run_for(t, SETTLE_NS);
			row->delivered = delivered(t, first, row->added);
			if (row->delivered == row->added)
				break;
		}
	} while (!status && row->delivered < row->added && loop_now().ns < end && !sig_stop());
	row->flooded = t->s->crowd.watches.unwanted > unwanted;
	return status;
}

static int test_capacity(struct trial *t)
{
	uint64_t total = t->s->crowd.channels.n;
	uint64_t step = t->c->step ? t->c->step : (total + STEPS - 1) / STEPS;
	struct mc_addr control;
	int status = control_group(t, &control);

	while (!status && t->capacity < total && !t->limited && !sig_stop() &&
	       link_works(&t->s->link)) {
		struct trial_row *row = add_row(t);

		if (!row)
			return err_why(NULL, -ENOMEM, NULL);
		row->added = total - t->capacity < step ? total - t->capacity : step;
		row->groups = t->capacity + row->added;
		status = join(t, t->capacity, row->added, false);
		if (!status)
			status = run_for(t, SETTLE_NS);
		if (!status)
			status = check_step(t, row, t->capacity, &control);
		if (row->flooded || row->delivered < row->added)
			t->limited = true;
		else
			t->capacity = row->groups;
	}
	return status;
}

/* --- join and leave delay (RFC 3918 6.1, 6.2) ---------------------------- */

/* Feeds the groups at their rate until the time is over, or until all have data,
 * or until all are quiet. */
enum until { UNTIL_TIME, UNTIL_DATA, UNTIL_QUIET };

static bool all_quiet(const struct trial *t, uint64_t first, uint64_t n, int64_t since)
{
	int64_t now = loop_now().ns;

	for (uint64_t i = first; i < first + n; i++) {
		int64_t last = watch_at(t, i)->last_data;

		if (now - (last > since ? last : since) < SILENCE_NS)
			return false;
	}
	return true;
}

static int feed_until(struct trial *t, uint64_t first, uint64_t n, enum until what, int64_t ns)
{
	int64_t start = loop_now().ns, period = (int64_t)(1e9 / t->c->feed_rate.value), rounds = 0;
	int status = 0;

	while (!status && !sig_stop() && link_works(&t->s->link) && loop_now().ns - start < ns) {
		if (what == UNTIL_DATA && delivered(t, first, n) == n)
			break;
		if (what == UNTIL_QUIET && all_quiet(t, first, n, start))
			break;
		while (rounds * period <= loop_now().ns - start) {
			if (feed(t, first, n))
				return EXIT_ENV;
			rounds++;
		}
		status = run_for(t, period < 1000000 ? period : 1000000);
	}
	return status;
}

static int test_delay_of(struct trial *t, uint64_t first, uint64_t n)
{
	int status = feed_until(t, first, n, UNTIL_TIME, LEAD_NS);

	if (!status)
		status = join(t, first, n, false);
	if (!status)
		status = feed_until(t, first, n, UNTIL_DATA, t->c->wait.ns);
	t->missing += n - delivered(t, first, n);
	if (!status && t->c->test == TEST_LEAVE_DELAY)
		status = feed_until(t, first, n, UNTIL_TIME, LEAD_NS);
	if (!status)
		status = join(t, first, n, true);
	if (!status && t->c->test == TEST_LEAVE_DELAY)
		status = feed_until(t, first, n, UNTIL_QUIET, t->c->wait.ns + SILENCE_NS);
	watches_settle(&t->s->crowd.watches, loop_now());
	return status;
}

static int test_delay(struct trial *t)
{
	uint64_t total = t->s->crowd.channels.n;
	int status = 0;

	for (uint64_t at = 0; at < total && !status && !sig_stop(); at += AT_ONCE)
		status = test_delay_of(t, at, total - at < AT_ONCE ? total - at : AT_ONCE);
	return status;
}

/* --- all of them --------------------------------------------------------- */

static int conduct(struct trial *t)
{
	int status;

	t->s->started = loop_now();
	status = crowd_appear(&t->s->crowd, t->s->started);
	if (!status)
		status = t->c->test == TEST_CAPACITY ? test_capacity(t) : test_delay(t);
	if (status)
		return status;
	if (!link_works(&t->s->link) || !link_works(&t->feed)) {
		err_msg("the interface is down or gone");
		return EXIT_ENV;
	}
	trial_tell(t);
	if (!t->c->die)
		status = session_leave(t->s);
	return status ? status : t->limited || t->missing || sig_stop() ? EXIT_FALSE : EXIT_TRUE;
}

int trial_run(struct session *s, const struct config *c)
{
	struct trial t = { .s = s, .c = c };
	int status = open_feed(&t);

	if (!status)
		status = confine(c);
	if (!status)
		status = identity_probe(&s->crowd.id, c, &s->link);
	if (!status)
		status = conduct(&t);
	link_close(&t.feed);
	free(t.rows);
	return status;
}
