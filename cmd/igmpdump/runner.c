/* runner.c - the process that starts commands, before the others may no more */
#include "igmpdump/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igmpdump/exec.h"

struct runner {
	int line;    /* to igmpdump */
	int signals; /* a child has ended */
	const char *path;
	char *const *argv;
	posix_spawnattr_t attr;
};

/* Commands start with default signals, none blocked, in a process group of
 * their own: Ctrl-C is for us, and they may finish. */
static int set_attr(posix_spawnattr_t *a)
{
	sigset_t all, none;
	int err = posix_spawnattr_init(a);

	if (err)
		return -err;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(a, &all);
	posix_spawnattr_setsigmask(a, &none);
	posix_spawnattr_setpgroup(a, 0);
	posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
					    POSIX_SPAWN_SETPGROUP);
	return 0;
}

/* --- one command --------------------------------------------------------- */

/* A file in memory takes all of it at once, where a pipe would have to be fed
 * while the command reads.  The descriptor, or -errno. */
static int input_file(const char *bytes, size_t len)
{
	int fd = memfd_create("event", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int err = -errno;

			close(fd);
			return err;
		}
		bytes += n;
		len -= (size_t)n;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* What an event does not have, nobody's old variable may stand in for. */
static bool is_ours(const char *inherited)
{
	return strncmp(inherited, EXEC_PREFIX, sizeof(EXEC_PREFIX) - 1) == 0;
}

/* Only the array is new, the strings are the job's and our own. */
static char **environment(char *bytes, size_t len)
{
	size_t n = 0, room = 1;
	char **v;

	for (const char *p = bytes; p < bytes + len; p += strlen(p) + 1)
		room++;
	for (char **p = environ; *p; p++)
		room++;
	v = calloc(room, sizeof(*v));
	if (!v)
		return NULL;
	for (char *p = bytes; p < bytes + len; p += strlen(p) + 1)
		v[n++] = p;
	for (char **p = environ; *p; p++)
		if (!is_ours(*p))
			v[n++] = *p;
	return v;
}

/* Standard output is for our own: the command's goes to standard error.  No
 * other descriptor is handed on. */
static int spawn(const struct runner *r, int input, char *const env[])
{
	posix_spawn_file_actions_t fa;
	pid_t pid;
	int err = posix_spawn_file_actions_init(&fa);

	if (err)
		return -err;
	err = posix_spawn_file_actions_adddup2(&fa, input, STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&fa, STDERR_FILENO, STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(&fa, STDERR_FILENO + 1);
	if (!err)
		err = posix_spawn(&pid, r->path, &fa, &r->attr, r->argv, env);
	posix_spawn_file_actions_destroy(&fa);
	return -err;
}

static int run(const struct runner *r, const struct runner_job *j, char *bytes)
{
	int input = input_file(bytes + j->env_len, j->input_len);
	char **env = environment(bytes, j->env_len);
	int err = input < 0 ? input : env ? 0 : -ENOMEM;

	if (!err)
		err = spawn(r, input, env);
	if (input >= 0)
		close(input);
	free(env);
	return err;
}

/* --- the line ------------------------------------------------------------- */

/* Without igmpdump there is nothing to do: what runs is left alone. */
static void tell(const struct runner *r, int err, int status)
{
	struct runner_reply reply = { err, status };

	if (send(r->line, &reply, sizeof(reply), MSG_NOSIGNAL) != sizeof(reply))
		_exit(0);
}

static void receive(const struct runner *r, void *to, size_t len)
{
	if (len && recv(r->line, to, len, MSG_WAITALL) != (ssize_t)len)
		_exit(0);
}

static void take_job(const struct runner *r)
{
	struct runner_job j;
	char *bytes;
	int err;

	receive(r, &j, sizeof(j));
	bytes = malloc((size_t)j.env_len + j.input_len + 1);
	if (!bytes)
		_exit(1);
	receive(r, bytes, (size_t)j.env_len + j.input_len);
	err = run(r, &j, bytes);
	free(bytes);
	if (err)
		tell(r, err, 0);
}

static void reap(const struct runner *r)
{
	struct signalfd_siginfo ignored;
	int status;

	if (read(r->signals, &ignored, sizeof(ignored)) < 0 && errno != EAGAIN)
		_exit(1);
	while (waitpid(-1, &status, WNOHANG) > 0)
		tell(r, 0, status);
}

/* --- the process ---------------------------------------------------------- */

/* Out of the terminal's reach, with nothing open but the line, which becomes
 * descriptor 3, and standard error. */
static int settle(struct runner *r)
{
	sigset_t child;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(r->line, STDERR_FILENO + 1) < 0)
		return -errno;
	r->line = STDERR_FILENO + 1;
	closefrom(r->line + 1);
	setpgid(0, 0);
	prctl(PR_SET_NAME, "igmpdump-exec");
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, sig == SIGCHLD ? SIG_DFL : SIG_IGN);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_SETMASK, &child, NULL);
	r->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signals < 0 ? -errno : set_attr(&r->attr);
}

void runner_run(int line, const char *path, char *const *argv)
{
	struct runner r = { .line = line, .path = path, .argv = argv };

	if (settle(&r) < 0)
		_exit(1);
	for (;;) {
		struct pollfd fds[] = { { .fd = r.signals, .events = POLLIN },
					{ .fd = r.line, .events = POLLIN } };

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			_exit(1);
		if (fds[0].revents)
			reap(&r);
		if (fds[1].revents)
			take_job(&r);
	}
}
