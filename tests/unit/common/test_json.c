/* test_json.c - JSON Lines, checked with jq as an independent reader */
#include "run.h"

#include <errno.h>
#include <math.h>

#include "common/json.h"
#include "common/out.h"

/* What jq reads from the events that fn writes; both see the same bytes. */
static void through_jq(char text[RUN_TEXT], const char *filter, void (*fn)(struct json *w))
{
	char path[] = "/tmp/test_json.XXXXXX", command[256];
	struct json w;
	FILE *f = fdopen(mkstemp(path), "w");
	FILE *jq;
	size_t n;

	assert_non_null(f);
	json_init(&w, f);
	fn(&w);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(w.err, 0);
	snprintf(command, sizeof command, "jq -c '%s' %s", filter, path);
	jq = popen(command, "r");
	assert_non_null(jq);
	n = fread(text, 1, RUN_TEXT - 1, jq);
	text[n] = '\0';
	assert_int_equal(pclose(jq), 0);
	unlink(path);
}

static void write_everything(struct json *w)
{
	struct mc_addr v4, none = { 0 };
	struct mc_mac mac = { { 1, 0, 0x5e, 0, 0, 1 } };

	assert_int_equal(mc_addr_parse(&v4, "239.1.1.1"), 0);
	json_event_begin(w, "interval", (mc_nsec){ 1 });
	json_u64(w, "u", UINT64_MAX);
	json_i64(w, "i", INT64_MIN);
	json_bool(w, "t", true);
	json_bool(w, "f", false);
	json_null(w, "n");
	json_addr(w, "group", &v4);
	json_addr(w, "source", &none);
	json_addrs(w, "sources", (const struct mc_addr[]){ v4, none }, 2);
	json_addrs(w, "nobody", NULL, 0);
	json_mac(w, "mac", &mac);
	json_ns(w, "delay_ns", (mc_nsec){ -5 });
	json_time(w, "at", (mc_nsec){ 0 });
	json_array_begin(w, "empty");
	json_array_end(w);
	json_array_begin(w, "streams");
	json_object_begin(w, NULL);
	json_str(w, "a", NULL);
	json_object_end(w);
	json_object_begin(w, NULL);
	json_object_end(w);
	json_u64(w, NULL, 7);
	json_array_end(w);
	json_object_begin(w, "o");
	json_double(w, "d", 0.1);
	json_object_end(w);
	assert_int_equal(json_event_end(w), 0);
}

static void test_everything(void **state)
{
	FILE *f = tmpfile();
	struct json w;
	char text[RUN_TEXT];

	(void)state;
	json_init(&w, f);
	write_everything(&w);
	run_read(f, text);
	assert_string_equal(
		text,
		"{\"v\":1,\"event\":\"interval\",\"time\":\"1970-01-01T00:00:00.000000001Z\","
		"\"u\":18446744073709551615,\"i\":-9223372036854775808,\"t\":true,\"f\":false,"
		"\"n\":null,\"group\":\"239.1.1.1\",\"source\":null,"
		"\"sources\":[\"239.1.1.1\",null],\"nobody\":[],\"mac\":\"01:00:5e:00:00:01\","
		"\"delay_ns\":-5,\"at\":\"1970-01-01T00:00:00.000000000Z\",\"empty\":[],"
		"\"streams\":[{\"a\":null},{},7],\"o\":{\"d\":0.1}}\n");
	through_jq(text, "[.v, .event, .streams[2], .o.d, (.empty | length)]", write_everything);
	assert_string_equal(text, "[1,\"interval\",7,0.1,0]\n");
}

static void write_strings(struct json *w)
{
	json_event_begin(w, "e", (mc_nsec){ 0 });
	json_str(w, "quo\"te", "a\"b\\c/\b\f\n\r\t\x01\x7f");
	json_str(w, "utf8", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
	json_strn(w, "nul", "a\0b", 3);
	json_str(w, "alone", "\x80.\xff.\xc3");
	json_str(w, "overlong", "\xc0\xaf.\xe0\x80\xaf.\xf0\x80\x80\xaf");
	json_str(w, "surrogate", "\xed\xa0\x80");
	json_str(w, "beyond", "\xf4\x90\x80\x80");
	json_str(w, "cut", "\xe2\x82");
	json_event_end(w);
}

static void test_strings(void **state)
{
	char text[RUN_TEXT];

	(void)state;
	through_jq(text, ".[\"quo\\\"te\"], .utf8, .nul", write_strings);
	assert_string_equal(text, "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u007f\"\n"
				  "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\"\n"
				  "\"a\\u0000b\"\n");
	through_jq(text, "[.alone, .overlong, .surrogate, .beyond, .cut | explode]", write_strings);
	assert_string_equal(text, "[[65533,46,65533,46,65533],"
				  "[65533,65533,46,65533,65533,65533,46,65533,65533,65533,65533],"
				  "[65533,65533,65533],[65533,65533,65533,65533],[65533,65533]]\n");
}

/* Pairs from the whole range, valid or not: the line stays whole. */
static void test_every_byte_pair(void **state)
{
	FILE *f = tmpfile();
	struct json w;
	char text[RUN_TEXT];

	(void)state;
	json_init(&w, f);
	for (unsigned i = 0; i < 65536; i += 7) {
		const char bytes[] = { (char)(i >> 8), (char)i, 'x' };

		rewind(f);
		assert_int_equal(ftruncate(fileno(f), 0), 0);
		json_event_begin(&w, "e", (mc_nsec){ 0 });
		json_strn(&w, "s", bytes, sizeof bytes);
		assert_int_equal(json_event_end(&w), 0);
		rewind(f);
		text[fread(text, 1, sizeof text - 1, f)] = '\0';
		for (const char *s = text; *s && *s != '\n'; s++)
			assert_true((unsigned char)*s >= ' ');
		assert_non_null(strstr(text, "x\"}\n"));
	}
	fclose(f);
}

static void write_doubles(struct json *w)
{
	static const double values[] = { 0, -0.5, 1.0 / 3, 1e300, 5e-324, 123456789.123456789 };

	json_event_begin(w, "e", (mc_nsec){ 0 });
	json_array_begin(w, "d");
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		json_double(w, NULL, values[i]);
	json_double(w, NULL, NAN);
	json_double(w, NULL, INFINITY);
	json_array_end(w);
	json_event_end(w);
}

static void test_doubles(void **state)
{
	char text[RUN_TEXT];

	(void)state;
	through_jq(text,
		   ".d == [0, -0.5, 0.3333333333333333, 1e300, 5e-324, "
		   "123456789.12345679, null, null]",
		   write_doubles);
	assert_string_equal(text, "true\n");
}

static int value_without_key(void *arg)
{
	struct json w;

	(void)arg;
	json_init(&w, stdout);
	json_event_begin(&w, "e", (mc_nsec){ 0 });
	json_u64(&w, NULL, 1);
	return 0;
}

static int key_in_array(void *arg)
{
	struct json w;

	(void)arg;
	json_init(&w, stdout);
	json_event_begin(&w, "e", (mc_nsec){ 0 });
	json_array_begin(&w, "a");
	json_u64(&w, "k", 1);
	return 0;
}

static int wrong_end(void *arg)
{
	struct json w;

	(void)arg;
	json_init(&w, stdout);
	json_event_begin(&w, "e", (mc_nsec){ 0 });
	json_array_begin(&w, "a");
	json_object_end(&w);
	return 0;
}

static int unfinished(void *arg)
{
	struct json w;

	(void)arg;
	json_init(&w, stdout);
	json_event_begin(&w, "e", (mc_nsec){ 0 });
	json_array_begin(&w, "a");
	json_event_end(&w);
	return 0;
}

static int no_event(void *arg)
{
	struct json w;

	(void)arg;
	json_init(&w, stdout);
	json_u64(&w, "k", 1);
	return 0;
}

static void test_misuse(void **state)
{
	int (*const mistakes[])(void *) = { value_without_key, key_in_array, wrong_end, unfinished,
					    no_event };
	struct run r;

	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		run(&r, mistakes[i], NULL);
		assert_int_equal(r.status, 128 + SIGABRT);
		assert_non_null(strstr(r.err, "Assertion"));
	}
}

static int full_disk(void *arg)
{
	struct json w;

	(void)arg;
	out_init("fake");
	if (!freopen("/dev/full", "w", stdout))
		return 99;
	json_init(&w, stdout);
	for (int i = 0; i < 3; i++) {
		json_event_begin(&w, "e", (mc_nsec){ 0 });
		if (json_event_end(&w) != -ENOSPC)
			return 98;
	}
	if (!out_broken())
		return 97;
	return out_finish(EXIT_TRUE);
}

static int closed_pipe(void *arg)
{
	struct json w;
	int fds[2];

	(void)arg;
	out_init("fake");
	if (pipe(fds) != 0)
		return 99;
	dup2(fds[1], STDOUT_FILENO);
	close(fds[0]);
	json_init(&w, stdout);
	json_event_begin(&w, "e", (mc_nsec){ 0 });
	if (json_event_end(&w) != -EPIPE || !out_broken())
		return 98;
	return out_finish(EXIT_FALSE);
}

static void test_failed_writes(void **state)
{
	struct run r;

	(void)state;
	run(&r, full_disk, NULL);
	assert_string_equal(r.err, "fake: standard output: No space left on device; "
				   "the output is incomplete\n");
	assert_int_equal(r.status, EXIT_ENV);
	run(&r, closed_pipe, NULL);
	assert_string_equal(r.err, "");
	assert_int_equal(r.status, EXIT_FALSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),	cmocka_unit_test(test_strings),
		cmocka_unit_test(test_every_byte_pair), cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_misuse),		cmocka_unit_test(test_failed_writes),
	};

	return cmocka_run_group_tests_name("common/json", tests, NULL, NULL);
}
