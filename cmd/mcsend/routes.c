/* routes.c - the streams that mcsend feeds: every group on every interface */
#include "mcsend/routes.h"

#include "common/out.h"

#include <errno.h>
#include <mc/group.h>
#include <stdlib.h>
#include <string.h>

/* Does the spec reach into lo..hi? */
static bool touches(const struct mc_spec *s, const char *lo, const char *hi)
{
	struct mc_addr a, b, last = mc_spec_group(s, s->count - 1);

	if (mc_addr_parse(&a, lo) < 0 || mc_addr_parse(&b, hi) < 0)
		return false;
	return s->first.family == a.family && mc_addr_cmp(&s->first, &b) <= 0 &&
	       mc_addr_cmp(&last, &a) >= 0;
}

/* Groups of routing and neighbour protocols, which a flood would harm. */
static int check_control(const struct mc_spec *s)
{
	char text[MC_ADDR_TEXT];

	if (!touches(s, "224.0.0.0", "224.0.0.255") &&
	    !touches(s, "ff02::", "ff02:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
		return 0;
	return usage_error(mc_addr_format(&s->first, text),
			   "link-local control groups are not for test traffic; --force sends all "
			   "the same");
}

static int check_scope(const struct mc_spec *s, const struct config *c)
{
	struct mc_group_info info;
	char text[MC_ADDR_TEXT];

	if (c->ttl <= 1 || c->ttl_scope == TTL_SCOPE_OFF ||
	    mc_group_classify(&info, &s->first) < 0 || info.forwardable)
		return 0;
	mc_addr_format(&s->first, text);
	if (c->ttl_scope == TTL_SCOPE_ERROR)
		return usage_error(text, "scope is %s, no router forwards it whatever the TTL",
				   mc_scope_name(info.scope));
	warn_msg("%s: scope is %s, no router forwards it whatever the TTL", text,
		 mc_scope_name(info.scope));
	return 0;
}

static int check_spec(const struct mc_spec *s, const struct config *c)
{
	char text[MC_ADDR_TEXT];
	int status = 0;

	if (s->n_sources)
		return usage_error(mc_addr_format(&s->first, text),
				   "a sender has no source list; --source chooses its address");
	if (mc_addr_is_multicast(&c->source))
		return usage_error("--source", "%s is a group, not the address of a host",
				   mc_addr_format(&c->source, text));
	if (c->source.family != MC_ANY && c->source.family != s->first.family)
		return usage_error("--source", "not the address family of %s",
				   mc_addr_format(&s->first, text));
	if (!c->force)
		status = check_control(s);
	return status ? status : check_scope(s, c);
}

static int open_outlet(struct outlet *o, const struct config *c)
{
	struct mc_tx_opts t = { .sz = sizeof(t),
				.family = o->family,
				.ifindex = o->iface.index,
				.ttl = (uint8_t)c->ttl,
				.dscp = (uint8_t)c->dscp,
				.no_loop = c->no_loop,
				.no_segment = c->no_gso,
				.source_port = (uint16_t)c->source_port,
				.source = c->source,
				.sndbuf = c->sndbuf };
	struct mc_why why = { "", "" };
	int err = mc_iface_check(&o->iface, o->family, &why);

	if (err)
		return err_why(NULL, err, &why);
	err = mc_tx_open(&o->tx, &t, &why);
	return err ? err_why(o->iface.name, err, &why) : 0;
}

/* The outlet's number, opened when it is new; *status tells a failure. */
static unsigned outlet_for(struct routes *r, const struct mc_iface *iface, enum mc_family family,
			   const struct config *c, int *status)
{
	struct outlet *grown;

	for (unsigned i = 0; i < r->n_outlets; i++)
		if (r->outlets[i].iface.index == iface->index && r->outlets[i].family == family)
			return i;
	grown = realloc(r->outlets, (r->n_outlets + 1) * sizeof(*grown));
	if (!grown) {
		*status = err_why(iface->name, -ENOMEM, NULL);
		return 0;
	}
	r->outlets = grown;
	grown[r->n_outlets] = (struct outlet){ .iface = *iface, .family = family };
	*status = open_outlet(&grown[r->n_outlets], c);
	return r->n_outlets++;
}

static int add_route(struct routes *r, const struct mc_spec *s, const struct mc_iface *iface,
		     const struct config *c)
{
	struct route *grown = realloc(r->v, (r->n + 1) * sizeof(*grown));
	int status = 0;

	if (!grown)
		return err_why(NULL, -ENOMEM, NULL);
	r->v = grown;
	grown[r->n].outlet = outlet_for(r, iface, s->first.family, c, &status);
	grown[r->n].spec = s;
	grown[r->n].first_stream = r->n_streams;
	r->n++;
	r->n_streams += s->count;
	/* The probe numbers streams with 32 bits. */
	if (r->n_streams > UINT32_MAX)
		return usage_error(NULL, "more than 4294967295 groups");
	return status;
}

static int add_named(struct routes *r, const struct mc_spec *s, const char *ifname,
		     const struct config *c)
{
	struct mc_why why = { "", "" };
	struct mc_iface iface;
	int err = mc_iface_get(&iface, ifname, &why);

	return err ? err_why(NULL, err, &why) : add_route(r, s, &iface, c);
}

static int add_spec(struct routes *r, const struct mc_spec *s, const struct config *c)
{
	struct mc_why why = { "", "" };
	struct mc_iface iface;
	int status = 0, err;

	if (s->ifname[0])
		return add_named(r, s, s->ifname, c);
	for (size_t i = 0; !status && i < c->common.interfaces.n; i++)
		status = add_named(r, s, c->common.interfaces.v[i], c);
	if (c->common.interfaces.n)
		return status;
	err = mc_iface_default(&iface, &s->first, &why);
	return err ? err_why(NULL, err, &why) : add_route(r, s, &iface, c);
}

int routes_open(struct routes *r, const struct config *c, const struct opt_args *args)
{
	static char group4[] = DEFAULT_GROUP4, group6[] = DEFAULT_GROUP6;
	char *fallback[] = { c->common.family == MC_IPV6 ? group6 : group4, NULL };
	char **text = args->n ? args->v : fallback;
	int status;

	*r = (struct routes){ .n = 0 };
	status = groups_parse(&r->groups, text, args->n ? (size_t)args->n : 1, (uint16_t)c->port);
	if (!status)
		groups_warn_aliases(&r->groups);
	for (size_t i = 0; !status && i < r->groups.n; i++) {
		status = check_spec(&r->groups.v[i], c);
		if (!status)
			status = add_spec(r, &r->groups.v[i], c);
	}
	return status;
}

void routes_close(struct routes *r)
{
	for (unsigned i = 0; i < r->n_outlets; i++)
		mc_tx_close(r->outlets[i].tx);
	free(r->outlets);
	free(r->v);
	groups_free(&r->groups);
}
