/* links.c - the interfaces: what comes in, what is sent, what happens to them */
#include "mcquery/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/hindex.h"
#include "common/out.h"
#include "mcquery/events.h"

/* What concerns us; frames with a tag come behind the keyword.  MLD has
 * hop-by-hop options, or lacks them by mistake. */
#define CONTROL                                                                                    \
	"ip proto 2 or ip6[6] = 0 or (ip6[6] = 58 and ((ip6[40] >= 130 and ip6[40] <= 132) or "    \
	"ip6[40] = 143))"
#define FILTER CONTROL " or (vlan and (" CONTROL "))"
#define RING   (32 * 1024 * 1024) /* room for what a million members answer at once */

/* Frames taken from one interface before the next one has its turn. */
#define SHARE	    1024
#define FRAME_BYTES 65600

/* A frame's time is believed when it is that close to now. */
#define FRAME_AGE_NS 2000000000

/* --- what is sent --------------------------------------------------------- */

static uint32_t frame_hash(const uint8_t *p, size_t len)
{
	return hash_bytes(p, len, 0) | 1;
}

static void remember(struct link *l, const uint8_t *p, size_t len)
{
	if (l->n_sent - l->sent_first == SENT_KEPT)
		l->sent_first++;
	l->sent[l->n_sent++ % SENT_KEPT] = frame_hash(p, len);
}

/* Each frame comes back once, in about the order they were sent in, but perhaps
 * behind all the reports that others had asked for: many may be on their way. */
static bool was_sent(struct link *l, const struct mc_span *frame)
{
	uint32_t hash = frame_hash(frame->p, frame->len);
	unsigned i = l->sent_first;

	while (i != l->n_sent && l->sent[i % SENT_KEPT] != hash)
		i++;
	if (i == l->n_sent)
		return false;
	l->sent[i % SENT_KEPT] = 0;
	while (l->sent_first != l->n_sent && !l->sent[l->sent_first % SENT_KEPT])
		l->sent_first++;
	return true;
}

static void set_faults(struct mc_inject_packet *p, const struct link *l)
{
	const struct settings *s = &l->set;

	p->src_mac = s->has_src_mac ? s->src_mac : l->mac;
	if (s->has_dst_mac)
		p->dst_mac = s->dst_mac;
	p->vlan = s->vlan;
	if (s->ttl != UNSET)
		p->ttl = (uint8_t)s->ttl;
	if (s->tos != UNSET)
		p->tos = (uint8_t)s->tos;
	if (s->router_alert != UNSET) {
		p->router_alert = true;
		p->router_alert_value = (uint16_t)s->router_alert;
	}
	if (s->no_router_alert)
		p->router_alert = false;
	p->bad_checksum = s->bad_checksum;
	p->bad_header_sum = s->bad_header_sum;
}

static int build(struct link *l, uint8_t *frame, const struct mc_router_query *q)
{
	static uint8_t message[FRAME_BYTES];
	const struct settings *s = &l->set;
	struct mc_gm_spec spec = *q->gm;
	struct mc_addr dst = q->dst;
	struct mc_inject_packet p;
	int err;

	if (s->qrv != UNSET && spec.qrv)
		spec.qrv = (uint8_t)s->qrv;
	spec.s |= s->suppress && spec.version == (spec.family == MC_IPV4 ? 3 : 2);
	if (spec.family == MC_IPV4 && s->destination4.family)
		dst = s->destination4;
	if (spec.family == MC_IPV6 && s->destination6.family)
		dst = s->destination6;
	err = mc_inject_gm(&p, message, sizeof(message), &spec, &q->src, &dst);
	if (err < 0)
		return err;
	set_faults(&p, l);
	return mc_inject_build(l->inject, frame, FRAME_BYTES, &p);
}

/* One message for each reason, until a query leaves again. */
static void note_result(struct link *l, int err)
{
	if (err < 0) {
		l->not_sent++;
		/* An interface that goes down is told of by itself. */
		if (err != l->send_error && err != -ENETDOWN)
			warn_msg("%s: a query could not be sent: %s", l->iface.name,
				 mc_strerror(err));
	}
	l->send_error = err < 0 ? err : 0;
}

void links_send(void *data, const struct mc_router_query *q)
{
	static uint8_t frame[FRAME_BYTES];
	struct run *r = data;
	struct link *l = &r->links[q->iface];
	int len = build(l, frame, q);
	struct mc_span span = { frame, len > 0 ? (size_t)len : 0 };
	int ret = len < 0 ? len : mc_inject_send(l->inject, &span, 1);

	if (ret > 0)
		remember(l, frame, span.len);
	note_result(l, ret);
}

/* --- what comes in -------------------------------------------------------- */

/* The frame's arrival on the monotonic clock; when the wall clock was set since,
 * now has to do. */
static mc_nsec arrival(const struct run *r, mc_nsec when)
{
	int64_t at = when.ns - r->offset;

	if (at > r->now.ns || at < r->now.ns - FRAME_AGE_NS)
		at = r->now.ns;
	return (mc_nsec){ at };
}

static bool is_listening(const struct link *l, enum mc_family family)
{
	struct mc_router_iface i;

	return mc_router_iface(l->r->router, &i, (uint32_t)(l - l->r->links), family) == 0 &&
	       i.state == MC_ROUTER_LISTENING;
}

/* A query from our address that we did not send: another program on this host, or
 * a host with our address.  Who comes second gives up; who serves already may be
 * hearing somebody who only asks. */
static void twin(struct link *l, const struct mc_frame *f)
{
	const struct config *c = l->r->c;
	char text[MC_ADDR_TEXT];

	if (l->told_twin || !c->serve)
		return;
	l->told_twin = true;
	mc_addr_format(&f->src, text);
	if (c->force || c->listen_only || !is_listening(l, (enum mc_family)f->src.family)) {
		warn_msg("%s: somebody else queries from %s too", l->iface.name, text);
		return;
	}
	err_msg("%s: somebody else queries from %s, which is our own address: another program "
		"here, or a duplicate; choose another --address, or --force",
		l->iface.name, text);
	l->r->status = EXIT_ENV;
}

static bool from_us(const struct link *l, const struct mc_frame *f)
{
	struct mc_addr own = link_address(l, (enum mc_family)f->src.family);

	return link_version(l, (enum mc_family)f->src.family) && own.family &&
	       !mc_addr_is_unspecified(&own) && mc_addr_cmp(&own, &f->src) == 0;
}

static bool for_our_vlan(const struct link *l, const struct mc_frame *f)
{
	return l->set.vlan ? f->n_vlans == 1 && f->vlans[0] == l->set.vlan : f->n_vlans == 0;
}

/* This host does not hear our queries: what its kernel reports would come once and
 * expire.  Its memberships are read from the kernel instead, where wanted. */
static bool is_own_report(const struct link *l, const struct mc_frame *f, const struct mc_gm *gm)
{
	const struct mc_addr *own = f->src.family == MC_IPV4 ? &l->iface.addr4 : &l->iface.addr6;

	return gm->kind != MC_GM_QUERY && l->has_mac && f->has_src_mac &&
	       memcmp(&l->mac, &f->src_mac, sizeof(l->mac)) == 0 &&
	       (mc_addr_is_unspecified(&f->src) || mc_addr_cmp(own, &f->src) == 0);
}

static void take_frame(struct link *l, const struct mc_cap_frame *cf)
{
	struct mc_frame f;
	struct mc_gm gm;
	enum mc_fault fault;
	bool parsed;

	if (mc_frame_parse(&f, l->linktype, cf->data.p, cf->data.len) < 0 || !for_our_vlan(l, &f))
		return;
	parsed = mc_gm_parse(&gm, &f, &fault) == 0;
	if (!parsed && (fault == MC_FAULT_PROTOCOL || fault == MC_FAULT_FRAGMENT))
		return;
	if (parsed && is_own_report(l, &f, &gm))
		return;
	if (parsed && gm.kind == MC_GM_QUERY) {
		/* Nobody is to take us for another querier, ourselves least of all. */
		if (was_sent(l, &cf->data))
			return;
		if (from_us(l, &f))
			twin(l, &f);
	}
	(void)mc_router_message(l->r->router, (uint32_t)(l - l->r->links), arrival(l->r, cf->when),
				&f, parsed ? &gm : NULL);
}

static void on_frames(void *data)
{
	struct link *l = data;
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	int ret = 1;

	run_clock(l->r);
	for (unsigned n = 0; n < SHARE && l->cap; n++) {
		ret = mc_cap_next(l->cap, &f, &why);
		if (ret != 1)
			break;
		take_frame(l, &f);
	}
	/* Down: the capture goes on when the interface is up again.  Gone: the
	 * announcement says so. */
	if (ret < 0 && ret != -ENETDOWN)
		warn_why(l->iface.name, ret, &why);
}

/* --- addresses and states ------------------------------------------------- */

unsigned link_version(const struct link *l, enum mc_family family)
{
	return family == MC_IPV4 ? l->set.igmp : l->set.mld;
}

struct mc_addr link_address(const struct link *l, enum mc_family family)
{
	const struct mc_addr *chosen = family == MC_IPV4 ? &l->set.address4 : &l->set.address6;
	const struct mc_addr *own = family == MC_IPV4 ? &l->iface.addr4 : &l->iface.addr6;
	const struct mc_addr none = { 0 };

	if (chosen->family)
		return *chosen;
	/* MLD wants a link-local one (RFC 9777 5.1.14). */
	if (family == MC_IPV6 && own->family && !mc_addr_is_link_local(own))
		return none;
	return *own;
}

/* IGMP without an address asks as a switch does; MLD has no such thing. */
static bool can_speak(const struct link *l, enum mc_family family)
{
	struct mc_addr a = link_address(l, family);

	return l->iface.up && l->iface.running && (family == MC_IPV4 || a.family);
}

static void tell_router(struct link *l, enum mc_family family, const struct mc_addr *before)
{
	struct mc_addr a = link_address(l, family);
	uint32_t n = (uint32_t)(l - l->r->links);

	if (!link_version(l, family))
		return;
	if (mc_addr_cmp(&a, before) != 0) {
		events_link(l, "address-changed", &a);
		mc_router_iface_addr(l->r->router, l->r->now, n, family, &a);
	}
	mc_router_iface_up(l->r->router, l->r->now, n, family, can_speak(l, family));
}

static void link_gone(struct link *l)
{
	uint32_t n = (uint32_t)(l - l->r->links);

	if (l->gone)
		return;
	l->gone = true;
	l->r->links_left--;
	events_link(l, "interface-gone", NULL);
	err_msg("%s: the interface is gone", l->iface.name);
	loop_unwatch(&l->r->loop, mc_cap_fd(l->cap));
	mc_router_iface_remove(l->r->router, l->r->now, n, MC_IPV4);
	mc_router_iface_remove(l->r->router, l->r->now, n, MC_IPV6);
	if (!l->r->links_left)
		l->r->status = EXIT_ENV;
}

/* Whatever was announced: what is true now counts. */
static void look_again(struct link *l)
{
	struct mc_addr before4 = link_address(l, MC_IPV4), before6 = link_address(l, MC_IPV6);
	bool was_up = l->iface.up && l->iface.running, is_up;
	struct mc_iface now;

	if (l->gone)
		return;
	if (mc_iface_get_index(&now, l->iface.index, NULL) < 0) {
		link_gone(l);
		return;
	}
	l->iface = now;
	is_up = now.up && now.running;
	if (was_up != is_up)
		events_link(l, is_up ? "interface-up" : "interface-down", NULL);
	tell_router(l, MC_IPV4, &before4);
	tell_router(l, MC_IPV6, &before6);
}

static void on_change(void *data)
{
	struct run *r = data;
	struct mc_iface_event e;
	int ret;

	run_clock(r);
	while ((ret = mc_ifwatch_next(r->watch, &e)) == 1)
		for (unsigned i = 0; i < r->n_links; i++) {
			if (r->links[i].iface.index != e.index)
				continue;
			if (e.change == MC_IFACE_GONE)
				link_gone(&r->links[i]);
			else
				look_again(&r->links[i]);
		}
	for (unsigned i = 0; ret == -ENOBUFS && i < r->n_links; i++)
		look_again(&r->links[i]);
}

/* --- opening -------------------------------------------------------------- */

static int open_capture(struct link *l, struct mc_why *why)
{
	struct mc_cap_opts o = { .sz = sizeof(o),
				 .ifname = l->iface.name,
				 .filter = FILTER,
				 .buffer = RING,
				 .all_multicast = true };
	int err = mc_cap_open(&l->cap, &o, why);

	/* Links without an EtherType have no tags, and libpcap refuses to look. */
	if (err == -EINVAL) {
		o.filter = CONTROL;
		err = mc_cap_open(&l->cap, &o, why);
	}
	if (!err)
		l->linktype = mc_cap_linktype(l->cap);
	return err;
}

static int open_link(struct link *l)
{
	struct mc_why why = { "", "" };
	int err = open_capture(l, &why);

	if (!err)
		err = mc_inject_open(&l->inject, l->iface.index, &why);
	if (err)
		return err_why(NULL, err, &why);
	l->has_mac = mc_inject_mac(&l->mac, l->inject) == 0;
	err = loop_watch(&l->r->loop, mc_cap_fd(l->cap), on_frames, l);
	return err ? err_why(NULL, err, NULL) : 0;
}

static int find_default(struct mc_iface *out, const struct run *r, struct mc_why *why)
{
	static const uint8_t some_group[] = { 239, 255, 77, 67 };
	struct mc_addr group = mc_addr_from_bytes(MC_IPV4, some_group);

	return mc_iface_default(out, r->asked.n ? &r->asked.v[0].first : &group, why);
}

/* name NULL: the default one. */
static int find_link(struct link *l, const char *name)
{
	struct mc_why why = { "", "" };
	int err = name ? mc_iface_get(&l->iface, name, &why) : find_default(&l->iface, l->r, &why);
	int status;

	if (!err)
		err = mc_iface_check(&l->iface, MC_IPV4, &why);
	if (err && err != -EADDRNOTAVAIL)
		return err_why(NULL, err, &why);
	status = settings_make(&l->set, l->r->c, l->iface.name);
	return status ? status : settings_check(&l->set, l->iface.name);
}

static bool is_known(const void *data, const char *name)
{
	const struct run *r = data;

	for (unsigned i = 0; i < r->n_links; i++)
		if (strcmp(r->links[i].iface.name, name) == 0)
			return true;
	return false;
}

static int watch_changes(struct run *r)
{
	struct mc_why why = { "", "" };
	int err = mc_ifwatch_open(&r->watch, &why);

	if (!err)
		err = mc_ifwatch_addresses(r->watch, &why);
	if (!err)
		err = loop_watch(&r->loop, mc_ifwatch_fd(r->watch), on_change, r);
	return err ? err_why(NULL, err, &why) : 0;
}

/* One more, unless it is known. */
static int add_link(struct run *r, const char *name)
{
	struct link *l = &r->links[r->n_links];
	int status;

	if (name && is_known(r, name))
		return 0;
	l->r = r;
	status = find_link(l, name);
	if (!status)
		r->n_links++;
	return status;
}

/* Those of -i and of %IF, else the default one. */
static int find_links(struct run *r)
{
	const struct opt_list *names = &r->c->common.interfaces;
	int status = 0;

	r->links = calloc(names->n + r->asked.n + 1, sizeof(*r->links));
	if (!r->links)
		return err_why(NULL, -ENOMEM, NULL);
	for (size_t i = 0; !status && i < names->n; i++) {
		if (is_known(r, names->v[i]))
			return usage_error("--interface", "%s is given twice", names->v[i]);
		status = add_link(r, names->v[i]);
	}
	for (size_t i = 0; !status && i < r->asked.n; i++)
		if (r->asked.v[i].ifname[0])
			status = add_link(r, r->asked.v[i].ifname);
	if (!status && !r->n_links)
		status = add_link(r, NULL);
	r->links_left = r->n_links;
	return status;
}

/* Two of us with one address would hear each other too late: a name in the abstract
 * namespace of sockets, which belongs to the network namespace and ends with the
 * process, tells at once. */
static int lock(struct link *l, const struct mc_addr *address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[MC_ADDR_TEXT];
	int len;

	if (fd < 0)
		return err_why(l->iface.name, -errno, NULL);
	l->locks[l->n_locks++] = fd;
	len = snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "mcquery/%u/%s", l->iface.index,
		       mc_addr_format(address, text));
	if (bind(fd, (struct sockaddr *)&un,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return err_why(l->iface.name, -errno, NULL);
	err_msg("%s: another mcquery serves it from %s; choose another --address, or --force",
		l->iface.name, text);
	return EXIT_ENV;
}

static int lock_link(struct link *l)
{
	static const enum mc_family families[] = { MC_IPV4, MC_IPV6 };
	const struct config *c = l->r->c;
	int status = 0;

	for (unsigned i = 0; !status && i < 2; i++) {
		struct mc_addr a = link_address(l, families[i]);

		if (c->serve && !c->listen_only && !c->force && a.family &&
		    link_version(l, families[i]))
			status = lock(l, &a);
	}
	return status;
}

int links_open(struct run *r)
{
	int status = find_links(r);

	if (!status)
		status = settings_check_names(r->c, is_known, r);
	/* Before the interfaces are looked at: no change is missed. */
	if (!status)
		status = watch_changes(r);
	for (unsigned i = 0; !status && i < r->n_links; i++) {
		status = lock_link(&r->links[i]);
		if (!status)
			status = open_link(&r->links[i]);
	}
	return status;
}

static enum mc_router_mode mode_of(const struct config *c)
{
	if (!c->serve || c->listen_only)
		return MC_ROUTER_LISTEN_ONLY;
	return c->force ? MC_ROUTER_FORCE : c->if_none ? MC_ROUTER_IF_NONE : MC_ROUTER_SERVE;
}

static int start(struct link *l, enum mc_family family)
{
	struct mc_router_iface_opts o = {
		.sz = sizeof(o),
		.iface = (uint32_t)(l - l->r->links),
		.family = family,
		.version = (uint8_t)link_version(l, family),
		.mode = mode_of(l->r->c),
		.listen_first = !l->r->c->no_listen,
		/* Who asks wants to know what is, not what a router makes of it. */
		.ssm_any_source = l->set.ssm_any_source || !l->r->c->serve,
		.down = !can_speak(l, family),
		.addr = link_address(l, family),
		.mac = l->set.has_src_mac ? l->set.src_mac : l->mac,
		.has_mac = l->has_mac,
		.vars = l->set.vars,
	};

	return o.version ? mc_router_iface_add(l->r->router, l->r->now, &o) : 0;
}

int links_start(struct run *r)
{
	int err = 0;

	for (unsigned i = 0; !err && i < r->n_links; i++) {
		err = start(&r->links[i], MC_IPV4);
		if (!err)
			err = start(&r->links[i], MC_IPV6);
	}
	return err ? err_why(NULL, err, NULL) : 0;
}

void links_close(struct run *r)
{
	for (unsigned i = 0; i < r->n_links && r->links; i++) {
		mc_cap_close(r->links[i].cap);
		mc_inject_close(r->links[i].inject);
		while (r->links[i].n_locks)
			close(r->links[i].locks[--r->links[i].n_locks]);
	}
	mc_ifwatch_close(r->watch);
	free(r->links);
}

uint64_t links_dropped(const struct run *r)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < r->n_links; i++)
		if (r->links[i].cap)
			n += mc_cap_dropped(r->links[i].cap);
	return n;
}

uint64_t links_not_sent(const struct run *r)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < r->n_links; i++)
		n += r->links[i].not_sent;
	return n;
}
