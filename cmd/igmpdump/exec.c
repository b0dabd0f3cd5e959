/* exec.c - runs a program for each event, a bounded number at once */
#include "igmpdump/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/out.h"
#include "common/sig.h"
#include "igmpdump/words.h"

#define NAP_NS	     2000000
#define PATIENCE_NS  10000000000 /* while nothing ends */
#define LAST_CALL_NS 2000000000	 /* after a signal */

struct job {
	struct job *next;
	size_t env_len, input_len;
	char bytes[]; /* the environment, then the input */
};

struct exec {
	struct words words;
	char *path; /* of the program */
	posix_spawnattr_t attr;
	struct job *head, **tail;
	pid_t *pids;
	unsigned jobs;
	struct exec_stats stats;
	bool stalled; /* patience has ended, until a command does */
	bool warned;  /* about dropped ones */
};

static int64_t clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* --- opening ------------------------------------------------------------- */

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* The program's path, to be freed; NULL when there is none. */
static char *find_program(const char *name)
{
	const char *dir = getenv("PATH");
	char *path = NULL;

	if (strchr(name, '/'))
		return is_program(name) ? strdup(name) : NULL;
	for (; dir && *dir; dir += strcspn(dir, ":"), dir += *dir == ':') {
		int len = (int)strcspn(dir, ":");

		if (asprintf(&path, "%.*s%s%s", len, dir, len ? "/" : "./", name) < 0)
			return NULL;
		if (is_program(path))
			return path;
		free(path);
	}
	return NULL;
}

static int split(struct exec *e, const char *command)
{
	size_t at;
	int err = words_split(&e->words, command, &at);

	if (err == -ENOMEM)
		return err_why("--exec", err, NULL);
	if (err == -ENOENT)
		return usage_error("--exec", "no command is named");
	if (err) {
		usage_error("--exec", "what begins here does not end");
		err_caret(command, at);
		return EXIT_USAGE;
	}
	e->path = find_program(e->words.v[0]);
	if (e->path)
		return 0;
	err_msg("--exec: %s: no such program, or not executable; commands run without a shell",
		e->words.v[0]);
	return EXIT_ENV;
}

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

int exec_open(struct exec **out, const char *command, unsigned jobs)
{
	struct exec *e = calloc(1, sizeof(*e));
	int status;

	*out = NULL;
	if (!e || set_attr(&e->attr) < 0) {
		free(e);
		return err_why("--exec", -ENOMEM, NULL);
	}
	e->tail = &e->head;
	e->jobs = jobs;
	e->pids = calloc(jobs, sizeof(*e->pids));
	status = e->pids ? split(e, command) : err_why("--exec", -ENOMEM, NULL);
	if (status) {
		exec_close(e);
		return status;
	}
	*out = e;
	return 0;
}

void exec_close(struct exec *e)
{
	if (!e)
		return;
	while (e->head) {
		struct job *j = e->head;

		e->head = j->next;
		free(j);
	}
	posix_spawnattr_destroy(&e->attr);
	words_free(&e->words);
	free(e->path);
	free(e->pids);
	free(e);
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
static char **environment(struct job *j)
{
	size_t n = 0, room = 1;
	char **v;

	for (const char *p = j->bytes; p < j->bytes + j->env_len; p += strlen(p) + 1)
		room++;
	for (char **p = environ; *p; p++)
		room++;
	v = calloc(room, sizeof(*v));
	if (!v)
		return NULL;
	for (char *p = j->bytes; p < j->bytes + j->env_len; p += strlen(p) + 1)
		v[n++] = p;
	for (char **p = environ; *p; p++)
		if (!is_ours(*p))
			v[n++] = *p;
	return v;
}

/* Standard output is for our own: the command's goes to standard error.  No
 * other descriptor is handed on. */
static int spawn(struct exec *e, pid_t *pid, int input, char *const env[])
{
	posix_spawn_file_actions_t fa;
	int err = posix_spawn_file_actions_init(&fa);

	if (err)
		return -err;
	err = posix_spawn_file_actions_adddup2(&fa, input, STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&fa, STDERR_FILENO, STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(&fa, STDERR_FILENO + 1);
	if (!err)
		err = posix_spawn(pid, e->path, &fa, &e->attr, e->words.v, env);
	posix_spawn_file_actions_destroy(&fa);
	return -err;
}

static int run(struct exec *e, struct job *j)
{
	int input = input_file(j->bytes + j->env_len, j->input_len);
	char **env = environment(j);
	pid_t pid;
	int err = input < 0 ? input : env ? 0 : -ENOMEM;

	if (!err)
		err = spawn(e, &pid, input, env);
	if (!err) {
		e->pids[e->stats.running++] = pid;
		e->stats.started++;
	}
	if (input >= 0)
		close(input);
	free(env);
	return err;
}

/* --- the queue ----------------------------------------------------------- */

static void start_waiting(struct exec *e)
{
	while (e->head && e->stats.running < e->jobs) {
		struct job *j = e->head;
		int err;

		e->head = j->next;
		if (!e->head)
			e->tail = &e->head;
		e->stats.queued--;
		err = run(e, j);
		if (err && !e->stats.not_started++)
			warn_why("--exec: cannot start the command", err, NULL);
		free(j);
	}
}

static void reap(struct exec *e)
{
	for (unsigned i = 0; i < e->stats.running;) {
		int status = 0;
		pid_t pid = waitpid(e->pids[i], &status, WNOHANG);

		if (pid == 0 || (pid < 0 && errno == EINTR)) {
			i++;
			continue;
		}
		if (status)
			e->stats.failed++;
		e->pids[i] = e->pids[--e->stats.running];
		e->stalled = false;
	}
}

bool exec_poll(struct exec *e)
{
	if (e->stats.running)
		reap(e);
	start_waiting(e);
	return e->stats.running || e->head;
}

/* Waits until no more than `left` are queued and, for 0, none runs.  False when
 * patience ends first. */
static bool wait_for(struct exec *e, unsigned left)
{
	int64_t now = clock_now(), progress = now, stopped = 0;
	unsigned long long seen = e->stats.started - e->stats.running;

	for (;;) {
		bool busy = exec_poll(e);

		if (left ? e->stats.queued <= left : !busy)
			return true;
		now = clock_now();
		if (e->stats.started - e->stats.running != seen) {
			seen = e->stats.started - e->stats.running;
			progress = now;
		}
		if (sig_stop() && !stopped)
			stopped = now;
		if (now - progress > PATIENCE_NS || (stopped && now - stopped > LAST_CALL_NS))
			return false;
		sig_sleep((mc_nsec){ NAP_NS });
	}
}

static void drop(struct exec *e)
{
	e->stats.dropped++;
	if (!e->warned)
		warn_msg("--exec: events come faster than the commands end; some are not run");
	e->warned = true;
}

void exec_submit(struct exec *e, struct mc_span env, struct mc_span input, bool patient)
{
	struct job *j;

	exec_poll(e);
	if (e->stats.queued >= EXEC_QUEUE_MAX && patient && !e->stalled && !sig_stop())
		e->stalled = !wait_for(e, EXEC_QUEUE_MAX / 2);
	if (e->stats.queued >= EXEC_QUEUE_MAX) {
		drop(e);
		return;
	}
	j = malloc(sizeof(*j) + env.len + input.len);
	if (!j) {
		e->stats.not_started++;
		return;
	}
	*j = (struct job){ NULL, env.len, input.len };
	memcpy(j->bytes, env.p, env.len);
	memcpy(j->bytes + env.len, input.p, input.len);
	*e->tail = j;
	e->tail = &j->next;
	e->stats.queued++;
	start_waiting(e);
}

void exec_finish(struct exec *e)
{
	if (wait_for(e, 0))
		return;
	e->stats.dropped += e->stats.queued;
	warn_msg("--exec: %u commands still run and are left alone; %u were not started",
		 e->stats.running, e->stats.queued);
}

void exec_stats(const struct exec *e, struct exec_stats *out)
{
	*out = e->stats;
}
