/* hook.c - linked into programs of a test: tries what a sandbox should not allow
 *
 * The variable SANDBOX_TRY names it.  Who is still alive afterwards says so. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sandbox.h"

/* Is this a build whose sandbox is one in name only? */
static int try_loose(void)
{
	return SANDBOX_LOOSE ? 0 : -1;
}

/* Each gives -1 when the kernel refused it the usual way. */
static int try_read(void)
{
	return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
}

static int try_write(void)
{
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

/* What is there would be emptied, though opened for reading. */
static int try_truncate(void)
{
	return open("/dev/null", O_RDONLY | O_TRUNC | O_CLOEXEC);
}

static int try_remove(void)
{
	return unlink("/nonexistent/file") < 0 && errno == ENOENT ? 0 : -1;
}

static int try_exec(void)
{
	return execl("/bin/sh", "sh", "-c", "echo 'sandbox hook: exec went through' >&2", NULL);
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static int try_connect(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int try_capture(void)
{
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0 && errno != EPERM ? -1 : 0;
}

static int try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int try_trace(void)
{
	return ptrace(PTRACE_PEEKDATA, 1, NULL, NULL) < 0 && errno == ESRCH ? 0 : -1;
}

static int try_kill(void)
{
	return kill(getppid(), 0);
}

static const struct {
	const char *name;
	int (*attempt)(void);
} tries[] = {
	{ "loose", try_loose },	      { "read", try_read },	  { "write", try_write },
	{ "truncate", try_truncate }, { "remove", try_remove },	  { "exec", try_exec },
	{ "fork", try_fork },	      { "connect", try_connect }, { "capture", try_capture },
	{ "code", try_code },	      { "trace", try_trace },	  { "kill", try_kill },
};

static void try_one(const char *what)
{
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		int rc;

		if (strcmp(tries[i].name, what) != 0)
			continue;
		rc = tries[i].attempt();
		fprintf(stderr, "sandbox hook: %s %s\n", what,
			rc < 0 ? strerror(errno) : "went through");
	}
}

/* A copy of this process for each attempt, which goes on into the sandbox. */
static const char *scatter(void)
{
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			return tries[i].name;
		if (pid < 0 || waitpid(pid, &status, 0) < 0 ||
		    (status && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)))
			fprintf(stderr, "sandbox hook: %s: status %d\n", tries[i].name, status);
	}
	_exit(0);
}

/* SANDBOX_TRY=all tries everything, and the program itself does not run. */
void sandbox_hook(bool sealed)
{
	static const char *mine;
	const char *what = getenv("SANDBOX_TRY");

	if (!what)
		return;
	if (!sealed) {
		if (strcmp(what, "all") == 0)
			mine = scatter();
		return;
	}
	try_one(mine ? mine : what);
	if (mine)
		_exit(0);
}
