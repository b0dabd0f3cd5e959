/* fuzz_values.c - any text as the values of options: a quantity, a share, a payload */
#include "common/sig.h"
#include "common/units.h"
#include "mchost/shares.h"
#include "mcsend/payload.h"

#include <errno.h>

#include "input.h"
#include "messages.h"

/* Nothing is read here, and nothing waits. */
volatile sig_atomic_t sig_stop_flag;

int sig_ppoll(struct pollfd *fds, nfds_t n, const mc_nsec *timeout)
{
	(void)fds;
	(void)n;
	(void)timeout;
	abort();
}

static const char *const names[] = { "v1", "v2", "v3", NULL };

static void check_rate(const char *text)
{
	struct rate r;
	int err = parse_rate(&r, text);

	require(err == 0 || err == -EINVAL || err == -ERANGE);
	if (err)
		require(r.unit == RATE_NONE && !(r.value > 0));
	else
		require(r.unit == RATE_MAX ? !(r.value > 0) : r.value > 0 && r.value < 1e300);
}

static void check_numbers(const char *text)
{
	struct range range;
	unsigned dscp;
	uint64_t n;

	require(parse_u64(&n, text) == 0 || n == 0);
	require(parse_size(&n, text) == 0 || n == 0);
	if (parse_range(&range, text) == 0)
		require(range.min <= range.max && range.step >= 1);
	else
		require(!range.min && !range.max && !range.step);
	require(parse_dscp(&dscp, text) == 0 ? dscp < 64 : dscp == 0);
}

static void check_shares(const char *text)
{
	char buf[UNITS_TEXT];
	struct shares s;
	double share;
	mc_nsec time;
	uint64_t n;

	require(parse_time(&time, text) == 0 ? time.ns >= 0 : time.ns == 0);
	require(strlen(format_duration(buf, time)) < UNITS_TEXT);
	require(parse_percent(&share, text) == 0 ? share >= 0 && share <= 1 : !(share > 0));
	if (shares_parse(&s, "--versions", text, names) == 0)
		for (unsigned i = 0; i < SHARES_MAX; i++)
			require(s.of[i] >= 0 && s.of[i] <= 1 && (s.named[i] || !(s.of[i] > 0)));
	if (shares_count(&n, text, 1000) && strchr(text, '%'))
		require(n <= 1000);
}

/* Files of this machine are left alone. */
static void check_payload(const char *text)
{
	struct config c = { .payload = text };
	struct payload p;
	unsigned before = messages;
	int status;

	if (!strncmp(text, "file:", 5) || !strcmp(text, "stdin"))
		return;
	status = payload_open(&p, &c);
	require((status == 0) == (messages == before));
	if (status == 0) {
		require(c.size.min <= c.size.max && c.size.max <= 65507);
		require(p.kind == PAYLOAD_PROBE || (p.kind == PAYLOAD_FIXED && p.bytes));
	}
	payload_close(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *text = take_text(&in);

	check_rate(text);
	check_numbers(text);
	check_shares(text);
	check_payload(text);
	free(text);
	return 0;
}
