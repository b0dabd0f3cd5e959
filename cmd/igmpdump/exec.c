/* exec.c - runs a program for each event, a bounded number at once */
#include "igmpdump/exec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/out.h"
#include "common/sandbox.h"
#include "common/sig.h"
#include "igmpdump/runner.h"
#include "igmpdump/words.h"

#define NAP_NS	     20000000
#define PATIENCE_NS  10000000000 /* while nothing ends */
#define LAST_CALL_NS 2000000000	 /* after a signal */

struct job {
	struct job *next;
	size_t len; /* of what follows */
	struct runner_job head;
	char bytes[]; /* the environment, then the input */
};

struct exec {
	struct words words;
	char *path; /* of the program */
	pid_t runner;
	int line; /* to it; -1: it is gone */
	struct job *head, **tail;
	size_t sent; /* of the head, so far */
	struct runner_reply reply;
	size_t received; /* of it, so far */
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

/* Privileges are not for commands. */
static int start_runner(struct exec *e, const struct common_opts *o)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_why("--exec", -errno, NULL);
	e->runner = fork();
	if (e->runner == 0) {
		int status = sandbox_drop(o, 0);

		if (status)
			_exit(status);
		runner_run(ends[1], e->path, e->words.v);
	}
	close(ends[1]);
	e->line = ends[0];
	return e->runner < 0 ? err_why("--exec", -errno, NULL) : 0;
}

int exec_open(struct exec **out, const struct config *c)
{
	struct exec *e = calloc(1, sizeof(*e));
	int status;

	*out = NULL;
	if (!e)
		return err_why("--exec", -ENOMEM, NULL);
	e->line = -1;
	e->tail = &e->head;
	e->jobs = (unsigned)c->exec_jobs;
	status = split(e, c->exec);
	if (!status)
		status = start_runner(e, &c->common);
	if (status) {
		exec_close(e);
		return status;
	}
	*out = e;
	return 0;
}

static void forget_waiting(struct exec *e)
{
	while (e->head) {
		struct job *j = e->head;

		e->head = j->next;
		free(j);
	}
	e->tail = &e->head;
	e->sent = 0;
	e->stats.queued = 0;
}

void exec_close(struct exec *e)
{
	if (!e)
		return;
	if (e->line >= 0)
		close(e->line);
	while (e->runner > 0 && waitpid(e->runner, NULL, 0) < 0 && errno == EINTR)
		;
	forget_waiting(e);
	words_free(&e->words);
	free(e->path);
	free(e);
}

/* --- the line ------------------------------------------------------------ */

/* What was under way may still run, but nobody will know how it ends. */
static void runner_gone(struct exec *e)
{
	err_msg("--exec: the process that starts commands is gone");
	close(e->line);
	e->line = -1;
	e->stats.not_started += e->stats.queued;
	e->stats.failed += e->stats.running;
	e->stats.running = 0;
	forget_waiting(e);
}

static void take_reply(struct exec *e)
{
	e->stats.running--;
	e->stalled = false;
	if (e->reply.err) {
		e->stats.started--;
		if (!e->stats.not_started++)
			warn_why("--exec: cannot start the command", e->reply.err, NULL);
	} else if (e->reply.status) {
		e->stats.failed++;
	}
}

static void take_replies(struct exec *e)
{
	while (e->line >= 0) {
		ssize_t n = recv(e->line, (char *)&e->reply + e->received,
				 sizeof(e->reply) - e->received, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			runner_gone(e);
			return;
		}
		e->received += (size_t)n;
		if (e->received == sizeof(e->reply)) {
			e->received = 0;
			take_reply(e);
		}
	}
}

/* True when all of the head is on its way. */
static bool send_head(struct exec *e)
{
	struct job *j = e->head;
	const char *bytes = (const char *)&j->head;

	while (e->sent < j->len) {
		ssize_t n = send(e->line, bytes + e->sent, j->len - e->sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			runner_gone(e);
		if (n < 0)
			return false;
		e->sent += (size_t)n;
	}
	return true;
}

static void start_waiting(struct exec *e)
{
	while (e->head && e->stats.running < e->jobs && send_head(e)) {
		struct job *j = e->head;

		e->head = j->next;
		if (!e->head)
			e->tail = &e->head;
		e->sent = 0;
		e->stats.queued--;
		e->stats.running++;
		e->stats.started++;
		free(j);
	}
}

/* --- the queue ----------------------------------------------------------- */

bool exec_poll(struct exec *e)
{
	take_replies(e);
	start_waiting(e);
	return e->stats.running || e->head;
}

/* Until something ends, or there is room for what waits. */
static void nap(const struct exec *e)
{
	bool sends = e->head && e->stats.running < e->jobs;
	struct pollfd fd = { .fd = e->line, .events = (short)(POLLIN | (sends ? POLLOUT : 0)) };

	(void)sig_ppoll(&fd, 1, &(mc_nsec){ NAP_NS });
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
		nap(e);
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
	if (e->line < 0) {
		e->stats.not_started++;
		return;
	}
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
	*j = (struct job){ .len = sizeof(j->head) + env.len + input.len,
			   .head = { (uint32_t)env.len, (uint32_t)input.len } };
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
