/* filters.c - source filters of memberships, from mcfilter and mcfilter6 */
#include "kern/filter.h"
#include "sys/memberships.h"

static int raw_cmp(const void *a, const void *b)
{
	const struct procnet_source *x = a, *y = b;
	int c = membership_cmp(x->ifindex, &x->group, y->ifindex, &y->group);

	return c ? c : mc_addr_cmp(&x->source, &y->source);
}

/* What mcfilter does not skip: everything from the first interface it shows on
 * (see anchor.c), in the order that igmp and igmp6 have too. */
static void mark_whole(struct mc_memberships *m, enum mc_family family, unsigned first_shown)
{
	bool reached = false;

	for (unsigned i = 0; i < m->ifaces.n; i++) {
		struct gm_iface *f = &m->ifaces.v[i];

		if (f->public.family != family)
			continue;
		reached |= first_shown && f->public.ifindex == first_shown;
		f->whole = reached || f->public.groups == 1;
	}
}

static int read_family(struct mc_memberships *m, enum mc_family family)
{
	int which = family == MC_IPV6, err;
	unsigned before = m->raw.n;
	struct procnet_source s;
	struct text text;

	err = proc_read(&text, &m->buf, m->filters_fd[which]);
	if (err < 0)
		return err;
	while (which ? procnet_mcfilter6_next(&s, &text) : procnet_mcfilter_next(&s, &text))
		if (VEC_PUSH(&m->raw, s) < 0)
			return -ENOMEM;
	mark_whole(m, family, m->raw.n > before ? m->raw.v[before].ifindex : 0);
	return 0;
}

static const struct gm_iface *iface_of(const struct mc_memberships *m,
				       const struct mc_interface_state *s)
{
	for (unsigned i = 0; i < m->ifaces.n; i++) {
		const struct gm_iface *f = &m->ifaces.v[i];

		if (f->public.ifindex == s->ifindex && f->public.family == s->group.family)
			return f;
	}
	return NULL;
}

/* Without a source in sight: none, if the interface was not skipped.  Of one that
 * was, the newest group is known to have none: that is why. */
static bool no_sources_known(const struct gm_iface *f, const struct mc_addr *group)
{
	return f && (f->whole || mc_addr_cmp(&f->newest, group) == 0);
}

static void take_sources(struct mc_memberships *m, struct mc_interface_state *s, unsigned *at,
			 const struct gm_iface *f)
{
	struct mc_interface_source *first = m->sources.v + m->sources.n;

	while (*at < m->raw.n && membership_cmp(m->raw.v[*at].ifindex, &m->raw.v[*at].group,
						s->ifindex, &s->group) < 0)
		++*at;
	for (; *at < m->raw.n && membership_cmp(m->raw.v[*at].ifindex, &m->raw.v[*at].group,
						s->ifindex, &s->group) == 0;
	     ++*at) {
		const struct procnet_source *r = &m->raw.v[*at];

		if (anchor_is(&r->group, &r->source)) {
			s->users -= r->including < s->users ? r->including : s->users;
			continue;
		}
		m->sources.v[m->sources.n++] = (struct mc_interface_source){
			.addr = r->source, .including = r->including, .excluding = r->excluding
		};
		s->n_sources++;
	}
	s->sources = s->n_sources ? first : NULL;
	if ((s->n_sources || no_sources_known(f, &s->group)) &&
	    filter_mode_deduce(&s->mode, s->users, s->sources, s->n_sources))
		s->have |= MC_HAVE_FILTER;
}

/* Room first, so that pointers into sources stay good. */
int filters_read(struct mc_memberships *m)
{
	const struct gm_iface *f = NULL;
	unsigned at = 0;
	int err;

	m->raw.n = m->sources.n = 0;
	err = read_family(m, MC_IPV4);
	if (!err)
		err = read_family(m, MC_IPV6);
	if (!err)
		err = VEC_ROOM(&m->sources, m->raw.n + 1);
	if (err)
		return err;
	if (m->raw.n)
		qsort(m->raw.v, m->raw.n, sizeof(*m->raw.v), raw_cmp);
	for (unsigned i = 0; i < m->states.n; i++) {
		struct mc_interface_state *s = &m->states.v[i];

		if (!f || f->public.ifindex != s->ifindex || f->public.family != s->group.family)
			f = iface_of(m, s);
		take_sources(m, s, &at, f);
	}
	return 0;
}
