/* test_pim.c - what PIM's checksum covers, and the names of its messages */
#include <mc/gm.h>
#include "dissect_samples.h"

enum { REGISTER_HEADER = 8 };

static bool is_register(const struct sample *s)
{
	return s->frame.l4.p[0] == 0x21;
}

static bool holds(const struct sample *s, size_t at, uint8_t flip, size_t len)
{
	uint8_t message[SAMPLE_PACKET];
	struct mc_frame f = s->frame;

	memcpy(message, f.l4.p, len);
	if (flip)
		message[at] ^= flip;
	f.l4 = (struct mc_span){ message, len };
	return mc_pim_checksum_ok(&f);
}

/* Every sample is right but the one that says it is not, and wrong once any
 * bit under the checksum differs. */
static void test_one(const struct sample *s)
{
	bool all = strstr(s->title, "checksum of all") != NULL;
	size_t covered = is_register(s) && !all ? REGISTER_HEADER : s->frame.l4.len;
	bool wrong = strcmp(s->title, "bad checksum") == 0;

	assert_int_equal(mc_pim_checksum_ok(&s->frame), !wrong);
	assert_int_equal(strstr(s->fields, "(wrong)") != NULL, wrong);
	if (wrong)
		return;
	/* A changed type would change what is covered. */
	for (size_t at = 1; at < covered; at++)
		if (holds(s, at, 0x10, s->frame.l4.len))
			fail_msg("%s: byte %zu is not under the checksum", s->title, at);
	for (size_t at = covered; at < s->frame.l4.len; at++)
		if (!holds(s, at, 0x10, s->frame.l4.len))
			fail_msg("%s: byte %zu is under the checksum", s->title, at);
}

static void test_checksum(void **state)
{
	(void)state;
	assert_int_equal(sample_each("pim", test_one), 46);
}

static void spoil(const struct sample *s)
{
	struct mc_frame f = s->frame;

	f.fragment = true;
	assert_false(mc_pim_checksum_ok(&f));
	f = s->frame;
	f.protocol = MC_PROTO_IGMP;
	assert_false(mc_pim_checksum_ok(&f));
	f = s->frame;
	f.l4.len = 3;
	assert_false(mc_pim_checksum_ok(&f));
	f.l4 = (struct mc_span){ NULL, 0 };
	assert_false(mc_pim_checksum_ok(&f));
}

static void test_not_judged(void **state)
{
	(void)state;
	sample_each("pim", spoil);
}

/* The pseudo header: IPv6 addresses count, IPv4 addresses do not. */
static void move(const struct sample *s)
{
	struct mc_frame f = s->frame;

	if (strcmp(s->title, "bad checksum") == 0)
		return;
	f.src.bytes[1] ^= 0x20;
	assert_int_equal(mc_pim_checksum_ok(&f), f.src.family == MC_IPV4);
}

static void test_pseudo_header(void **state)
{
	(void)state;
	sample_each("pim", move);
}

/* Length 8 in the pseudo header of a Register (RFC 7761 4.9), not its own. */
static void test_register_pseudo_length(void **state)
{
	static const uint8_t data[12] = { 0x21, 0, 0, 0, 0, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef };
	uint8_t message[12];
	struct mc_frame f = { .protocol = MC_PROTO_PIM, .l4 = { message, sizeof(message) } };
	uint16_t sum;

	(void)state;
	assert_int_equal(mc_addr_parse(&f.src, "2001:db8::1"), 0);
	assert_int_equal(mc_addr_parse(&f.dst, "2001:db8::2"), 0);
	memcpy(message, data, sizeof(data));
	sum = mc_checksum(message, 8, mc_checksum_pseudo(&f.src, &f.dst, MC_PROTO_PIM, 8));
	message[2] = (uint8_t)(~sum >> 8);
	message[3] = (uint8_t)~sum;
	assert_true(mc_pim_checksum_ok(&f));
	memcpy(message, data, sizeof(data));
	sum = mc_checksum(message, 8, mc_checksum_pseudo(&f.src, &f.dst, MC_PROTO_PIM, 12));
	message[2] = (uint8_t)(~sum >> 8);
	message[3] = (uint8_t)~sum;
	assert_false(mc_pim_checksum_ok(&f));
}

/* Each type has a name of its own, or none. */
static void test_names(void **state)
{
	static const struct {
		uint8_t bytes[2];
		const char *name;
	} names[] = {
		{ { 0x20, 0 }, "PIM Hello" },
		{ { 0x21, 0 }, "PIM Register" },
		{ { 0x22, 0 }, "PIM Register-Stop" },
		{ { 0x23, 0 }, "PIM Join/Prune" },
		{ { 0x24, 0 }, "PIM Bootstrap" },
		{ { 0x25, 0 }, "PIM Assert" },
		{ { 0x26, 0 }, "PIM Graft" },
		{ { 0x27, 0 }, "PIM Graft-Ack" },
		{ { 0x28, 0 }, "PIM Candidate-RP-Advertisement" },
		{ { 0x29, 0 }, "PIM State-Refresh" },
		{ { 0x2a, 0x10 }, "PIM DF Offer" },
		{ { 0x2a, 0x20 }, "PIM DF Winner" },
		{ { 0x2a, 0x30 }, "PIM DF Backoff" },
		{ { 0x2a, 0x40 }, "PIM DF Pass" },
		{ { 0x2a, 0x00 }, "unknown" },
		{ { 0x2b, 0 }, "PIM ECMP Redirect" },
		{ { 0x2c, 0x80 }, "PIM PFM" },
		{ { 0x2d, 0x00 }, "PIM Packed Null-Register" },
		{ { 0x2d, 0x10 }, "PIM Packed Register-Stop" },
		{ { 0x2d, 0x20 }, "unknown" },
		{ { 0x2e, 0 }, "unknown" },
		{ { 0x2f, 0xf0 }, "unknown" },
		{ { 0x10, 0 }, "unknown" },
		{ { 0x30, 0 }, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct mc_frame f = { .protocol = MC_PROTO_PIM, .l4 = { names[i].bytes, 2 } };

		f.src = f.dst = mc_addr_unspecified(MC_IPV4);
		assert_string_equal(mc_message_name(&f), names[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksum),      cmocka_unit_test(test_not_judged),
		cmocka_unit_test(test_pseudo_header), cmocka_unit_test(test_register_pseudo_length),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
