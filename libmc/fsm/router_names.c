/* router_names.c - what the router's events, modes and states are called */
#include "router_state.h"

/* No defaults below: a value without a name is a compiler warning. */
const char *mc_router_what_name(enum mc_router_what what)
{
	switch (what) {
	case MC_ROUTER_QUERIER_ELECTED:
		return "querier-elected";
	case MC_ROUTER_QUERIER_LOST:
		return "querier-lost";
	case MC_ROUTER_OTHER_VERSION:
		return "other-version-querier";
	case MC_ROUTER_GROUP_JOINED:
		return "group-joined";
	case MC_ROUTER_GROUP_EXPIRED:
		return "group-expired";
	case MC_ROUTER_MODE_CHANGED:
		return "mode-changed";
	case MC_ROUTER_SOURCE_ADDED:
		return "source-added";
	case MC_ROUTER_SOURCE_CHANGED:
		return "source-changed";
	case MC_ROUTER_SOURCE_REMOVED:
		return "source-removed";
	case MC_ROUTER_MEMBER_JOINED:
		return "member-joined";
	case MC_ROUTER_MEMBER_CHANGED:
		return "member-changed";
	case MC_ROUTER_MEMBER_LEFT:
		return "member-left";
	case MC_ROUTER_MEMBER_EXPIRED:
		return "member-expired";
	case MC_ROUTER_QUERY_SENT:
		return "query-sent";
	}
	return "unknown";
}

const char *mc_router_query_name(enum mc_router_query_kind kind)
{
	switch (kind) {
	case MC_ROUTER_GENERAL:
		return "general";
	case MC_ROUTER_STARTUP:
		return "startup";
	case MC_ROUTER_GROUP:
		return "group";
	case MC_ROUTER_GROUP_SOURCE:
		return "group-and-source";
	}
	return "unknown";
}

const char *mc_router_mode_name(enum mc_router_mode mode)
{
	switch (mode) {
	case MC_ROUTER_SERVE:
		return "serve";
	case MC_ROUTER_LISTEN_ONLY:
		return "listen-only";
	case MC_ROUTER_IF_NONE:
		return "if-none";
	case MC_ROUTER_FORCE:
		return "force";
	}
	return "unknown";
}

const char *mc_router_state_name(enum mc_router_state state)
{
	switch (state) {
	case MC_ROUTER_DOWN:
		return "down";
	case MC_ROUTER_LISTENING:
		return "listening";
	case MC_ROUTER_QUERIER:
		return "querier";
	case MC_ROUTER_NON_QUERIER:
		return "non-querier";
	}
	return "unknown";
}

const char *mc_router_drop_name(enum mc_router_drop d)
{
	static const char *const names[MC_ROUTER_DROPS] = {
		[MC_ROUTER_TAKEN] = "taken",
		[MC_ROUTER_NO_IFACE] = "no-interface",
		[MC_ROUTER_UNREADABLE] = "unreadable",
		[MC_ROUTER_NOT_MEMBERSHIP] = "not-membership",
		[MC_ROUTER_BAD_CHECKSUM] = "bad-checksum",
		[MC_ROUTER_BAD_SOURCE] = "bad-source",
		[MC_ROUTER_NOT_LINK_LOCAL] = "source-not-link-local",
		[MC_ROUTER_HOP_LIMIT] = "hop-limit",
		[MC_ROUTER_NO_ROUTER_ALERT] = "no-router-alert",
		[MC_ROUTER_OWN] = "own-query",
		[MC_ROUTER_BAD_QUERY] = "bad-query",
		[MC_ROUTER_BAD_GROUP] = "bad-group",
		[MC_ROUTER_UNKNOWN_RECORD] = "unknown-record-type",
		[MC_ROUTER_SSM_GROUP] = "ssm-group-without-source",
		[MC_ROUTER_IGNORED] = "ignored-for-compatibility",
		[MC_ROUTER_NO_MEMORY] = "no-memory",
	};

	return (unsigned)d < MC_ROUTER_DROPS ? names[d] : "unknown";
}
