/* test_procnet.c - memberships, filters and sockets as /proc prints them */
#include "kern/filter.h"
#include "kern/procnet.h"
#include "kern_sample.h"

static struct text text_sample(const char *name)
{
	struct mc_span s = sample(name);

	return text_of((const char *)s.p, s.len);
}

static struct text text_from(const char *s)
{
	return text_of(s, strlen(s));
}

static void igmp_lists_interfaces_then_groups(void **state)
{
	static const char *const want[] = { "239.1.1.9", "239.1.1.2", "232.1.1.1", "239.1.1.1",
					    "224.0.0.1" };
	struct text t = text_sample("procnet/igmp");
	struct procnet_group g = { 0 };

	(void)state;
	assert_int_equal(procnet_igmp_next(&g, &t), 1);
	assert_string_equal(g.ifname, "lo");
	assert_int_equal(g.ifindex, 1);
	assert_int_equal(g.version, 3);
	assert_int_equal(g.group.family, MC_ANY);
	assert_int_equal(procnet_igmp_next(&g, &t), 1);
	assert_addr(&g.group, "224.0.0.1");
	assert_int_equal(procnet_igmp_next(&g, &t), 1);
	assert_string_equal(g.ifname, "eth0");
	assert_int_equal(g.group.family, MC_ANY);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(procnet_igmp_next(&g, &t), 1);
		assert_addr(&g.group, want[i]);
		assert_int_equal(g.ifindex, 2);
		assert_int_equal(g.users, 1);
		assert_false(g.timer_running);
	}
	assert_int_equal(procnet_igmp_next(&g, &t), 0);
}

static void igmp_tells_timers_and_reporters(void **state)
{
	struct text t = text_from("Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
				  "12\tlongname-15chrs:     1      V2\n"
				  "\t\t\t\t010000E0     3 1:00000064\t\t1\n");
	struct procnet_group g = { 0 };

	(void)state;
	assert_int_equal(procnet_igmp_next(&g, &t), 1);
	assert_string_equal(g.ifname, "longname-15chrs");
	assert_int_equal(g.version, 2);
	assert_int_equal(procnet_igmp_next(&g, &t), 1);
	assert_int_equal(g.ifindex, 12);
	assert_int_equal(g.users, 3);
	assert_true(g.timer_running && g.reporter);
	assert_int_equal(g.timer.ns, 1000000000); /* 0x64 hundredths */
}

/* A group without an interface, numbers too big, lines cut short. */
static void igmp_passes_over_what_it_does_not_know(void **state)
{
	static const char *const bad[] = {
		"\t\t\t\t010000E0     1 0:00000000\t\t0\n",
		"99999999999\teth0      :     1      V3\n",
		"0\tlo        :     1      V3\n",
		"2\teth0\n",
		"2\teth0      :     1      V4\n",
		"2\tsixteen-letters-x:     1      V3\n",
		"\n\n",
		"",
	};
	struct procnet_group g;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct text t = text_from(bad[i]);

		memset(&g, 0, sizeof(g));
		assert_int_equal(procnet_igmp_next(&g, &t), 0);
	}
}

static void igmp6_lists_groups(void **state)
{
	static const char *const want[] = { "ff02::1",	      "ff01::1", "ff3e::1", "ff1e::1",
					    "ff02::1:ff00:1", "ff02::1", "ff01::1" };
	struct text t = text_sample("procnet/igmp6");
	struct procnet_group g;

	(void)state;
	for (int i = 0; i < 7; i++) {
		assert_int_equal(procnet_igmp6_next(&g, &t), 1);
		assert_addr(&g.group, want[i]);
		assert_string_equal(g.ifname, i < 2 ? "lo" : "eth0");
		assert_int_equal(g.users, i == 4 ? 2 : 1);
		assert_false(g.timer_running || g.reporter);
	}
	assert_int_equal(procnet_igmp6_next(&g, &t), 0);
}

static void igmp6_tells_timers(void **state)
{
	struct text t = text_from(
		"3    eth1            ff150000000000000000000000000001     1 00000007 42\n"
		"3    eth1            ff150000000000000000000000000002     1 00000005 -1\n");
	struct procnet_group g;

	(void)state;
	assert_int_equal(procnet_igmp6_next(&g, &t), 1);
	assert_true(g.timer_running && g.reporter);
	assert_int_equal(g.timer.ns, 420000000);
	assert_int_equal(procnet_igmp6_next(&g, &t), 1);
	assert_true(g.timer_running && !g.reporter);
	assert_int_equal(g.timer.ns, 0);
}

static void mcfilter_lists_sources(void **state)
{
	static const struct {
		const char *group, *source;
		unsigned including, excluding;
	} want[] = {
		{ "239.1.1.9", "10.0.0.7", 1, 0 },
		{ "239.1.1.2", "10.0.0.9", 0, 1 },
		{ "232.1.1.1", "10.0.0.2", 1, 0 },
	};
	struct text t = text_sample("procnet/mcfilter");
	struct procnet_source s;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(procnet_mcfilter_next(&s, &t), 1);
		assert_int_equal(s.ifindex, 2);
		assert_addr(&s.group, want[i].group);
		assert_addr(&s.source, want[i].source);
		assert_int_equal(s.including, want[i].including);
		assert_int_equal(s.excluding, want[i].excluding);
	}
	assert_int_equal(procnet_mcfilter_next(&s, &t), 0);
	t = text_sample("procnet/mcfilter6");
	assert_int_equal(procnet_mcfilter6_next(&s, &t), 1);
	assert_addr(&s.group, "ff3e::1");
	assert_addr(&s.source, "fd00::2");
	assert_int_equal(procnet_mcfilter6_next(&s, &t), 0);
}

static void sockets_of_all_kinds(void **state)
{
	struct text t = text_sample("procnet/udp");
	struct procnet_socket s;

	(void)state;
	assert_int_equal(procnet_socket_next(&s, &t), 1);
	assert_addr(&s.local, "0.0.0.0");
	assert_int_equal(s.port, 5001);
	assert_int_equal(s.inode, 1922571);
	t = text_sample("procnet/udp6");
	assert_int_equal(procnet_socket_next(&s, &t), 1);
	assert_addr(&s.local, "::");
	assert_int_equal(s.port, 5003);
	assert_int_equal(procnet_socket_next(&s, &t), 1);
	assert_int_equal(procnet_socket_next(&s, &t), 0);
	t = text_sample("procnet/raw");
	assert_int_equal(procnet_socket_next(&s, &t), 1);
	assert_int_equal(s.port, 2); /* the protocol */
	t = text_from("  7: 010000EF:1389 0200000A:0035 07 00000001:00000340 00:00000000 00000000 "
		      "1000        0 77 2 00000000a9b99904 12\n");
	assert_int_equal(procnet_socket_next(&s, &t), 1);
	assert_addr(&s.local, "239.0.0.1");
	assert_int_equal(s.queued_bytes, 0x340);
	assert_int_equal(s.uid, 1000);
	assert_int_equal(s.drops, 12);
}

static void tasks(void **state)
{
	struct procnet_task task;

	(void)state;
	assert_true(procnet_task_read(&task, text_sample("procnet/stat")));
	assert_int_equal(task.state, 'R');
	assert_int_equal(task.flags, 4194304);
	assert_true(procnet_task_read(&task, text_sample("procnet/stat-odd-name")));
	assert_int_equal(task.state, 'S');
	assert_int_equal(task.flags, 2097152);
	assert_false(procnet_task_read(&task, text_from("42 (cut) S 1")));
	assert_false(procnet_task_read(&task, text_from("")));
}

/* Counts that allow only one mode, and one that does not. */
static void modes_from_counts(void **state)
{
	static const struct {
		unsigned users, n;
		struct {
			unsigned including, excluding;
		} source[2];
		bool known;
		enum mc_filter_mode mode;
	} cases[] = {
		{ 1, 0, { { 0, 0 } }, true, MC_EXCLUDE }, /* any source */
		{ 1, 1, { { 1, 0 } }, true, MC_INCLUDE },
		{ 2, 1, { { 2, 0 } }, true, MC_INCLUDE },
		{ 1, 2, { { 1, 0 }, { 1, 0 } }, true, MC_INCLUDE }, /* one socket, two sources */
		{ 1, 1, { { 0, 1 } }, true, MC_EXCLUDE },
		{ 2, 1, { { 1, 0 } }, true, MC_EXCLUDE }, /* one wants any source */
		{ 2, 2, { { 1, 0 }, { 0, 1 } }, true, MC_EXCLUDE },
		/* Two sockets with a source each, or one with both and one with any. */
		{ 2, 2, { { 1, 0 }, { 1, 0 } }, false, MC_INCLUDE },
	};
	enum mc_filter_mode mode;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mc_interface_source s[2] = { 0 };

		for (unsigned k = 0; k < cases[i].n; k++) {
			s[k].including = cases[i].source[k].including;
			s[k].excluding = cases[i].source[k].excluding;
		}
		assert_int_equal(filter_mode_deduce(&mode, cases[i].users, s, cases[i].n),
				 cases[i].known);
		if (cases[i].known)
			assert_int_equal(mode, cases[i].mode);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(igmp_lists_interfaces_then_groups),
		cmocka_unit_test(igmp_tells_timers_and_reporters),
		cmocka_unit_test(igmp_passes_over_what_it_does_not_know),
		cmocka_unit_test(igmp6_lists_groups),
		cmocka_unit_test(igmp6_tells_timers),
		cmocka_unit_test(mcfilter_lists_sources),
		cmocka_unit_test(sockets_of_all_kinds),
		cmocka_unit_test(tasks),
		cmocka_unit_test(modes_from_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
