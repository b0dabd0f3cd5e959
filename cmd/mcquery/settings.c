/* settings.c - how to query on one interface: versions, variables, faults */
#include "mcquery/settings.h"

#include <stdio.h>
#include <string.h>

#include "common/out.h"

enum value {
	NOTHING, /* a bool becomes true */
	NUMBER,	 /* int */
	UNSIGNED,
	VERSION, /* unsigned, 0: off */
	TIME,
	ADDRESS, /* one of two: the family decides */
	MAC,	 /* and the bool that says it is there */
	VLAN,
	BAD, /* the word "bad"; a bool becomes true */
};

struct key {
	const char *name;
	enum value value;
	size_t at, at2;
	uint64_t min, max;
};

#define VAR(f)	   offsetof(struct settings, vars.f), 0
#define FIELD(f)   offsetof(struct settings, f), 0
#define PAIR(f, g) offsetof(struct settings, f), offsetof(struct settings, g)

static const struct key keys[] = {
	{ "address", ADDRESS, PAIR(address4, address6), 0, 0 },
	{ "checksum", BAD, FIELD(bad_checksum), 0, 0 },
	{ "destination", ADDRESS, PAIR(destination4, destination6), 0, 0 },
	{ "dst-mac", MAC, PAIR(dst_mac, has_dst_mac), 0, 0 },
	{ "group-membership-interval", TIME, VAR(group_membership_interval), 0, 0 },
	{ "header-checksum", BAD, FIELD(bad_header_sum), 0, 0 },
	{ "igmp-version", VERSION, FIELD(igmp), 0, 3 },
	{ "last-member-query-count", UNSIGNED, VAR(last_member_query_count), 1, 1000 },
	{ "last-member-query-interval", TIME, VAR(last_member_query_interval), 0, 0 },
	{ "last-member-query-time", TIME, VAR(last_member_query_time), 0, 0 },
	{ "mld-version", VERSION, FIELD(mld), 0, 2 },
	{ "no-router-alert", NOTHING, FIELD(no_router_alert), 0, 0 },
	{ "older-host-present-interval", TIME, VAR(older_host_present_interval), 0, 0 },
	{ "other-querier-present-interval", TIME, VAR(other_querier_present_interval), 0, 0 },
	{ "qrv", NUMBER, FIELD(qrv), 0, 7 },
	{ "query-interval", TIME, VAR(query_interval), 0, 0 },
	{ "query-response-interval", TIME, VAR(query_response_interval), 0, 0 },
	{ "robustness", UNSIGNED, VAR(robustness), 1, 255 },
	{ "router-alert", NUMBER, FIELD(router_alert), 0, 65535 },
	{ "src-mac", MAC, PAIR(src_mac, has_src_mac), 0, 0 },
	{ "ssm-any-source", NOTHING, FIELD(ssm_any_source), 0, 0 },
	{ "startup-query-count", UNSIGNED, VAR(startup_query_count), 1, 1000 },
	{ "startup-query-interval", TIME, VAR(startup_query_interval), 0, 0 },
	{ "suppress", NOTHING, FIELD(suppress), 0, 0 },
	{ "tos", NUMBER, FIELD(tos), 0, 255 },
	{ "ttl", NUMBER, FIELD(ttl), 0, 255 },
	{ "vlan", VLAN, FIELD(vlan), 1, 4094 },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int unknown_key(const char *text, const char *name, size_t len)
{
	char list[1024] = "";

	for (size_t i = 0; i < KEYS; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 keys[i].name);
	return usage_error("--set", "'%s': '%.*s' is none of %s", text, (int)len, name, list);
}

static const struct key *find_key(const char *name, size_t len)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strlen(keys[i].name) == len && memcmp(keys[i].name, name, len) == 0)
			return &keys[i];
	return NULL;
}

static int take_number(void *field, const struct key *k, const char *text, const char *value)
{
	uint64_t n;

	if (parse_u64(&n, value) < 0 || n < k->min || n > k->max)
		return usage_error("--set", "'%s': '%s' is not a number from %llu to %llu", text,
				   value, (unsigned long long)k->min, (unsigned long long)k->max);
	if (k->value == VLAN)
		*(uint16_t *)field = (uint16_t)n;
	else if (k->value == NUMBER)
		*(int *)field = (int)n;
	else
		*(unsigned *)field = (unsigned)n;
	return 0;
}

static int take_time(mc_nsec *field, const char *text, const char *value)
{
	if (parse_time(field, value) < 0 || field->ns == 0)
		return usage_error("--set", "'%s': '%s' is not a time; write 10, 500ms or 2m", text,
				   value);
	return 0;
}

static int take_address(struct settings *s, const struct key *k, const char *text,
			const char *value)
{
	struct mc_addr a;

	if (mc_addr_parse(&a, value) < 0)
		return usage_error("--set", "'%s': '%s' is not an address", text, value);
	*(struct mc_addr *)((char *)s + (a.family == MC_IPV4 ? k->at : k->at2)) = a;
	return 0;
}

static int take_mac(struct settings *s, const struct key *k, const char *text, const char *value)
{
	if (mc_mac_parse((struct mc_mac *)((char *)s + k->at), value) < 0)
		return usage_error("--set", "'%s': '%s' is not a MAC; write 02:00:00:00:00:01",
				   text, value);
	*(bool *)((char *)s + k->at2) = true;
	return 0;
}

static int take_value(struct settings *s, const struct key *k, const char *text, const char *value)
{
	void *field = (char *)s + k->at;

	if (k->value == NOTHING && value)
		return usage_error("--set", "'%s': %s takes no value", text, k->name);
	if (k->value != NOTHING && (!value || !*value))
		return usage_error("--set", "'%s': %s needs a value", text, k->name);
	switch (k->value) {
	case NOTHING:
		*(bool *)field = true;
		return 0;
	case BAD:
		*(bool *)field = strcmp(value, "bad") == 0;
		return *(bool *)field
			       ? 0
			       : usage_error("--set", "'%s': %s can only be bad", text, k->name);
	case TIME:
		return take_time(field, text, value);
	case ADDRESS:
		return take_address(s, k, text, value);
	case MAC:
		return take_mac(s, k, text, value);
	default:
		return take_number(field, k, text, value);
	}
}

/* The interface before a colon, "" without; *rest: KEY[=VALUE]. */
static size_t split_name(const char *text, const char **rest)
{
	size_t len = strcspn(text, ":=");

	*rest = text[len] == ':' ? text + len + 1 : text;
	return text[len] == ':' ? len : 0;
}

static bool is_for(const char *text, const char *ifname, const char **rest)
{
	size_t len = split_name(text, rest);

	return *rest == text || (strlen(ifname) == len && memcmp(ifname, text, len) == 0);
}

static int take_set(struct settings *s, const char *text, const char *ifname)
{
	const char *rest;
	bool ours = is_for(text, ifname, &rest);
	size_t len = strcspn(rest, "=");
	const struct key *k = find_key(rest, len);
	struct settings ignored = { 0 };

	if (!k)
		return unknown_key(text, rest, len);
	/* What is for others must be right as well. */
	return take_value(ours ? s : &ignored, k, text, rest[len] ? rest + len + 1 : NULL);
}

static int take_addresses(struct settings *s, const struct opt_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct mc_addr a;

		if (mc_addr_parse(&a, list->v[i]) < 0)
			return usage_error("--address", "'%s' is not an address", list->v[i]);
		if (mc_addr_is_multicast(&a))
			return usage_error("--address",
					   "'%s' is a group: queries come from a "
					   "unicast address",
					   list->v[i]);
		*(a.family == MC_IPV4 ? &s->address4 : &s->address6) = a;
	}
	return 0;
}

int settings_make(struct settings *out, const struct config *c, const char *ifname)
{
	int status;

	memset(out, 0, sizeof(*out));
	out->ttl = out->tos = out->router_alert = out->qrv = UNSET;
	mc_router_vars_init(&out->vars);
	out->igmp = c->common.family == MC_IPV6 ? 0 : (unsigned)c->igmp_version;
	out->mld = c->common.family == MC_IPV4 ? 0 : (unsigned)c->mld_version;
	if (c->max_response.ns)
		out->vars.query_response_interval = c->max_response;
	if (c->max_response.ns && !c->serve)
		out->vars.last_member_query_interval = c->max_response;
	if (c->query_interval.ns)
		out->vars.query_interval = c->query_interval;
	status = take_addresses(out, &c->addresses);
	for (size_t i = 0; !status && i < c->sets.n; i++)
		status = take_set(out, c->sets.v[i], ifname);
	return status;
}

static int check_family(const struct settings *s, const char *ifname, enum mc_family family,
			unsigned version)
{
	const char *why = version ? mc_router_vars_check(&s->vars, family, (uint8_t)version) : NULL;

	return why ? usage_error(ifname, "%s: %s", family == MC_IPV4 ? "IGMP" : "MLD", why) : 0;
}

int settings_check(const struct settings *s, const char *ifname)
{
	int status = check_family(s, ifname, MC_IPV4, s->igmp);

	return status ? status : check_family(s, ifname, MC_IPV6, s->mld);
}

int settings_check_names(const struct config *c, bool (*known)(const void *, const char *),
			 const void *data)
{
	for (size_t i = 0; i < c->sets.n; i++) {
		const char *rest;
		char name[64];
		size_t len = split_name(c->sets.v[i], &rest);

		if (rest == c->sets.v[i])
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len, c->sets.v[i]);
		if (!known(data, name))
			return usage_error("--set", "'%s': %s is not among the interfaces (-i)",
					   c->sets.v[i], name);
	}
	return 0;
}
