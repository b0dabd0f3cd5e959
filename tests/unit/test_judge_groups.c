/* test_judge_groups.c - the judge on groups, sources and records */
#include "samples.h"

/* ---- groups ---- */

static void put_group(enum sample n, const char *group)
{
	struct mc_gm_record_spec r = { .type = MC_REC_TO_EX, .group = addr(group) };
	struct mc_gm_spec s = spec_of(n, &r);

	if (samples[n].with_group)
		s.group = r.group;
	put_message(&s);
}

static void put_record(uint8_t type, const char *group)
{
	struct mc_gm_record_spec r = { .type = type, .group = addr(group) };
	struct mc_gm_spec s = spec_of(r.group.family == MC_IPV4 ? V3_REPORT : MLD2_REPORT, &r);

	put_message(&s);
}

static void test_groups(void **state)
{
	static const struct {
		const char *group;
		enum mc_issue issue;
	} rows[] = {
		{ "224.0.0.1", MC_ISSUE_REPORT_ALL_HOSTS },
		{ "224.0.0.251", MC_ISSUE_REPORT_LINK_LOCAL },
		{ "224.0.1.129", MC_ISSUE_NONE },
		{ "224.128.0.1", MC_ISSUE_ALIAS_GROUP },
		{ "225.0.0.5", MC_ISSUE_ALIAS_GROUP },
		{ "239.128.0.251", MC_ISSUE_ALIAS_GROUP },
		{ "239.0.1.251", MC_ISSUE_NONE },
		{ "239.1.0.251", MC_ISSUE_NONE },
		{ "232.1.1.1", MC_ISSUE_SSM_ASM_JOIN },
		{ "ff02::1", MC_ISSUE_REPORT_ALL_HOSTS },
		{ "ff02::fb", MC_ISSUE_NONE },
		{ "ff02::1:3", MC_ISSUE_NONE },
		{ "ff02::1:ff00:1", MC_ISSUE_NONE },
		{ "ff01::5", MC_ISSUE_REPORT_SCOPE },
		{ "ff00::5", MC_ISSUE_REPORT_SCOPE },
		{ "ff15::1", MC_ISSUE_ALIAS_GROUP },
		{ "ff15::1:3", MC_ISSUE_ALIAS_GROUP },
		{ "ff15::2:3", MC_ISSUE_NONE },
		{ "ff35::8000:1", MC_ISSUE_SSM_ASM_JOIN },
		{ "ff35:1::8000:1", MC_ISSUE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool v4 = addr(rows[i].group).family == MC_IPV4;

		put_group(v4 ? V2_REPORT : MLD_REPORT, rows[i].group);
		EXPECT(rows[i].issue);
		put_group(v4 ? V3_REPORT : MLD2_REPORT, rows[i].group);
		EXPECT(rows[i].issue);
		put_group(v4 ? V2_LEAVE : MLD_DONE, rows[i].group);
		EXPECT(rows[i].issue == MC_ISSUE_SSM_ASM_JOIN ? MC_ISSUE_NONE : rows[i].issue);
		if (rows[i].issue == MC_ISSUE_SSM_ASM_JOIN)
			continue;
		put_record(MC_REC_IS_IN, rows[i].group);
		EXPECT(rows[i].issue);
	}
	put_record(MC_REC_ALLOW, "232.1.1.1");
	EXPECT(MC_ISSUE_NONE);
	put_record(MC_REC_TO_IN, "ff35::8000:1");
	EXPECT(MC_ISSUE_NONE);
	put_record(MC_REC_IS_EX, "ff35::8000:1");
	EXPECT(MC_ISSUE_SSM_ASM_JOIN);
}

/* The builder refuses these: the group's first byte is changed afterwards. */
static void test_no_group(void **state)
{
	static const struct {
		enum sample sample;
		size_t at;
	} rows[] = {
		{ V2_SPECIFIC, 4 }, { V2_REPORT, 4 },	  { V2_LEAVE, 4 },
		{ V3_SPECIFIC, 4 }, { V3_REPORT, 12 },	  { MLD_REPORT, 8 },
		{ MLD_DONE, 8 },    { MLD2_SPECIFIC, 8 }, { MLD2_REPORT, 12 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_sample(rows[i].sample);
		set_byte(rows[i].at, 0x20);
		EXPECT(MC_ISSUE_GROUP);
	}
}

/* ---- reports ---- */

static void test_record_sources(void **state)
{
	static const struct {
		const char *source;
		bool wrong;
	} rows[] = {
		{ "198.51.100.1", false },   { "0.0.0.0", true },
		{ "224.0.0.1", true },	     { "239.255.255.255", true },
		{ "255.255.255.255", true }, { "240.0.0.1", false },
		{ "2001:db8::1", false },    { "::", true },
		{ "ff02::1", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr sources[2] = { addr(rows[i].source), addr(rows[i].source) };
		bool v4 = sources[0].family == MC_IPV4;
		struct mc_gm_record_spec r = { .type = MC_REC_ALLOW,
					       .group = addr(v4 ? "232.1.1.1" : "ff35::8000:1"),
					       .sources = sources,
					       .n_sources = 2 };
		struct mc_gm_spec s = spec_of(v4 ? V3_REPORT : MLD2_REPORT, &r);

		sources[0] = addr(v4 ? "198.51.100.9" : "2001:db8::9");
		put_message(&s);
		EXPECT(rows[i].wrong ? MC_ISSUE_RECORD_SOURCE : MC_ISSUE_NONE);
	}
}

static void test_records(void **state)
{
	struct mc_gm_record_spec r = { .type = MC_REC_TO_EX, .group = addr("233.252.1.5") };
	struct mc_gm_spec s = spec_of(V3_REPORT, &r);

	(void)state;
	r.aux = (struct mc_span){ (const uint8_t *)"auxiliar", 8 };
	put_message(&s);
	EXPECT(MC_ISSUE_AUX_DATA);
	r.aux.len = 0;
	r.type = 0;
	put_message(&s);
	EXPECT(MC_ISSUE_RECORD_TYPE);
	r.type = 7;
	put_message(&s);
	EXPECT(MC_ISSUE_RECORD_TYPE);
	s.n_records = 0;
	put_message(&s);
	EXPECT(MC_ISSUE_EMPTY_REPORT);
}

static void put_pair(enum sample n, const char *groups[2], uint8_t a, uint8_t b)
{
	struct mc_gm_record_spec r[2] = { { .type = a, .group = addr(groups[0]) },
					  { .type = b, .group = addr(groups[1]) } };
	struct mc_gm_spec s = spec_of(n, r);

	s.n_records = 2;
	put_message(&s);
}

static void test_duplicates(void **state)
{
	static const char *one4[] = { "233.252.1.5", "233.252.1.5" };
	static const char *two4[] = { "233.252.1.5", "233.252.1.6" };
	static const char *one6[] = { "ff15::db8:1:5", "ff15::db8:1:5" };
	static const char *two6[] = { "ff15::db8:1:5", "ff18::db8:1:5" };

	(void)state;
	for (uint8_t a = MC_REC_IS_IN; a <= MC_REC_BLOCK; a++) {
		for (uint8_t b = MC_REC_IS_IN; b <= MC_REC_BLOCK; b++) {
			bool pair = a + b == MC_REC_ALLOW + MC_REC_BLOCK && a >= MC_REC_ALLOW &&
				    b >= MC_REC_ALLOW;
			enum mc_issue issue = pair ? MC_ISSUE_NONE : MC_ISSUE_DUPLICATE_RECORD;

			put_pair(V3_REPORT, one4, a, b);
			EXPECT(issue);
			put_pair(MLD2_REPORT, one6, a, b);
			EXPECT(issue);
			put_pair(V3_REPORT, two4, a, b);
			EXPECT(MC_ISSUE_NONE);
			put_pair(MLD2_REPORT, two6, a, b);
			EXPECT(MC_ISSUE_NONE);
		}
	}
	put_pair(V3_REPORT, one4, 9, 9); /* nobody knows what these mean */
	EXPECT(MC_ISSUE_RECORD_TYPE);
}

enum { MANY = 3000 };

static void put_many(struct mc_gm_record_spec *r, unsigned n)
{
	struct mc_gm_spec s = spec_of(V3_REPORT, r);

	s.n_records = (uint16_t)n;
	put_message(&s);
}

/* A pair anywhere among the first 2,048 is found; later ones are not sought. */
static void test_many_records(void **state)
{
	static struct mc_gm_record_spec r[MANY];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		r[i].type = MC_REC_IS_EX;
		assert_int_equal(mc_addr_add(&r[i].group,
					     &(struct mc_addr){ .family = MC_IPV4,
								.bytes = { 233, 252, 1, 0 } },
					     i),
				 0);
	}
	put_many(r, MANY);
	EXPECT(MC_ISSUE_NONE);
	for (unsigned at = 1; at < MANY; at += 97) {
		struct mc_addr own = r[at].group;

		r[at].group = r[at / 2].group;
		put_many(r, MANY);
		EXPECT(at < 2048 ? MC_ISSUE_DUPLICATE_RECORD : MC_ISSUE_NONE);
		put_many(r, at + 1);
		EXPECT(at < 2048 ? MC_ISSUE_DUPLICATE_RECORD : MC_ISSUE_NONE);
		r[at].group = own;
	}
}

/* All groups in one place of the hash: what is remembered is bounded, and no
 * two different groups pass for one. */
static void test_colliding_records(void **state)
{
	static struct mc_gm_record_spec r[MANY];
	struct mc_gm_spec s = spec_of(MLD2_REPORT, r);

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		r[i].type = MC_REC_IS_EX;
		r[i].group = addr("ff15::db8:1:5");
		r[i].group.bytes[4] = (uint8_t)(i >> 8);
		r[i].group.bytes[5] = (uint8_t)i;
	}
	s.n_records = 1000;
	put_message(&s);
	EXPECT(MC_ISSUE_NONE);
	r[10].group = r[3].group;
	put_message(&s);
	EXPECT(MC_ISSUE_DUPLICATE_RECORD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_no_group),
		cmocka_unit_test(test_record_sources),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_many_records),
		cmocka_unit_test(test_colliding_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
