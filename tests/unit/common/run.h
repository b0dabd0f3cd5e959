/* run.h - cmocka, and functions run in a child whose output is looked at */
#ifndef TEST_RUN_H
#define TEST_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define RUN_TEXT 16384

struct run {
	int status; /* exit status, or 128 + signal */
	char out[RUN_TEXT], err[RUN_TEXT];
};

static inline void run_read(FILE *f, char text[RUN_TEXT])
{
	size_t n;

	rewind(f);
	n = fread(text, 1, RUN_TEXT - 1, f);
	text[n] = '\0';
	fclose(f);
}

static inline int run_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* fn(arg) gives the exit status. */
static inline void run(struct run *r, int (*fn)(void *arg), void *arg)
{
	FILE *out = tmpfile(), *err = tmpfile();
	pid_t pid;

	assert_non_null(out);
	assert_non_null(err);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int status;

		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		status = fn(arg);
		fflush(NULL);
		_exit(status);
	}
	r->status = run_status(pid);
	run_read(out, r->out);
	run_read(err, r->err);
}

#endif
