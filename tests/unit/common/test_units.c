/* test_units.c - quantities read and written */
#include "run.h"

#include <errno.h>
#include <time.h>

#include "common/units.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		int rc;
		uint64_t value;
	} rows[] = {
		{ "0", 0, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999x", -EINVAL, 0 },
		{ "0xff", 0, 255 },
		{ "0XFFFFFFFFFFFFFFFF", 0, UINT64_MAX },
		{ "0x10000000000000000", -ERANGE, 0 },
		{ "0x", -EINVAL, 0 },
		{ "0xg", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1.0", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t v = 77;

		print_message("# %s\n", rows[i].text);
		assert_int_equal(parse_u64(&v, rows[i].text), rows[i].rc);
		assert_true(v == rows[i].value);
	}
}

static void test_time(void **state)
{
	static const struct {
		const char *text;
		int rc;
		int64_t ns;
	} rows[] = {
		{ "10", 0, 10000000000 },
		{ "0.5", 0, 500000000 },
		{ "500ms", 0, 500000000 },
		{ "250us", 0, 250000 },
		{ "7ns", 0, 7 },
		{ "2m", 0, 120000000000 },
		{ "2min", 0, 120000000000 },
		{ "1h", 0, 3600000000000 },
		{ "1d", 0, 86400000000000 },
		{ "1.5h", 0, 5400000000000 },
		{ "1m30s", 0, 90000000000 },
		{ "1h2m3s4ms5us6ns", 0, 3723004005006 },
		{ "0", 0, 0 },
		{ "9223372036.854775807", 0, INT64_MAX },
		{ "9223372036.854775808", -ERANGE, 0 },
		{ "99999999999d", -ERANGE, 0 },
		{ "106751d24h", -ERANGE, 0 },
		{ "30s1m", -EINVAL, 0 },
		{ "1m30", -EINVAL, 0 },
		{ "1.5ns", -EINVAL, 0 },
		{ "1.", -EINVAL, 0 },
		{ ".5", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "10 s", -EINVAL, 0 },
		{ "10S", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "inf", -EINVAL, 0 },
		{ "0.0000000000000000001", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		mc_nsec v = { 77 };

		print_message("# %s\n", rows[i].text);
		assert_int_equal(parse_time(&v, rows[i].text), rows[i].rc);
		assert_true(v.ns == rows[i].ns);
	}
}

static void test_rate(void **state)
{
	static const struct {
		const char *text;
		int rc;
		enum rate_unit unit;
		double value;
	} rows[] = {
		{ "10/s", 0, RATE_PACKETS, 10 },
		{ "10", 0, RATE_PACKETS, 10 },
		{ "0.5", 0, RATE_PACKETS, 0.5 },
		{ "10pps", 0, RATE_PACKETS, 10 },
		{ "5k/s", 0, RATE_PACKETS, 5000 },
		{ "5Kpps", 0, RATE_PACKETS, 5000 },
		{ "20Mbit", 0, RATE_BITS, 20e6 },
		{ "20mbit/s", 0, RATE_BITS, 20e6 },
		{ "1.5Gbit/s", 0, RATE_BITS, 1.5e9 },
		{ "64kbps", 0, RATE_BITS, 64000 },
		{ "1Tbit", 0, RATE_BITS, 1e12 },
		{ "800bit", 0, RATE_BITS, 800 },
		{ "max", 0, RATE_MAX, 0 },
		{ "0", -EINVAL, RATE_NONE, 0 },
		{ "0/s", -EINVAL, RATE_NONE, 0 },
		{ "5M", -EINVAL, RATE_NONE, 0 },
		{ "5x/s", -EINVAL, RATE_NONE, 0 },
		{ "5kk/s", -EINVAL, RATE_NONE, 0 },
		{ "-5/s", -EINVAL, RATE_NONE, 0 },
		{ "", -EINVAL, RATE_NONE, 0 },
		{ "k/s", -EINVAL, RATE_NONE, 0 },
		{ "maximum", -EINVAL, RATE_NONE, 0 },
		{ "nan", -EINVAL, RATE_NONE, 0 },
		{ "2000T/s", -ERANGE, RATE_NONE, 0 },
		{ "99999999999999999999/s", -ERANGE, RATE_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rate r = { RATE_BITS, 7 };

		print_message("# %s\n", rows[i].text);
		assert_int_equal(parse_rate(&r, rows[i].text), rows[i].rc);
		assert_int_equal(r.unit, rows[i].unit);
		assert_true(r.value == rows[i].value);
	}
}

static void test_size_and_range(void **state)
{
	static const struct {
		const char *text;
		int rc;
		struct range r;
	} rows[] = {
		{ "64", 0, { 64, 64, 1 } },
		{ "1.5k", 0, { 1536, 1536, 1 } },
		{ "4M", 0, { 4194304, 4194304, 1 } },
		{ "1G", 0, { 1073741824, 1073741824, 1 } },
		{ "64..1472", 0, { 64, 1472, 1 } },
		{ "64..1472/8", 0, { 64, 1472, 8 } },
		{ "1k..2k/1k", 0, { 1024, 2048, 1024 } },
		{ "5..5", 0, { 5, 5, 1 } },
		{ "1472..64", -EINVAL, { 0 } },
		{ "64..", -EINVAL, { 0 } },
		{ "..64", -EINVAL, { 0 } },
		{ "64...70", -EINVAL, { 0 } },
		{ "64..70/0", -EINVAL, { 0 } },
		{ "64..70/", -EINVAL, { 0 } },
		{ "64/8", -EINVAL, { 0 } },
		{ "64-70", -EINVAL, { 0 } },
		{ "1.5", -EINVAL, { 0 } },
		{ "1kB", -EINVAL, { 0 } },
		{ "", -EINVAL, { 0 } },
		{ "18446744073709551615k", -ERANGE, { 0 } },
		{ "99999999999999999999..1", -ERANGE, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct range r = { 7, 7, 7 };
		uint64_t size = 7;

		print_message("# %s\n", rows[i].text);
		assert_int_equal(parse_range(&r, rows[i].text), rows[i].rc);
		assert_memory_equal(&r, &rows[i].r, sizeof r);
		if (strchr(rows[i].text, '/') || strstr(rows[i].text, ".."))
			continue;
		assert_int_equal(parse_size(&size, rows[i].text), rows[i].rc);
		assert_true(size == rows[i].r.min);
	}
}

static void test_percent(void **state)
{
	static const struct {
		const char *text;
		int rc;
		double share;
	} rows[] = {
		{ "0.1%", 0, 0.001 },  { "0.001", 0, 0.001 },  { "100%", 0, 1 },
		{ "0", 0, 0 },	       { "0%", 0, 0 },	       { "1", -EINVAL, 0 },
		{ "5", -EINVAL, 0 },   { "101%", -ERANGE, 0 }, { "%", -EINVAL, 0 },
		{ "-1%", -EINVAL, 0 }, { "1%%", -EINVAL, 0 },  { "", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		double v = 7;

		print_message("# %s\n", rows[i].text);
		assert_int_equal(parse_percent(&v, rows[i].text), rows[i].rc);
		assert_true(v == rows[i].share);
	}
}

static void test_dscp(void **state)
{
	unsigned v;

	(void)state;
	assert_int_equal(parse_dscp(&v, "ef"), 0);
	assert_int_equal(v, 46);
	assert_int_equal(parse_dscp(&v, "AF41"), 0);
	assert_int_equal(v, 34);
	assert_int_equal(parse_dscp(&v, "63"), 0);
	assert_int_equal(v, 63);
	assert_int_equal(parse_dscp(&v, "64"), -ERANGE);
	assert_int_equal(v, 0);
	assert_int_equal(parse_dscp(&v, "af44"), -EINVAL);
	for (unsigned d = 0; d < 64; d++) {
		if (!dscp_name(d))
			continue;
		assert_int_equal(parse_dscp(&v, dscp_name(d)), 0);
		assert_int_equal(v, d);
	}
	assert_null(dscp_name(2));
}

static void test_format_scaled(void **state)
{
	static const struct {
		const char *(*format)(char buf[UNITS_TEXT], double v);
		double v;
		const char *text;
	} rows[] = {
		{ format_count, 0, "0" },
		{ format_count, 999, "999" },
		{ format_count, 1000, "1.00 k" },
		{ format_count, 1234567, "1.23 M" },
		{ format_count, 999499, "999 k" },
		{ format_count, 999500, "1.00 M" },
		{ format_count, 1.8e19, "18.0 E" },
		{ format_bps, 20e6, "20.0 Mbit/s" },
		{ format_bps, 0, "0.00 bit/s" },
		{ format_bps, 1e18, "999 Tbit/s" },
		{ format_pps, 9.999, "10.0 pps" },
		{ format_pps, 99.96, "100 pps" },
		{ format_pps, 5000, "5.00 kpps" },
		{ format_pps, -1, "0.00 pps" },
		{ format_percent, 0.001, "0.10 %" },
		{ format_percent, 0, "0.00 %" },
		{ format_percent, 1, "100.00 %" },
		{ format_percent, 0.00000001, "<0.01 %" },
	};
	char buf[UNITS_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(rows[i].format(buf, rows[i].v), rows[i].text);
	assert_string_equal(format_pps(buf, 0.0 / strlen("")), "0.00 pps");
	assert_string_equal(format_bytes(buf, 208 * 1024), "208 KiB");
	assert_string_equal(format_bytes(buf, 512), "512 B");
	assert_string_equal(format_bytes(buf, UINT64_MAX), "16.0 EiB");
}

static void test_format_duration(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0 ns" },
		{ 999, "999 ns" },
		{ 45600, "45.6 us" },
		{ 1234567, "1.23 ms" },
		{ 999600, "1.00 ms" },
		{ -1234567, "-1.23 ms" },
		{ 12300000000, "12.3 s" },
		{ 59940000000, "59.9 s" },
		{ 59950000000, "1 m 0 s" },
		{ 123000000000, "2 m 3 s" },
		{ 3720000000000, "1 h 2 m" },
		{ 90000000000000, "1 d 1 h" },
		{ INT64_MIN, "-106751 d 23 h" },
	};
	char buf[UNITS_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(format_duration(buf, (mc_nsec){ rows[i].ns }), rows[i].text);
}

static void test_format_time(void **state)
{
	char buf[UNITS_TEXT];

	(void)state;
	assert_string_equal(format_time(buf, (mc_nsec){ 0 }), "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(format_time(buf, (mc_nsec){ -1 }), "1969-12-31T23:59:59.999999999Z");
	assert_string_equal(format_time(buf, (mc_nsec){ 1782907200000000042 }),
			    "2026-07-01T12:00:00.000000042Z");
	if (sizeof(time_t) < sizeof(int64_t)) /* ends in 2038, as captures do there */
		return;
	assert_string_equal(format_time(buf, (mc_nsec){ INT64_MAX }),
			    "2262-04-11T23:47:16.854775807Z");
	assert_string_equal(format_time(buf, (mc_nsec){ INT64_MIN }),
			    "1677-09-21T00:12:43.145224192Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),	      cmocka_unit_test(test_time),
		cmocka_unit_test(test_rate),	      cmocka_unit_test(test_size_and_range),
		cmocka_unit_test(test_percent),	      cmocka_unit_test(test_dscp),
		cmocka_unit_test(test_format_scaled), cmocka_unit_test(test_format_duration),
		cmocka_unit_test(test_format_time),
	};

	return cmocka_run_group_tests_name("common/units", tests, NULL, NULL);
}
