/* test_out.c - messages, tables, colour, and the live line on a terminal */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "common/out.h"
#include "common/table.h"
#include "common/term.h"

static int say_everything(void *arg)
{
	struct mc_why why = { "no such interface", "see `ip link`" }, silent = { "", "" };
	struct mc_why forbidden = { "not permitted", "" };
	int status[5];

	(void)arg;
	out_init("fake");
	err_msg("%s: cannot; do", "x");
	warn_msg("two\nlines");
	status[0] = err_why("eth9", -ENODEV, &why);
	status[1] = err_why(NULL, -ENOMEM, NULL);
	status[2] = err_why("x", -MC_EBADADDR, &silent);
	status[3] = err_why("x", -EPERM, &forbidden);
	warn_why("y", -EPERM, &why);
	status[4] = usage_error("--rate", "no %d", 5);
	for (int i = 0; i < 5; i++)
		out_printf("%d", status[i]);
	return out_finish(EXIT_FALSE);
}

static void test_messages(void **state)
{
	char expected[512];
	struct run r;

	(void)state;
	run(&r, say_everything, NULL);
	snprintf(expected, sizeof expected,
		 "fake: x: cannot; do\n"
		 "fake: warning: two?lines\n"
		 "fake: eth9: no such interface; see `ip link`\n"
		 "fake: %s\n"
		 "fake: x: %s\n"
		 "fake: x: not permitted\n"
		 "fake: warning: y: no such interface; see `ip link`\n"
		 "fake: --rate: no 5\n",
		 mc_strerror(-ENOMEM), mc_strerror(-MC_EBADADDR));
	assert_string_equal(r.err, expected);
	assert_string_equal(r.out, "33232");
	assert_int_equal(r.status, EXIT_FALSE);
}

static int long_message(void *arg)
{
	char text[5000];

	(void)arg;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	out_init("fake");
	err_msg("%s", text);
	err_caret(text, 4000);
	err_caret("ab\tc", 3);
	err_caret("abc", 99);
	return 0;
}

static void test_long_text_stays_one_line(void **state)
{
	struct run r;
	char *line;

	(void)state;
	run(&r, long_message, NULL);
	line = strtok(r.err, "\n");
	assert_in_range(strlen(line), 1000, 2048);
	line = strtok(NULL, "\n");
	assert_int_equal(strlen(line), 2 + 72);
	line = strtok(NULL, "\n");
	assert_int_equal(strlen(line), 2 + 36 + 1);
	assert_string_equal(strtok(NULL, "\n"), "  ab?c");
	assert_string_equal(strtok(NULL, "\n"), "     ^");
	assert_string_equal(strtok(NULL, "\n"), "  abc");
	assert_string_equal(strtok(NULL, "\n"), "     ^");
}

static const struct column columns[] = { { "group", false }, { "packets", true }, { "x", false } };

static int print_table(void *arg)
{
	struct table *t = table_new(columns, 3);

	out_init("fake");
	out_color_init(*(enum color_when *)arg);
	for (int i = 0; i < 20; i++) {
		table_cell(t, "239.1.1.%d", i * 10);
		table_cell_style(t, STYLE_RED, "%d", i * 1000);
		table_cell(t, "%s", i ? "yes" : "");
	}
	table_cell(t, "half");
	table_print(t);
	table_cell(t, "again");
	table_print(t);
	table_free(t);
	table_free(NULL);
	return out_finish(EXIT_TRUE);
}

static void test_table(void **state)
{
	enum color_when when = COLOR_NEVER;
	struct run r;

	(void)state;
	run(&r, print_table, &when);
	assert_ptr_equal(strstr(r.out, "group        packets  x\n"
				       "239.1.1.0          0  -\n"
				       "239.1.1.10      1000  yes\n"),
			 r.out);
	assert_non_null(strstr(r.out, "\n239.1.1.190    19000  yes\n"
				      "half               -  -\n"
				      "group  packets  x\n"
				      "again        -  -\n"));
	when = COLOR_ALWAYS;
	run(&r, print_table, &when);
	assert_non_null(strstr(r.out, "\n239.1.1.10      \033[31m1000\033[0m  yes\n"));
	/* Into a file, automatic is never. */
	when = COLOR_AUTO;
	run(&r, print_table, &when);
	assert_null(strchr(r.out, '\033'));
}

/* Runs fn with stdout and stderr on a terminal of 20 columns; what it shows. */
static int on_terminal(char text[RUN_TEXT], int (*fn)(void))
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	struct winsize size = { .ws_col = 20, .ws_row = 24 };
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int fd = open(ptsname(master), O_RDWR | O_NOCTTY);

		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		close(fd);
		_exit(fn());
	}
	/* When the child has closed the terminal, reading fails with EIO. */
	while ((n = read(master, text + len, RUN_TEXT - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(master);
	return run_status(pid);
}

static int live(void)
{
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	out_init("fake");
	out_color_init(COLOR_AUTO);
	if (!term_init(STDERR_FILENO, true) || !term_live())
		return 99;
	term_status("one");
	term_status("%s", "0123456789\t123456789too long");
	out_printf("line\n");
	term_status("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
		    "\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4zab");
	err_msg("oops");
	term_status("last");
	out_printf("%send%s\n", out_style(STYLE_BOLD), out_style(STYLE_RESET));
	term_status("gone");
	return out_finish(EXIT_FALSE);
}

static void test_live_line(void **state)
{
	char text[RUN_TEXT];

	(void)state;
	assert_int_equal(on_terminal(text, live), EXIT_FALSE);
	assert_string_equal(
		text,
		"\rone\033[K"
		"\r0123456789?12345678\033[K"
		"\r\033[Kline\r\n"
		"\r\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4z\033[K"
		"\r\033[Kfake: oops\r\n"
		"\rlast\033[K"
		"\r\033[K\033[1mend\033[0m\r\n"
		"\rgone\033[K\r\033[K");
}

static int no_live(void)
{
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	out_init("fake");
	out_color_init(COLOR_AUTO);
	if (out_color() || term_init(STDERR_FILENO, false) || term_live())
		return 99;
	term_status("never");
	setenv("TERM", "dumb", 1);
	unsetenv("NO_COLOR");
	out_color_init(COLOR_AUTO);
	if (out_color() || term_init(STDERR_FILENO, true))
		return 98;
	term_status("never");
	out_color_init(COLOR_ALWAYS);
	return out_color() ? out_finish(EXIT_TRUE) : 97;
}

static void test_no_live_line(void **state)
{
	char text[RUN_TEXT];

	(void)state;
	assert_int_equal(on_terminal(text, no_live), EXIT_TRUE);
	assert_string_equal(text, "");
}

static int closed_pipe(void *arg)
{
	int fds[2];

	(void)arg;
	out_init("fake");
	if (pipe(fds) != 0)
		return 99;
	dup2(fds[1], STDOUT_FILENO);
	close(fds[0]);
	if (out_broken())
		return 98;
	out_printf("x\n");
	out_flush();
	return out_broken() ? out_finish(EXIT_FALSE) : 97;
}

static int closed_stdout(void *arg)
{
	(void)arg;
	out_init("fake");
	close(STDOUT_FILENO);
	out_puts("x\n");
	return out_finish(EXIT_FALSE);
}

static void test_broken_output(void **state)
{
	struct run r;

	(void)state;
	run(&r, closed_pipe, NULL);
	assert_string_equal(r.err, "");
	assert_int_equal(r.status, EXIT_FALSE);
	run(&r, closed_stdout, NULL);
	assert_string_equal(r.err, "fake: standard output: Bad file descriptor; "
				   "the output is incomplete\n");
	assert_int_equal(r.status, EXIT_ENV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_long_text_stays_one_line),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_live_line),
		cmocka_unit_test(test_no_live_line),
		cmocka_unit_test(test_broken_output),
	};

	return cmocka_run_group_tests_name("common/out", tests, NULL, NULL);
}
