/* test_opt.c - the command line and --help */
#include "run.h"

#include <errno.h>

#include "common/out.h"
#include "fake/opts.h"

#define ARGS_MAX 48

/* A command line in words, and what it should come to. */
struct line {
	char *argv[ARGS_MAX];
	int argc;
	struct config config;
	struct opt_args args;
};

/* Splits at single spaces. */
static void split(struct line *l, char *text)
{
	memset(l, 0, sizeof *l);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		assert_true(l->argc < ARGS_MAX - 1);
		l->argv[l->argc++] = word;
	}
}

static int parse(void *arg)
{
	struct line *l = arg;

	return opt_parse(&program, l->argc, l->argv, &l->config, &l->args);
}

/* Parses here what must be right. */
static void parse_ok(struct line *l, char *text)
{
	split(l, text);
	assert_int_equal(parse(l), OPT_RUN);
}

static void test_every_type(void **state)
{
	char text[] = "fake -r 5k/s --size=64..1472/8 -c7 --duration 500ms --buffer 4M "
		      "--max-loss 0.1% --dscp ef --source-address-of-everything 2001:db8::1 "
		      "-m burst -l -f x -i eth0 -ilo -6 -jvvnq --color";
	struct line l;
	struct config *c = &l.config;

	(void)state;
	parse_ok(&l, text);
	assert_int_equal(c->rate.unit, RATE_PACKETS);
	assert_true(c->rate.value == 5000);
	assert_true(c->size.min == 64 && c->size.max == 1472 && c->size.step == 8);
	assert_int_equal(c->count, 7);
	assert_int_equal(c->duration.ns, 500000000);
	assert_int_equal(c->buffer, 4 << 20);
	assert_true(c->max_loss == 0.001);
	assert_int_equal(c->dscp, 46);
	assert_int_equal(c->source.family, MC_IPV6);
	assert_int_equal(c->mode, 1);
	assert_true(c->loop);
	assert_string_equal(c->file, "x");
	assert_int_equal(c->common.interfaces.n, 2);
	assert_string_equal(c->common.interfaces.v[0], "eth0");
	assert_string_equal(c->common.interfaces.v[1], "lo");
	assert_null(c->common.interfaces.v[2]);
	assert_int_equal(c->common.family, MC_IPV6);
	assert_true(c->common.json && c->common.no_names);
	assert_int_equal(c->common.verbose, 2);
	assert_int_equal(c->common.quiet, 1);
	assert_int_equal(c->common.color, COLOR_ALWAYS);
	assert_int_equal(l.args.n, 0);
	opt_free(&program, c);
	assert_null(c->common.interfaces.v);
}

static void test_defaults_stay(void **state)
{
	char text[] = "fake a";
	struct line l;

	(void)state;
	split(&l, text);
	l.config.count = 99;
	l.config.mode = 2;
	assert_int_equal(parse(&l), OPT_RUN);
	assert_int_equal(l.config.count, 99);
	assert_int_equal(l.config.mode, 2);
	assert_false(opt_given(&l.args, "count"));
}

static void test_operands_anywhere(void **state)
{
	char text[] = "fake a -c 3 b --rat max c -- -d e";
	const char *expected[] = { "a", "b", "c", "-d", "e" };
	struct line l;

	(void)state;
	parse_ok(&l, text);
	assert_int_equal(l.args.n, 5);
	for (int i = 0; i < 5; i++)
		assert_string_equal(l.args.v[i], expected[i]);
	assert_null(l.args.v[5]);
	assert_true(opt_given(&l.args, "count"));
	assert_true(opt_given(&l.args, "rate"));
	assert_false(opt_given(&l.args, "duration"));
	assert_int_equal(l.config.rate.unit, RATE_MAX);
}

static void test_last_one_wins(void **state)
{
	char text[] = "fake -4 -6 -4 -c 1 -c 2 --color=never";
	struct line l;

	(void)state;
	parse_ok(&l, text);
	assert_int_equal(l.config.common.family, MC_IPV4);
	assert_int_equal(l.config.count, 2);
	assert_int_equal(l.config.common.color, COLOR_NEVER);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
		{ "fake --rate 5x/s",
		  "--rate: '5x/s' is not a rate; write 10/s, 5k/s, 20Mbit or max" },
		{ "fake -r 2000T/s",
		  "--rate: '2000T/s' is too large; write 10/s, 5k/s, 20Mbit or max" },
		{ "fake -c 0", "--count: '0' is too small; the least is 1" },
		{ "fake -c 1001", "--count: '1001' is too large; the most is 1000" },
		{ "fake -c -1", "--count: '-1' is not a number; write digits only, as 10" },
		{ "fake -d 1us", "--duration: '1us' is too small; the least is 1.00 ms" },
		{ "fake -d 5x",
		  "--duration: '5x' is not a time; write 10 (seconds), 500ms, 2m or 1h" },
		{ "fake -s 64..65508", "--size: '64..65508' is too large; the most is 65507" },
		{ "fake -s 9..1",
		  "--size: '9..1' is not a size or range; write 64, 64..1472 or 64..1472/8" },
		{ "fake --buffer 4MB",
		  "--buffer: '4MB' is not a size; write bytes as 1472, 64k or 4M" },
		{ "fake --max-loss 5", "--max-loss: '5' is not a share; write 0.1% or 0.001" },
		{ "fake --dscp gold",
		  "--dscp: 'gold' is not a DSCP; write 0 to 63, or a name as ef, af41 or cs6" },
		{ "fake --source-a 1.2.3",
		  "--source-address-of-everything: '1.2.3' is not an address; "
		  "write 192.0.2.1 or 2001:db8::1" },
		{ "fake -m fast",
		  "--mode: 'fast' is none of the choices; write plain, burst or sweep" },
		{ "fake --color=red",
		  "--color: 'red' is none of the choices; write auto, always or never" },
		{ "fake --raet 5", "no option --raet; did you mean --rate?" },
		{ "fake --jsno", "no option --jsno; did you mean --json?" },
		{ "fake --interfase=x", "no option --interfase; did you mean --interface?" },
		{ "fake --frobnicate", "no option --frobnicate; see fake --help" },
		{ "fake --m 1", "--m may mean --max-loss or --mode; write more of it" },
		{ "fake --json=yes", "--json takes no value; leave it out" },
		{ "fake -jx", "no option -x; see fake --help" },
		{ "fake -r", "--rate needs a value; write --rate RATE" },
		{ "fake --rate", "--rate needs a value; write --rate RATE" },
		{ "fake -i eth0 -i", "--interface needs a value; write --interface IF" },
		{ "fake -r \n\033[2J",
		  "--rate: '??[2J' is not a rate; write 10/s, 5k/s, 20Mbit or max" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256], expected[512];
		struct line l;
		struct run r;

		print_message("# %zu\n", i);
		snprintf(text, sizeof text, "%s", rows[i].line);
		snprintf(expected, sizeof expected, "fake: %s\n", rows[i].message);
		split(&l, text);
		run(&r, parse, &l);
		assert_string_equal(r.err, expected);
		assert_string_equal(r.out, "");
		assert_int_equal(r.status, EXIT_USAGE);
	}
}

static int parse_without_operands(void *arg)
{
	struct program p = program;
	struct line *l = arg;

	p.operands = NULL;
	return opt_parse(&p, l->argc, l->argv, &l->config, &l->args);
}

static void test_no_operands_taken(void **state)
{
	char text[] = "fake -j x";
	struct line l;
	struct run r;

	(void)state;
	split(&l, text);
	run(&r, parse_without_operands, &l);
	assert_string_equal(r.err, "fake: 'x' is not an option, and nothing else is taken; "
				   "see fake --help\n");
	assert_int_equal(r.status, EXIT_USAGE);
}

static void test_help(void **state)
{
	char text[] = "fake -j --help --nonsense";
	struct line l;
	struct run r;

	(void)state;
	split(&l, text);
	run(&r, parse, &l);
	assert_int_equal(r.status, EXIT_TRUE);
	assert_string_equal(r.err, "");
	assert_ptr_equal(strstr(r.out, "Usage: fake [OPTION ...] SPEC ...\n"
				       "Send nothing to nobody.\n\nSending:\n  -r, --rate RATE "),
			 r.out);
	assert_non_null(strstr(r.out, "\n      --color[=WHEN]  "));
	assert_non_null(strstr(r.out, "\nExamples:\n  fake 239.1.1.1:5000\n"
				      "      Ten packets a second.\n"));
	for (const struct opt *o = opts; o < opts + program.n_opts; o++)
		assert_non_null(strstr(r.out, o->name));
	for (char *line = strtok(r.out, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) < 80);
}

static void test_version(void **state)
{
	char text[] = "fake -V", expected[64];
	struct line l;
	struct run r;

	(void)state;
	split(&l, text);
	run(&r, parse, &l);
	snprintf(expected, sizeof expected, "fake (mctools) %s\n", mc_version());
	assert_string_equal(r.out, expected);
	assert_int_equal(r.status, EXIT_TRUE);
}

static int help_to_full_disk(void *arg)
{
	if (!freopen("/dev/full", "w", stdout))
		return 99;
	return parse(arg);
}

static void test_help_on_full_disk(void **state)
{
	char help[] = "fake --help", version[] = "fake --version";
	char *lines[] = { help, version };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct line l;
		struct run r;

		split(&l, lines[i]);
		run(&r, help_to_full_disk, &l);
		assert_string_equal(r.err, "fake: standard output: No space left on device; "
					   "the output is incomplete\n");
		assert_int_equal(r.status, EXIT_ENV);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_defaults_stay),
		cmocka_unit_test(test_operands_anywhere),
		cmocka_unit_test(test_last_one_wins),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_no_operands_taken),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_help_on_full_disk),
	};

	return cmocka_run_group_tests_name("common/opt", tests, NULL, NULL);
}
