/* model_capture.c - what a capture adds: queriers, other members, data and its rate */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mctop/model_space.h"

/* Frames taken in one step: the screen must not wait for a busy link. */
#define SHARE 8192

#define FLOWS_MAX 64 /* sources of a group that are told apart */

#define CONTROL                                                                                    \
	"ip proto 2 or ip6[6] = 0 or (ip6[6] = 58 and "                                            \
	"((ip6[40] >= 130 and ip6[40] <= 132) or ip6[40] = 143))"
#define DATA "(ip multicast and udp) or (ip6 multicast and ip6[6] = 17)"

static void on_observation(void *data, const struct mc_observation *o);

static void *alloc(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

/* One capture of one kind on an interface, or on any. */
static int open_one(struct space *s, const char *ifname, unsigned ifindex, bool data,
		    struct mc_why *why)
{
	const struct config *c = s->model->c;
	unsigned shift = c->all_netns ? 3 : 0; /* there may be hundreds of namespaces */
	struct mc_cap_opts o = { .sz = sizeof o,
				 .ifname = ifname,
				 .filter = data ? DATA : CONTROL,
				 .promiscuous = c->promiscuous && ifindex,
				 .buffer = (data ? 8u << 20 : 1u << 20) >> shift };
	struct space_io *io = s->io;
	int err;

	if (io->n_caps == SPACE_CAPS)
		return 0;
	err = mc_cap_open(&io->caps[io->n_caps], &o, why);
	if (err)
		return err;
	io->cap_data[io->n_caps] = data;
	io->cap_ifindex[io->n_caps] = ifindex;
	io->n_caps++;
	return 0;
}

static int open_kinds(struct space *s, const char *ifname, unsigned ifindex, struct mc_why *why)
{
	int err = open_one(s, ifname, ifindex, false, why);

	if (!err && s->model->c->capture == CAPTURE_ALL)
		err = open_one(s, ifname, ifindex, true, why);
	return err;
}

/* In the namespace.  Of single interfaces only when they are to be promiscuous:
 * "any" follows those that come and go. */
void capture_open(struct model *m, struct space *s)
{
	struct mc_observer_opts o = { .sz = sizeof o,
				      .alloc = alloc,
				      .max_members = 100000,
				      .fn = on_observation,
				      .data = s };
	struct mc_why why = { "", "" };
	int err = 0;

	if (m->c->capture == CAPTURE_NONE)
		return;
	if (mc_observer_open(&s->io->observer, &o) < 0)
		need(NULL);
	if (!m->c->promiscuous)
		err = open_kinds(s, "any", 0, &why);
	for (unsigned i = 0; m->c->promiscuous && !err && i < s->n_ifaces; i++)
		err = open_kinds(s, s->ifaces[i]->i.name, s->ifaces[i]->i.index, &why);
	if (!err) {
		for (unsigned i = 0; i < s->n_ifaces; i++)
			capture_mark(s, s->ifaces[i]);
		return;
	}
	capture_close(s);
	if (err == -EPERM || err == -EACCES)
		m->lacks_capture = true;
	else
		event_note(m, why.what[0] ? why.what : mc_strerror(err));
}

void capture_mark(const struct space *s, struct iface *f)
{
	f->captured = f->observed = false;
	for (unsigned i = 0; i < s->io->n_caps; i++) {
		if (s->io->cap_ifindex[i] && s->io->cap_ifindex[i] != f->i.index)
			continue;
		if (s->io->cap_data[i])
			f->captured = true;
		else
			f->observed = true;
	}
}

void capture_close(struct space *s)
{
	while (s->io->n_caps)
		mc_cap_close(s->io->caps[--s->io->n_caps]);
	mc_observer_close(s->io->observer);
	s->io->observer = NULL;
}

bool is_self(const struct iface *f, const struct mc_member *o)
{
	if (o->has_mac && f->has_mac && memcmp(&o->mac, &f->mac, sizeof o->mac) == 0)
		return true;
	return mc_addr_cmp(&o->host, &f->i.addr4) == 0 || mc_addr_cmp(&o->host, &f->i.addr6) == 0;
}

static void on_member(struct model *m, struct iface *f, const struct mc_observation *o)
{
	bool joined = o->what == MC_MEMBER_JOINED;
	struct group *g = group_find(m, f, &o->member->group);

	if (is_self(f, o->member) || !g)
		return;
	if (joined)
		g->others++;
	else if (g->others)
		g->others--;
	event_member(m, joined ? EVENT_MEMBER_JOINED : EVENT_MEMBER_LEFT, f, o->member);
}

static void tell_querier(struct model *m, const struct iface *f, const struct mc_querier *q)
{
	char addr[MC_ADDR_TEXT], every[UNITS_TEXT] = "", text[128];

	if (q->qqi.ns)
		format_duration(every, q->qqi);
	snprintf(text, sizeof text, "querier %s, %sv%u%s%s", mc_addr_format(&q->addr, addr),
		 q->addr.family == MC_IPV6 ? "MLD" : "IGMP", q->version, every[0] ? ", every " : "",
		 every);
	event_iface(m, EVENT_QUERIER, f, &q->addr, text);
}

static void on_querier(struct model *m, struct iface *f, const struct mc_observation *o)
{
	const struct mc_querier *q = o->querier;
	struct querier *known = &f->querier[q->addr.family == MC_IPV6];
	char addr[MC_ADDR_TEXT], text[96];

	if (o->what == MC_QUERIER_LOST) {
		if (mc_addr_cmp(&known->addr, &q->addr) == 0)
			memset(known, 0, sizeof *known);
		snprintf(text, sizeof text, "querier %s is lost", mc_addr_format(&q->addr, addr));
		event_iface(m, EVENT_QUERIER_LOST, f, &q->addr, text);
		return;
	}
	if (o->what == MC_QUERIER_CHANGED && mc_addr_cmp(&known->addr, &q->addr) != 0)
		return;
	*known = (struct querier){ .addr = q->addr,
				   .version = q->version,
				   .interval = q->qqi,
				   .self = mc_addr_cmp(&q->addr, &f->i.addr4) == 0 ||
					   mc_addr_cmp(&q->addr, &f->i.addr6) == 0 };
	tell_querier(m, f, q);
}

static void on_observation(void *data, const struct mc_observation *o)
{
	struct space *s = data;
	struct iface *f = model_iface(s, o->link);

	if (!f)
		return;
	switch (o->what) {
	case MC_MEMBER_JOINED:
	case MC_MEMBER_LEFT:
	case MC_MEMBER_EXPIRED:
		on_member(s->model, f, o);
		break;
	case MC_QUERIER_ELECTED:
	case MC_QUERIER_LOST:
	case MC_QUERIER_CHANGED:
		on_querier(s->model, f, o);
		break;
	default:
		break;
	}
}

static void add_traffic(struct traffic *t, size_t bytes)
{
	t->packets++;
	t->bytes += bytes;
}

static struct flows *flows_of(struct model *m, struct group *g)
{
	struct flows *w = g->flows;

	if (w)
		return w;
	w = g->flows = need(calloc(1, sizeof *w));
	w->group = g;
	w->next = m->flows;
	m->flows = w;
	return w;
}

static struct flow *flow_of(struct flows *w, const struct mc_addr *source)
{
	for (unsigned i = 0; i < w->n; i++)
		if (memcmp(&w->v[i].source, source, sizeof *source) == 0)
			return &w->v[i];
	if (w->n == FLOWS_MAX)
		return NULL;
	if (!(w->n & (w->n - 1)))
		w->v = need(reallocarray(w->v, w->n ? 2 * w->n : 1, sizeof *w->v));
	w->v[w->n] = (struct flow){ .source = *source };
	return &w->v[w->n++];
}

void flows_free(struct model *m, struct group *g)
{
	struct flows **p = &m->flows;

	if (!g->flows)
		return;
	while (*p != g->flows)
		p = &(*p)->next;
	*p = g->flows->next;
	free(g->flows->v);
	free(g->flows);
	g->flows = NULL;
}

static void take_data(struct model *m, struct iface *f, const struct mc_frame *frame, size_t bytes)
{
	struct group *g = group_find(m, f, &frame->dst);
	struct flows *w;
	struct flow *flow;

	add_traffic(&f->in, bytes);
	if (!g)
		return;
	w = flows_of(m, g);
	add_traffic(&w->total, bytes);
	flow = flow_of(w, &frame->src);
	if (flow)
		add_traffic(&flow->t, bytes);
	else
		w->untold++;
}

static void take_frame(struct model *m, struct space *s, unsigned at, const struct mc_cap_frame *c)
{
	struct mc_frame frame;
	struct mc_gm gm;
	struct iface *f;
	int rc = mc_frame_parse(&frame, mc_cap_linktype(s->io->caps[at]), c->data.p, c->data.len);

	if (rc)
		return;
	f = model_iface(s, s->io->cap_ifindex[at] ? s->io->cap_ifindex[at] : frame.ifindex);
	if (!f)
		return;
	if (s->io->cap_data[at])
		take_data(m, f, &frame, frame.ip.len);
	else if (mc_gm_parse(&gm, &frame, NULL) == 0)
		mc_observer_message(s->io->observer, f->i.index, c->when, &frame, &gm);
}

void capture_take(struct model *m, struct space *s)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame c;

	for (unsigned i = 0; i < s->io->n_caps; i++) {
		int rc = 1;

		for (unsigned n = 0; n < SHARE && rc == 1; n++) {
			rc = mc_cap_next(s->io->caps[i], &c, &why);
			if (rc == 1)
				take_frame(m, s, i, &c);
		}
		if (rc < 0) {
			mc_cap_close(s->io->caps[i]);
			s->io->n_caps--;
			s->io->caps[i] = s->io->caps[s->io->n_caps];
			s->io->cap_data[i] = s->io->cap_data[s->io->n_caps];
			s->io->cap_ifindex[i] = s->io->cap_ifindex[s->io->n_caps];
			i--;
		}
	}
}

void capture_discard(struct space *s)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame c;

	for (unsigned i = 0; i < s->io->n_caps; i++)
		for (unsigned n = 0; n < 64 * SHARE; n++)
			if (mc_cap_next(s->io->caps[i], &c, &why) != 1)
				break;
}

static void recount(void *data, const struct mc_member *o)
{
	struct space *s = data;
	struct iface *f = model_iface(s, o->link);
	struct group *g = f && !is_self(f, o) ? group_find(s->model, f, &o->group) : NULL;

	if (g)
		g->others++;
}

/* Of groups that are new, members may have been heard before. */
static void recount_others(struct model *m)
{
	m->others_stale = false;
	for (unsigned i = 0; i < m->n_groups; i++)
		m->groups[i]->others = 0;
	for (unsigned i = 0; i < m->n_spaces; i++)
		if (m->spaces[i]->io->observer &&
		    mc_observer_members(m->spaces[i]->io->observer, recount, m->spaces[i]) < 0)
			need(NULL);
}

void capture_tick(struct model *m)
{
	for (unsigned i = 0; i < m->n_spaces; i++)
		if (m->spaces[i]->io->observer)
			mc_observer_tick(m->spaces[i]->io->observer, now_wall());
	if (m->others_stale)
		recount_others(m);
}

static void sample(struct traffic *t, double seconds)
{
	t->pps = (double)(t->packets - t->sampled_packets) / seconds;
	t->bps = 8 * (double)(t->bytes - t->sampled_bytes) / seconds;
	t->sampled_packets = t->packets;
	t->sampled_bytes = t->bytes;
}

void capture_sample(struct model *m, double seconds)
{
	for (struct flows *w = m->flows; w; w = w->next) {
		sample(&w->total, seconds);
		w->history[w->n_history++ % MODEL_HISTORY] = (float)w->total.bps;
		for (unsigned i = 0; i < w->n; i++)
			sample(&w->v[i].t, seconds);
	}
	for (unsigned i = 0; i < m->n_spaces; i++)
		for (unsigned k = 0; k < m->spaces[i]->n_ifaces; k++)
			sample(&m->spaces[i]->ifaces[k]->in, seconds);
}

struct others_call {
	const struct group *g;
	void (*fn)(void *, const struct mc_member *);
	void *data;
};

static void pass_other(void *data, const struct mc_member *o)
{
	const struct others_call *call = data;

	if (o->link == call->g->iface->i.index && mc_addr_cmp(&o->group, &call->g->addr) == 0 &&
	    !is_self(call->g->iface, o))
		call->fn(call->data, o);
}

void model_others(const struct group *g, void (*fn)(void *, const struct mc_member *), void *data)
{
	struct others_call call = { g, fn, data };
	mc_observer *o = g->iface->space->io->observer;

	if (o && mc_observer_members(o, pass_other, &call) < 0)
		need(NULL);
}
