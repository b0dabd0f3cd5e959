/* model_processes.c - which process joined: rounds over all sockets, a slice at a time */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hindex.h"
#include "mctop/model_space.h"

static struct process *find(const struct model *m, const struct space *s, int pid)
{
	for (unsigned i = 0; i < m->n_processes; i++)
		if (m->processes[i]->pid == pid && m->processes[i]->space == s)
			return m->processes[i];
	return NULL;
}

static struct process *keep(struct model *m, struct space *s, const struct mc_process *p)
{
	struct process *known = find(m, s, p->pid);

	if (!known) {
		if (m->n_processes == m->room_processes) {
			m->room_processes = m->room_processes ? m->room_processes * 2 : 32;
			m->processes = need(reallocarray(m->processes, m->room_processes,
							 sizeof *m->processes));
		}
		known = need(calloc(1, sizeof *known));
		m->processes[m->n_processes++] = known;
		m->generation[TABLE_PROCESSES]++;
	}
	known->space = s;
	known->pid = p->pid;
	known->uid = p->uid;
	memcpy(known->name, p->name, sizeof known->name);
	known->n_groups = known->n_sockets = 0;
	known->queued = known->drops = 0;
	return known;
}

static void count_socket(struct process *p, const struct mc_socket *k)
{
	p->n_sockets++;
	p->n_groups += k->n_states;
	p->queued += k->counted ? k->queued_bytes : 0;
	p->drops += k->counted ? k->drops : 0;
	p->seen = true;
}

/* Only those with memberships; each socket once, though a process may hold it twice. */
static void count_sockets(const struct mc_sockets_result *r, struct process **by)
{
	for (unsigned i = 0; i < r->n_sockets; i++) {
		const struct mc_socket *k = &r->sockets[i];

		for (unsigned h = 0; k->n_states && h < k->n_holders; h++) {
			unsigned at = k->holders[h].process, before = 0;

			while (before < h && k->holders[before].process != at)
				before++;
			if (before == h)
				count_socket(by[at], k);
		}
	}
}

static void forget_unseen(struct model *m, const struct space *s)
{
	for (unsigned i = m->n_processes; i-- > 0;) {
		struct process *p = m->processes[i];

		if (p->space != s || p->seen)
			continue;
		m->processes[i] = m->processes[--m->n_processes];
		free(p);
		m->generation[TABLE_PROCESSES]++;
	}
}

static struct group *group_of(const struct model *m, const struct space *s,
			      const struct mc_socket_state *st)
{
	struct iface *f = model_iface(s, st->ifindex);
	struct group *g = f ? group_find(m, f, &st->group) : NULL;

	return g && !g->left_at.ns ? g : NULL;
}

static uint32_t hash_holders(const struct group *g)
{
	uint32_t h = g->n_holders;

	for (unsigned i = 0; i < g->n_holders; i++) {
		const struct holder *o = &g->holders[i];
		uint32_t facts[3] = { (uint32_t)o->process->pid, o->state->mode,
				      (uint32_t)o->socket->inode };

		/* Not of their order. */
		h += hash_bytes(facts, sizeof facts, 0);
		for (unsigned k = 0; k < o->state->n_sources; k++)
			h += hash_bytes(&o->state->sources[k], sizeof o->state->sources[k],
					facts[2]);
	}
	return h;
}

/* Room for the holders of each group, one after another in one array. */
static void make_room(struct model *m, struct space *s)
{
	const struct mc_sockets_result *r = &s->io->result;
	size_t total = 0, at = 0;

	for (unsigned i = 0; i < m->n_groups; i++)
		if (m->groups[i]->iface->space == s)
			m->groups[i]->n_holders = 0;
	for (unsigned i = 0; i < r->n_states; i++) {
		struct group *g = group_of(m, s, &r->states[i]);
		unsigned n = r->sockets[r->states[i].socket].n_holders;

		if (g)
			g->n_holders += n;
		total += n;
	}
	free(s->io->holders);
	s->io->holders = need(calloc(total + 1, sizeof *s->io->holders));
	for (unsigned i = 0; i < m->n_groups; i++) {
		struct group *g = m->groups[i];

		if (g->iface->space != s)
			continue;
		g->holders = &s->io->holders[at];
		at += g->n_holders;
		g->n_holders = 0;
	}
}

static void attach(struct model *m, struct space *s, struct process **by)
{
	const struct mc_sockets_result *r = &s->io->result;

	for (unsigned i = 0; i < r->n_states; i++) {
		const struct mc_socket_state *st = &r->states[i];
		const struct mc_socket *k = &r->sockets[st->socket];
		struct group *g = group_of(m, s, st);

		for (unsigned h = 0; g && h < k->n_holders; h++)
			g->holders[g->n_holders++] = (struct holder){ by[k->holders[h].process],
								      k->holders[h].fd, k, st };
	}
}

static void tell_change(struct model *m, struct group *g)
{
	char text[96] = "is held by no process that may be seen";
	const struct process *p = g->n_holders ? g->holders[0].process : NULL;

	if (p && g->n_holders > 1)
		snprintf(text, sizeof text, "is held by %s[%d] and %u more", p->name, p->pid,
			 g->n_holders - 1);
	else if (p)
		snprintf(text, sizeof text, "is held by %s[%d]", p->name, p->pid);
	event_group(m, EVENT_CHANGED, g, text);
}

/* Whose holders are others than in the round before. */
static void tell_changes(struct model *m, struct space *s)
{
	for (unsigned i = 0; i < m->n_groups; i++) {
		struct group *g = m->groups[i];
		uint32_t h;

		if (g->iface->space != s || g->left_at.ns)
			continue;
		h = hash_holders(g);
		if (h == g->holder_hash)
			continue;
		g->holder_hash = h;
		tell_change(m, g);
	}
}

bool model_is_kernels(const struct mc_addr *group)
{
	static const char *const names[] = { "224.0.0.1", "224.0.0.2", "224.0.0.106",
					     "ff01::1",	  "ff01::2",   "ff02::1",
					     "ff02::2",	  "ff02::6a",  "ff05::2" };
	struct mc_addr base = mc_addr_masked(group, 104), a;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mc_addr_parse(&a, names[i]) == 0 && memcmp(&a, group, sizeof a) == 0)
			return true;
	/* RFC 4291 2.7.1 */
	return group->family == MC_IPV6 && mc_addr_parse(&a, "ff02::1:ff00:0") == 0 &&
	       memcmp(&a, &base, sizeof a) == 0;
}

/* A membership of which no socket was seen, and that is not the kernel's. */
static bool any_unexplained(const struct model *m)
{
	for (unsigned i = 0; i < m->n_groups; i++) {
		const struct group *g = m->groups[i];

		if (!g->n_holders && !g->left_at.ns && !model_is_kernels(&g->addr))
			return true;
	}
	return false;
}

static void take_result(struct model *m, struct space *s)
{
	struct mc_sockets_result *r = &s->io->result;
	struct process **by;

	mc_sockets_result(r, s->io->sockets);
	by = need(calloc(r->n_processes + 1, sizeof(struct process *)));
	for (unsigned i = 0; i < m->n_processes; i++)
		if (m->processes[i]->space == s)
			m->processes[i]->seen = false;
	for (unsigned i = 0; i < r->n_processes; i++)
		by[i] = keep(m, s, &r->processes[i]);
	count_sockets(r, by);
	make_room(m, s);
	attach(m, s, by);
	free(by);
	forget_unseen(m, s);
	tell_changes(m, s);
	m->lacks_ptrace = r->denied && any_unexplained(m);
}

void scan_go_on(struct model *m, struct space *s, int64_t budget)
{
	struct mc_why why = { "", "" };
	int rc;

	s->io->scanning = true;
	rc = mc_sockets_scan(s->io->sockets, (mc_nsec){ budget }, &why);
	if (rc == 0)
		return;
	s->io->scanning = false;
	if (rc == 1) {
		take_result(m, s);
		pace_done(&s->io->scan, cpu_ns() - s->io->result.spent.ns, SECOND);
		return;
	}
	s->io->scan_refused = true;
	s->io->scan.due = INT64_MAX;
	event_note(m, why.what[0] ? why.what : mc_strerror(rc));
}

bool model_mode(const struct group *g, enum mc_filter_mode *mode)
{
	unsigned sockets = 0;

	*mode = g->mode;
	if (g->has_filter)
		return true;
	*mode = MC_INCLUDE;
	for (unsigned i = 0; i < g->n_holders; i++) {
		if (g->holders[i].state->mode == MC_EXCLUDE) {
			*mode = MC_EXCLUDE;
			return true;
		}
		sockets += !i || g->holders[i].socket != g->holders[i - 1].socket;
	}
	return sockets && sockets >= g->users;
}

void processes_drop_space(struct model *m, const struct space *s)
{
	for (unsigned i = 0; i < m->n_processes; i++)
		if (m->processes[i]->space == s)
			m->processes[i]->seen = false;
	forget_unseen(m, s);
}

static bool is_wanted(const struct process *p, const char *what)
{
	char *end;
	long pid = strtol(what, &end, 10);

	return *what && !*end ? p->pid == pid : strcasestr(p->name, what) != NULL;
}

bool model_selects_process(const struct model *m, const struct process *p)
{
	const struct opt_list *wanted = &m->c->processes;

	for (size_t i = 0; i < wanted->n; i++)
		if (is_wanted(p, wanted->v[i]))
			return true;
	return wanted->n == 0;
}

bool model_selects(const struct model *m, const struct group *g)
{
	if (!m->c->processes.n)
		return true;
	for (unsigned i = 0; i < g->n_holders; i++)
		if (model_selects_process(m, g->holders[i].process))
			return true;
	return false;
}
