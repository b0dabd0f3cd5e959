/* test_dissect.c - the field walker: every protocol, every length, what it refuses */
#include <mc/gm.h>
#include "dissect_samples.h"

static struct dissect_check check;

static void hold(const struct sample *s, const struct mc_frame *f, int *rc)
{
	const char *wrong = check_walk(&check, f, rc);

	if (wrong)
		fail_msg("%s, %zu bytes: %s does not hold at %s", s->title, f->l4.len, wrong,
			 check.name ? check.name : "the end");
}

static void test_one(const struct sample *s)
{
	static char text[SAMPLE_FIELDS];
	struct dissect_text t = { .buf = text, .size = sizeof(text), .places = true };
	int rc;

	*text = 0;
	assert_int_equal(mc_dissect(&s->frame, text_field, &t), s->rc);
	if (strcmp(text, s->fields) != 0)
		print_error("%s:\n", s->title);
	assert_string_equal(text, s->fields);
	assert_string_equal(mc_message_name(&s->frame), s->name);
	hold(s, &s->frame, &rc);
	assert_int_equal(rc, s->rc);
}

/* Each prefix in memory of its own, so that a byte too far is noticed. */
static void test_prefixes(const struct sample *s)
{
	for (size_t len = 0; len < s->frame.l4.len; len++) {
		struct mc_frame f = s->frame;
		uint8_t *copy = malloc(len + 1);
		int rc;

		assert_non_null(copy);
		memcpy(copy + 1, f.l4.p, len);
		f.l4 = (struct mc_span){ len ? copy + 1 : NULL, len };
		hold(s, &f, &rc);
		assert_non_null(mc_message_name(&f));
		if ((rc == 0) != sample_whole(s, len))
			fail_msg("%s, %zu bytes: %d", s->title, len, rc);
		free(copy);
	}
}

/* Two readers of the same messages: they refuse the same ones. */
static void test_agrees(const struct sample *s)
{
	for (size_t len = 0; len <= s->frame.l4.len; len++) {
		struct mc_frame f = s->frame;
		struct mc_gm gm;
		enum mc_fault fault;
		int rc;

		f.l4.len = len;
		rc = mc_gm_parse(&gm, &f, &fault);
		if (rc == 0 && gm.kind == MC_GM_OTHER)
			continue;
		if (rc != mc_dissect(&f, NULL, NULL))
			fail_msg("%s, %zu bytes: %d (%s)", s->title, len, rc, mc_fault_name(fault));
	}
}

static void test_samples(const char *file, size_t expected)
{
	assert_int_equal(sample_each(file, test_one), expected);
	assert_int_equal(sample_each(file, test_prefixes), expected);
}

static void test_gm(void **state)
{
	(void)state;
	test_samples("gm", 28);
	sample_each("gm", test_agrees);
}

static void test_mrd_rgmp(void **state)
{
	(void)state;
	test_samples("mrd_rgmp", 11);
}

static void test_mtrace(void **state)
{
	(void)state;
	test_samples("mtrace", 3);
}

static void test_dvmrp(void **state)
{
	(void)state;
	test_samples("dvmrp", 18);
}

static void test_pimv1(void **state)
{
	(void)state;
	test_samples("pimv1", 10);
}

static void test_pim(void **state)
{
	(void)state;
	test_samples("pim", 46);
}

/* ---- frames by hand ---- */

static struct mc_frame frame_of(enum mc_family family, uint8_t protocol, const uint8_t *p,
				size_t len)
{
	struct mc_frame f = { .protocol = protocol, .l4 = { p, len } };

	f.src = mc_addr_unspecified(family);
	f.dst = mc_addr_unspecified(family);
	return f;
}

static void refuse(struct mc_frame f)
{
	int rc;

	assert_null(check_walk(&check, &f, &rc));
	assert_int_equal(rc, -MC_EUNSUPPORTED);
	assert_string_equal(mc_message_name(&f), "unknown");
}

static void test_unsupported(void **state)
{
	static const uint8_t leave[8] = { MC_IGMP_LEAVE }, done[24] = { MC_MLD_DONE };
	static const uint8_t echo[8] = { 128 };
	struct mc_frame later = frame_of(MC_IPV4, MC_PROTO_IGMP, leave, 8);

	(void)state;
	refuse(frame_of(MC_IPV4, 17, leave, 8));
	refuse(frame_of(MC_IPV6, MC_PROTO_ICMPV6, echo, 8));
	refuse(frame_of(MC_IPV6, MC_PROTO_IGMP, leave, 8));
	refuse(frame_of(MC_IPV4, MC_PROTO_ICMPV6, done, 24));
	later.fragment = true;
	later.fragment_offset = 1480;
	refuse(later);
}

/* The first fragment is read as far as it goes; its checksum is the whole's. */
static void test_first_fragment(void **state)
{
	static const uint8_t leave[8] = { MC_IGMP_LEAVE };
	struct mc_frame f = frame_of(MC_IPV4, MC_PROTO_IGMP, leave, 8);
	char text[512] = "";
	struct dissect_text t = { .buf = text, .size = sizeof(text) };

	(void)state;
	assert_int_equal(mc_dissect(&f, text_field, &t), 0);
	assert_non_null(strstr(text, "igmp.checksum=0x0 (wrong)\n"));
	f.fragment = true;
	t.len = 0;
	assert_int_equal(mc_dissect(&f, text_field, &t), 0);
	assert_non_null(strstr(text, "igmp.checksum=0x0\n"));
}

static void refuse_empty(enum mc_family family, uint8_t protocol, const char *node)
{
	struct mc_frame f = frame_of(family, protocol, NULL, 0);
	char text[256] = "", start[16];
	struct dissect_text t = { .buf = text, .size = sizeof(text) };
	int rc;

	assert_null(check_walk(&check, &f, &rc));
	assert_int_equal(mc_dissect(&f, text_field, &t), -MC_ETRUNC);
	snprintf(start, sizeof(start), "%s (", node);
	assert_memory_equal(text, start, strlen(start));
	assert_string_equal(mc_message_name(&f), "unknown");
}

static void test_empty(void **state)
{
	(void)state;
	refuse_empty(MC_IPV4, MC_PROTO_IGMP, "igmp");
	refuse_empty(MC_IPV6, MC_PROTO_ICMPV6, "mld");
	refuse_empty(MC_IPV4, MC_PROTO_PIM, "pim");
	refuse_empty(MC_IPV6, MC_PROTO_PIM, "pim");
}

/* All counts and lengths at their largest: nothing wraps, nothing runs on. */
static void test_largest_counts(void **state)
{
	static uint8_t message[65515];
	static const uint8_t first[] = { MC_IGMP_QUERY, MC_IGMP_DVMRP,	   MC_IGMP_PIMV1, 0x1e,
					 0x1f,		MC_IGMP_V3_REPORT, 0xff };

	(void)state;
	memset(message, 0xff, sizeof(message));
	for (size_t i = 0; i < sizeof(first); i++) {
		for (unsigned code = 0; code < 16; code++) {
			struct mc_frame f =
				frame_of(MC_IPV4, MC_PROTO_IGMP, message, sizeof(message));
			int rc;

			message[0] = first[i];
			message[1] = (uint8_t)code;
			assert_null(check_walk(&check, &f, &rc));
			message[0] = (uint8_t)(0x20 | code);
			f.protocol = MC_PROTO_PIM;
			assert_null(check_walk(&check, &f, &rc));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gm),	    cmocka_unit_test(test_mrd_rgmp),
		cmocka_unit_test(test_mtrace),	    cmocka_unit_test(test_dvmrp),
		cmocka_unit_test(test_pimv1),	    cmocka_unit_test(test_pim),
		cmocka_unit_test(test_unsupported), cmocka_unit_test(test_first_fragment),
		cmocka_unit_test(test_empty),	    cmocka_unit_test(test_largest_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
