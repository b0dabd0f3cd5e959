/* test_issue.c - the table of issues, sets of them, and what faults count as */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/issue.h>

/* ---- the table ---- */

static bool is_id(const char *id)
{
	return id[0] && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

static void test_table(void **state)
{
	(void)state;
	assert_null(mc_issue_row(MC_ISSUE_NONE));
	assert_null(mc_issue_row(MC_ISSUE_MAX));
	for (enum mc_issue i = MC_ISSUE_NONE + 1; i < MC_ISSUE_MAX; i++) {
		const struct mc_issue_row *row = mc_issue_row(i);

		assert_non_null(row);
		assert_non_null(row->id);
		assert_true(is_id(row->id));
		assert_int_equal(mc_issue_by_id(row->id), i);
		assert_true(row->severity <= MC_ERROR);
		/* the manual page makes it a capital letter */
		assert_true(row->text[0] >= 'a' && row->text[0] <= 'z');
		/* a clause, and sentences */
		assert_true(strlen(row->text) > 10 && strlen(row->text) < 90);
		assert_true(row->text[strlen(row->text) - 1] != '.');
		assert_true(strlen(row->why) > 10);
		assert_true(row->why[strlen(row->why) - 1] == '.');
		assert_int_equal(strncmp(row->rfc, "RFC ", 4), 0);
	}
	assert_int_equal(mc_issue_by_id("no-such-issue"), MC_ISSUE_NONE);
	assert_int_equal(mc_issue_by_id("ttl-not-1"), MC_ISSUE_TTL);
	assert_string_equal(mc_severity_name(MC_NOTE), "note");
	assert_string_equal(mc_severity_name(MC_WARNING), "warning");
	assert_string_equal(mc_severity_name(MC_ERROR), "error");
}

static void test_faults(void **state)
{
	(void)state;
	for (unsigned i = MC_FAULT_NONE; i < MC_FAULT_MAX; i++) {
		assert_true(is_id(mc_fault_name((enum mc_fault)i)));
		assert_true(strlen(mc_fault_text((enum mc_fault)i)) > 10);
		for (unsigned j = MC_FAULT_NONE; j < i; j++)
			assert_string_not_equal(mc_fault_name((enum mc_fault)i),
						mc_fault_name((enum mc_fault)j));
	}
	assert_string_equal(mc_fault_name(MC_FAULT_MAX), "unknown");
	assert_string_equal(mc_fault_text((enum mc_fault) - 1), "unknown fault");
}

static void test_sets(void **state)
{
	struct mc_issues s = { { 0 } };
	enum mc_issue i = MC_ISSUE_NONE;

	(void)state;
	assert_true(mc_issues_none(&s));
	mc_issues_add(&s, MC_ISSUE_NONE);
	mc_issues_add(&s, MC_ISSUE_MAX);
	assert_true(mc_issues_none(&s));
	assert_int_equal(mc_issues_next(&s, MC_ISSUE_NONE), MC_ISSUE_NONE);
	mc_issues_add(&s, MC_ISSUE_CHECKSUM);
	mc_issues_add(&s, MC_ISSUE_TWO_MACS);
	assert_false(mc_issues_none(&s));
	assert_true(mc_issues_has(&s, MC_ISSUE_CHECKSUM));
	assert_false(mc_issues_has(&s, MC_ISSUE_IP_CHECKSUM));
	assert_false(mc_issues_has(&s, MC_ISSUE_NONE));
	assert_false(mc_issues_has(&s, MC_ISSUE_MAX));
	i = mc_issues_next(&s, i);
	assert_int_equal(i, MC_ISSUE_CHECKSUM);
	i = mc_issues_next(&s, i);
	assert_int_equal(i, MC_ISSUE_TWO_MACS);
	assert_int_equal(mc_issues_next(&s, i), MC_ISSUE_NONE);
	for (i = MC_ISSUE_NONE + 1; i < MC_ISSUE_MAX; i++)
		mc_issues_add(&s, i);
	for (i = MC_ISSUE_NONE; i < MC_ISSUE_MAX - 1; i++)
		assert_int_equal(mc_issues_next(&s, i), i + 1);
}

static void check_fault(enum mc_fault fault, enum mc_issue issue)
{
	struct mc_frame none = { 0 };
	struct mc_issues issues;

	mc_judge(&issues, NULL, NULL, fault);
	assert_int_equal(mc_issues_next(&issues, MC_ISSUE_NONE), issue);
	assert_int_equal(mc_issues_next(&issues, issue), MC_ISSUE_NONE);
	mc_judge(&issues, &none, NULL, fault);
	assert_int_equal(mc_issues_next(&issues, MC_ISSUE_NONE), issue);
}

static void test_refused_frames(void **state)
{
	(void)state;
	check_fault(MC_FAULT_LINK, MC_ISSUE_NONE);
	check_fault(MC_FAULT_NOT_IP, MC_ISSUE_NONE);
	check_fault(MC_FAULT_VLANS, MC_ISSUE_NONE);
	check_fault(MC_FAULT_LINK_SHORT, MC_ISSUE_TRUNCATED);
	check_fault(MC_FAULT_IP_SHORT, MC_ISSUE_TRUNCATED);
	check_fault(MC_FAULT_IP_TRUNC, MC_ISSUE_TRUNCATED);
	check_fault(MC_FAULT_IP6_TRUNC, MC_ISSUE_TRUNCATED);
	check_fault(MC_FAULT_IP_OPT, MC_ISSUE_IP_HEADER);
	check_fault(MC_FAULT_EXT_TRUNC, MC_ISSUE_IP_HEADER);
	check_fault(MC_FAULT_MAX, MC_ISSUE_NONE);
}

/* What mc_frame_parse says in general, mc_frame_fault says precisely. */
static void test_frame_faults(void **state)
{
	static const uint8_t vlans[] = { 1,    0, 0x5e, 0, 0,	 1, 2, 0, 0,	0, 0, 1,
					 0x81, 0, 0,	1, 0x81, 0, 0, 1, 0x81, 0, 0, 1,
					 0x81, 0, 0,	1, 0x81, 0, 0, 1, 8,	0 };
	static const uint8_t arp[14] = { [12] = 8, 6 }, ipv6[1] = { 0x60 },
			     inet[4] = { 0, 0, 0, 99 };
	struct mc_frame f;

	(void)state;
	assert_int_equal(mc_frame_fault(9999, arp, 14), MC_FAULT_LINK);
	assert_int_equal(mc_frame_fault(MC_LINK_LOOP, inet, 4), MC_FAULT_LINK);
	assert_int_equal(mc_frame_fault(MC_LINK_LOOP, inet, 3), MC_FAULT_LINK_SHORT);
	assert_int_equal(mc_frame_fault(MC_LINK_ETHERNET, arp, 13), MC_FAULT_LINK_SHORT);
	assert_int_equal(mc_frame_fault(MC_LINK_ETHERNET, arp, 14), MC_FAULT_NOT_IP);
	assert_int_equal(mc_frame_fault(MC_LINK_ETHERNET, vlans, 34), MC_FAULT_VLANS);
	assert_int_equal(mc_frame_fault(MC_LINK_RAW, arp, 0), MC_FAULT_IP_SHORT);
	assert_int_equal(mc_frame_fault(MC_LINK_IPV6, ipv6, 0), MC_FAULT_IP6_SHORT);
	assert_int_equal(mc_frame_fault(MC_LINK_IPV6, ipv6, 1), MC_FAULT_IP6_SHORT);
	assert_int_equal(mc_frame_fault(MC_LINK_IPV4, ipv6, 1), MC_FAULT_IP_VERSION);
	assert_int_equal(mc_frame_parse(&f, MC_LINK_IPV4, ipv6, 1), -MC_EUNSUPPORTED);
	assert_int_equal(mc_frame_parse(&f, MC_LINK_IPV6, ipv6, 1), -MC_ETRUNC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_faults),
		cmocka_unit_test(test_sets),	     cmocka_unit_test(test_refused_frames),
		cmocka_unit_test(test_frame_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
