/* model_spaces.c - network namespaces: opened, watched, given up */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/out.h"
#include "mctop/model_space.h"

static void io_close(struct space_io *io)
{
	mc_ifstats_close(io->ifstats);
	mc_ifwatch_close(io->ifwatch);
	mc_memberships_close(io->memberships);
	mc_sockets_close(io->sockets);
	mc_bridges_close(io->bridges);
	mc_mroutes_close(io->mroutes);
	free(io->holders);
	free(io->routes_v);
	free(io);
}

static void space_free(struct model *m, struct space *s)
{
	for (unsigned i = 0; i < s->n_ifaces; i++) {
		groups_drop_iface(m, s->ifaces[i], false);
		free(s->ifaces[i]);
	}
	processes_drop_space(m, s);
	capture_close(s);
	io_close(s->io);
	free(s->ifaces);
	free(s);
}

static int open_readers(struct space_io *io, int fd, struct mc_why *why)
{
	const struct mc_ifstats_opts ifstats = { sizeof ifstats, fd };
	const struct mc_memberships_opts memberships = { sizeof memberships, fd };
	const struct mc_sockets_opts sockets = { sizeof sockets, fd };
	const struct mc_bridges_opts bridges = { sizeof bridges, fd };
	const struct mc_mroutes_opts mroutes = { sizeof mroutes, fd };
	int err = mc_ifstats_open(&io->ifstats, &ifstats, why);

	if (!err)
		err = mc_memberships_open(&io->memberships, &memberships, why);
	if (!err)
		err = mc_sockets_open(&io->sockets, &sockets, why);
	if (!err)
		err = mc_bridges_open(&io->bridges, &bridges, why);
	if (!err)
		err = mc_mroutes_open(&io->mroutes, &mroutes, why);
	return err;
}

/* What has to be opened inside, by functions that know nothing of namespaces. */
static int open_inside(struct model *m, struct space *s, int fd, struct mc_why *why)
{
	int back = 0, err = mc_netns_enter(&back, fd, why), rc;

	if (err)
		return err;
	err = mc_ifwatch_open(&s->io->ifwatch, why);
	if (!err) {
		ifaces_read(m, s);
		capture_open(m, s);
	}
	rc = mc_netns_leave(&back);
	return err ? err : rc;
}

static int space_open(struct model *m, int fd, const char *name, struct mc_why *why)
{
	struct space *s = need(calloc(1, sizeof *s));
	int err;

	s->model = m;
	s->io = need(calloc(1, sizeof *s->io));
	snprintf(s->name, sizeof s->name, "%s", name);
	err = mc_netns_inode(&s->inode, fd);
	if (!err)
		err = open_readers(s->io, fd, why);
	if (!err)
		err = open_inside(m, s, fd, why);
	if (err) {
		space_free(m, s);
		return err;
	}
	m->spaces = need(reallocarray(m->spaces, m->n_spaces + 1, sizeof *m->spaces));
	m->spaces[m->n_spaces++] = s;
	event_space(m, EVENT_SPACE_NEW, s);
	for (int t = 0; t < TABLES; t++)
		m->generation[t]++;
	return 0;
}

static int open_named(struct model *m, const char *what)
{
	struct mc_why why = { "", "" };
	int fd, err = mc_netns_open(&fd, what, &why);
	uint64_t inode;

	if (err)
		return err_why(NULL, err, &why);
	err = mc_netns_inode(&inode, fd);
	for (unsigned i = 0; !err && i < m->n_spaces; i++)
		if (m->spaces[i]->inode == inode) {
			close(fd);
			return 0;
		}
	if (!err)
		err = space_open(m, fd, what, &why);
	close(fd);
	return err ? err_why(what, err, &why) : 0;
}

static struct mc_netns *list_all(unsigned *n)
{
	unsigned room = 64;

	for (;;) {
		struct mc_netns *v = need(calloc(room, sizeof *v));
		int found = mc_netns_list(v, room, NULL);

		if (found >= 0 && (unsigned)found <= room) {
			*n = (unsigned)found;
			return v;
		}
		free(v);
		*n = 0;
		if (found < 0)
			return NULL;
		room = (unsigned)found + 16;
	}
}

static struct space *by_inode(const struct model *m, uint64_t inode)
{
	for (unsigned i = 0; i < m->n_spaces; i++)
		if (m->spaces[i]->inode == inode)
			return m->spaces[i];
	return NULL;
}

/* A namespace that lives by its processes may be gone before it is opened. */
static int open_listed(struct model *m, const struct mc_netns *ns, struct mc_why *why)
{
	char what[MC_NETNS_NAME], name[MC_NETNS_NAME];
	int fd = 0, err = 0;

	snprintf(what, sizeof what, "%d", ns->pid);
	snprintf(name, sizeof name, "pid %d", ns->pid);
	if (ns->own)
		snprintf(name, sizeof name, "self");
	if (ns->name[0]) {
		snprintf(what, sizeof what, "%s", ns->name);
		snprintf(name, sizeof name, "%s", ns->name);
	}
	if (!ns->own)
		err = mc_netns_open(&fd, what, why);
	if (!err)
		err = space_open(m, fd, name, why);
	if (fd > 0)
		close(fd);
	return err;
}

static void drop_space(struct model *m, unsigned at)
{
	struct space *s = m->spaces[at];

	event_space(m, EVENT_SPACE_GONE, s);
	m->spaces[at] = m->spaces[--m->n_spaces];
	space_free(m, s);
	network_collect(m);
	for (int t = 0; t < TABLES; t++)
		m->generation[t]++;
}

static bool is_listed(const struct mc_netns *v, unsigned n, uint64_t inode)
{
	for (unsigned i = 0; i < n; i++)
		if (v[i].inode == inode)
			return true;
	return false;
}

/* Our own sockets keep a namespace alive: it is gone when nobody else has it. */
void spaces_look(struct model *m)
{
	struct mc_why why = { "", "" };
	int64_t began = cpu_ns();
	unsigned n;
	struct mc_netns *v = list_all(&n);

	pace_done(&m->list, began, SECOND);
	for (unsigned i = m->n_spaces; v && i-- > 0;)
		if (!is_listed(v, n, m->spaces[i]->inode))
			drop_space(m, i);
	for (unsigned i = 0; v && m->c->all_netns && i < n; i++)
		if (!by_inode(m, v[i].inode) && open_listed(m, &v[i], &why) == -EPERM)
			m->lacks_netns = true;
	free(v);
}

int spaces_open(struct model *m)
{
	const struct config *c = m->c;
	struct mc_why why = { "", "" };
	int status = 0, err;

	if (c->all_netns) {
		spaces_look(m);
		return m->n_spaces ? 0 : err_why(NULL, -EACCES, &why);
	}
	for (size_t i = 0; !status && i < c->netns.n; i++)
		status = open_named(m, c->netns.v[i]);
	if (c->netns.n) {
		pace_done(&m->list, cpu_ns(), SECOND);
		return status;
	}
	m->list.due = INT64_MAX;
	err = space_open(m, 0, "", &why);
	return err ? err_why(NULL, err, &why) : 0;
}

void spaces_close(struct model *m)
{
	while (m->n_spaces)
		space_free(m, m->spaces[--m->n_spaces]);
	free(m->spaces);
}
