/* model_ifaces.c - interfaces: read, compared, which came and went */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mctop/model_space.h"

struct iface *model_iface(const struct space *s, unsigned index)
{
	for (unsigned i = 0; i < s->n_ifaces; i++)
		if (s->ifaces[i]->i.index == index)
			return s->ifaces[i];
	return NULL;
}

static bool is_wanted(const struct model *m, const char *name)
{
	const struct opt_list *names = &m->c->common.interfaces;

	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return names->n == 0;
}

static struct iface *add(struct model *m, struct space *s, const struct mc_ifstat *st)
{
	struct iface *f = need(calloc(1, sizeof *f));

	f->space = s;
	f->i = st->iface;
	s->ifaces = need(reallocarray(s->ifaces, s->n_ifaces + 1, sizeof *s->ifaces));
	s->ifaces[s->n_ifaces++] = f;
	event_iface(m, EVENT_IFACE_NEW, f, NULL, "interface appeared");
	m->generation[TABLE_IFACES]++;
	return f;
}

static void take(struct iface *f, const struct mc_ifstat *st)
{
	f->i = st->iface;
	f->has_mac = st->has_mac;
	f->mac = st->mac;
	f->master = st->master;
	f->bridge = strcmp(st->kind, "bridge") == 0;
	f->rx_counter = st->rx_multicast;
	f->seen = true;
}

static void remove_at(struct model *m, struct space *s, unsigned at)
{
	struct iface *f = s->ifaces[at];

	groups_drop_iface(m, f, true);
	event_iface(m, EVENT_IFACE_GONE, f, NULL, "interface is gone");
	s->ifaces[at] = s->ifaces[--s->n_ifaces];
	free(f);
	m->generation[TABLE_IFACES]++;
}

void ifaces_read(struct model *m, struct space *s)
{
	const struct mc_ifstat *v;
	struct mc_why why = { "", "" };
	int64_t began = cpu_ns();
	unsigned before = s->n_ifaces;
	int n = mc_ifstats_read(&v, s->io->ifstats, &why);

	pace_done(&s->io->ifaces, began, SECOND);
	if (n < 0) {
		event_note(m, why.what[0] ? why.what : mc_strerror(n));
		return;
	}
	for (unsigned i = 0; i < s->n_ifaces; i++)
		s->ifaces[i]->seen = false;
	for (int i = 0; i < n; i++) {
		struct iface *f = model_iface(s, v[i].iface.index);

		if (!f && !is_wanted(m, v[i].iface.name))
			continue;
		if (!f)
			f = add(m, s, &v[i]);
		take(f, &v[i]);
		capture_mark(s, f);
	}
	for (unsigned i = s->n_ifaces; i-- > 0;)
		if (!s->ifaces[i]->seen)
			remove_at(m, s, i);
	if (s->n_ifaces > before)
		pace_hurry(&s->io->groups);
}

void ifaces_watch(struct model *m, struct space *s)
{
	struct mc_iface_event e;
	bool any = false;
	int rc;

	if (!s->io->ifwatch)
		return;
	while ((rc = mc_ifwatch_next(s->io->ifwatch, &e)) == 1)
		any = true;
	if (any || rc == -ENOBUFS)
		ifaces_read(m, s);
}
