/* model.c - the model as a whole: opened, stepped, asked */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mc/host.h>

#include "common/out.h"
#include "mctop/model_space.h"

#define REST_MAX  (60 * SECOND)
#define SCAN_STEP (8 * MSEC)

void *need(void *p)
{
	if (p)
		return p;
	err_msg("no memory");
	exit(EXIT_ENV);
}

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

int64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

mc_nsec now_wall(void)
{
	return (mc_nsec){ clock_ns(CLOCK_REALTIME) };
}

void pace_done(struct pace *p, int64_t began_cpu, int64_t least)
{
	int64_t rest;

	p->cost = cpu_ns() - began_cpu;
	p->last = now_ns();
	rest = p->cost * 500;
	if (rest > REST_MAX)
		rest = REST_MAX;
	p->due = p->last + (rest > least ? rest : least);
}

void pace_hurry(struct pace *p)
{
	int64_t at = now_ns() + 30 * MSEC, soonest = p->last + 20 * p->cost;

	if (at < soonest)
		at = soonest;
	if (at < p->due)
		p->due = at;
}

/* --group and -i are checked before anything is opened. */
static int check_interfaces(const struct model *m)
{
	const struct opt_list *names = &m->c->common.interfaces;

	for (size_t i = 0; i < names->n; i++) {
		bool found = false;

		for (unsigned s = 0; s < m->n_spaces; s++)
			for (unsigned k = 0; k < m->spaces[s]->n_ifaces; k++)
				if (strcmp(m->spaces[s]->ifaces[k]->i.name, names->v[i]) == 0)
					found = true;
		if (!found) {
			err_msg("no interface '%s'; 'ip link' lists them", names->v[i]);
			return EXIT_ENV;
		}
	}
	return 0;
}

int model_open(struct model **out, const struct config *c)
{
	struct model *m = calloc(1, sizeof *m);
	int status;

	need(m);
	*out = NULL;
	m->c = c;
	m->interval = c->interval.ns ? c->interval.ns : DEFAULT_INTERVAL_NS;
	m->events = need(calloc(MODEL_EVENTS, sizeof *m->events));
	m->loading = true;
	mc_raise_nofile();
	/* libmc cannot change what argv holds, and does not. */
	status = groups_parse(&m->wanted, (char *const *)(uintptr_t)c->groups.v, c->groups.n, 0);
	if (!status)
		status = spaces_open(m);
	if (!status)
		status = check_interfaces(m);
	if (status) {
		model_close(m);
		return status;
	}
	m->sample_at = now_ns();
	m->sample_due = m->sample_at + m->interval;
	*out = m;
	return 0;
}

void model_close(struct model *m)
{
	if (!m)
		return;
	groups_free_all(m);
	spaces_close(m);
	for (unsigned i = 0; i < m->n_processes; i++)
		free(m->processes[i]);
	free(m->processes);
	free(m->mdb);
	free(m->routes);
	free(m->events);
	groups_free(&m->wanted);
	free(m);
}

void model_linger(struct model *m, mc_nsec time)
{
	m->linger = time;
}

static unsigned put_fd(struct pollfd *fds, unsigned n, unsigned max, int fd)
{
	if (fd < 0 || n == max)
		return n;
	fds[n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return n + 1;
}

unsigned model_fds(const struct model *m, struct pollfd *fds, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->n_spaces; i++) {
		const struct space_io *io = m->spaces[i]->io;

		n = put_fd(fds, n, max, mc_ifwatch_fd(io->ifwatch));
		n = put_fd(fds, n, max, mc_memberships_fd(io->memberships));
		n = put_fd(fds, n, max, mc_bridges_fd(io->bridges));
		for (unsigned k = 0; k < io->n_caps; k++)
			n = put_fd(fds, n, max, mc_cap_fd(io->caps[k]));
	}
	return n;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

mc_nsec model_wait(const struct model *m)
{
	int64_t due = earlier(m->sample_due, m->list.due);

	for (unsigned i = 0; i < m->n_spaces; i++) {
		const struct space_io *io = m->spaces[i]->io;

		if (io->scanning)
			return (mc_nsec){ 0 };
		due = earlier(due, earlier(io->ifaces.due, io->groups.due));
		due = earlier(due, earlier(io->mdb.due, io->routes.due));
		due = earlier(due, io->scan.due);
	}
	due -= now_ns();
	return (mc_nsec){ due > 0 ? due : 0 };
}

static void step_space(struct model *m, struct space *s)
{
	struct space_io *io = s->io;
	int64_t now = now_ns();

	ifaces_watch(m, s);
	if (now >= io->ifaces.due)
		ifaces_read(m, s);
	groups_watch(m, s);
	if (now >= io->groups.due)
		groups_read(m, s);
	bridges_watch(m, s);
	if (now >= io->mdb.due)
		bridges_read(m, s);
	if (now >= io->routes.due)
		routes_read(m, s);
	capture_take(m, s);
	if (io->scanning || now >= io->scan.due)
		scan_go_on(m, s, SCAN_STEP);
}

static void sample(struct model *m)
{
	int64_t now = now_ns();

	if (now < m->sample_due)
		return;
	capture_tick(m);
	capture_sample(m, (double)(now - m->sample_at) / 1e9);
	groups_forget_left(m, false);
	m->sample_at = now;
	m->sample_due = now + m->interval;
	m->samples++;
}

void model_step(struct model *m)
{
	if (now_ns() >= m->list.due)
		spaces_look(m);
	for (unsigned i = 0; i < m->n_spaces; i++)
		step_space(m, m->spaces[i]);
	sample(m);
	if (m->loading && model_complete(m))
		m->loading = false;
}

bool model_complete(const struct model *m)
{
	for (unsigned i = 0; i < m->n_spaces; i++)
		if (!m->spaces[i]->io->result.rounds && !m->spaces[i]->io->scan_refused)
			return false;
	return true;
}

/* A reading tells what announcements would have. */
void model_resume(struct model *m)
{
	for (unsigned i = 0; i < m->n_spaces; i++) {
		struct space_io *io = m->spaces[i]->io;

		capture_discard(m->spaces[i]);
		io->ifaces.due = io->groups.due = io->scan.due = 0;
	}
	m->sample_at = now_ns();
	m->sample_due = m->sample_at + m->interval;
}

uint64_t model_generation(const struct model *m, enum table_id rows)
{
	return m->generation[rows];
}

uint64_t model_samples(const struct model *m)
{
	return m->samples;
}

struct space *const *model_spaces(const struct model *m, unsigned *n)
{
	*n = m->n_spaces;
	return m->spaces;
}

struct group *const *model_groups(const struct model *m, unsigned *n)
{
	*n = m->n_groups;
	return m->groups;
}

struct process *const *model_processes(const struct model *m, unsigned *n)
{
	*n = m->n_processes;
	return m->processes;
}

const char *model_lacks(const struct model *m)
{
	if (m->lacks_netns)
		return "other namespaces need CAP_SYS_ADMIN; run as root";
	if (m->lacks_capture && m->lacks_ptrace)
		return "no rates, queriers and other members without CAP_NET_RAW, no processes of "
		       "others without CAP_SYS_PTRACE; run as root";
	if (m->lacks_capture)
		return "no rates, queriers and other members without CAP_NET_RAW; run as root";
	if (m->lacks_ptrace)
		return "processes of others are hidden without CAP_SYS_PTRACE; run as root";
	return NULL;
}
