/* router_forget.c - bounded memory: what was heard least recently makes room
 *
 * Each interface makes room for itself if it can: a flood on one does not make
 * the router forget another. */
#include "router_state.h"

enum kind { GROUPS, SOURCES, MEMBERS };

static uint64_t count(const struct rt_iface *f, enum kind kind)
{
	return kind == GROUPS ? f->n_groups : kind == SOURCES ? f->n_sources : f->n_members;
}

static uint32_t oldest(const struct rt_iface *f, enum kind kind)
{
	return kind == GROUPS	 ? f->groups.first
	       : kind == SOURCES ? f->sources.first
				 : f->members.first;
}

/* Of the interface, or of the one that has most. */
static uint32_t victim(const mc_router *r, uint32_t iface, enum kind kind)
{
	const struct rt_iface *most = rt_iface_at(r, iface);

	if (oldest(most, kind) == NONE)
		for (uint32_t id = 0; id < r->ifaces.used; id++)
			if (pool_is_live(&r->ifaces, id) &&
			    count(rt_iface_at(r, id), kind) >= count(most, kind) &&
			    oldest(rt_iface_at(r, id), kind) != NONE)
				most = rt_iface_at(r, id);
	return oldest(most, kind);
}

static void free_parts(mc_router *r, uint32_t id)
{
	struct rt_group *g = rt_group_at(r, id);

	while (g->members.first != NONE)
		rt_member_free(r, g->members.first);
	while (g->sources.first != NONE)
		rt_source_free(r, g->sources.first);
	rt_group_free(r, id);
}

void rt_room_for_group(mc_router *r, uint32_t iface)
{
	uint32_t id;

	if (r->groups.live < r->max_entries)
		return;
	id = victim(r, iface, GROUPS);
	if (id == NONE)
		return;
	r->forgotten_groups++;
	free_parts(r, id);
}

/* A group without its last source goes when its timer comes. */
void rt_room_for_source(mc_router *r, uint32_t iface)
{
	uint32_t id, group;

	if ((uint64_t)r->sources[0].live + r->sources[1].live < r->max_entries)
		return;
	id = victim(r, iface, SOURCES);
	if (id == NONE)
		return;
	group = rt_source_at(r, id)->group;
	r->forgotten_sources++;
	rt_source_free(r, id);
	rt_group_arm(r, group);
}

void rt_room_for_member(mc_router *r, uint32_t iface)
{
	uint32_t id;

	if (r->members.live < r->max_entries)
		return;
	id = victim(r, iface, MEMBERS);
	if (id == NONE)
		return;
	r->forgotten_members++;
	rt_member_free(r, id);
}

/* Everything an interface knows, at once. */
void rt_groups_drop(mc_router *r, uint32_t iface, int64_t when)
{
	struct rt_iface *f = rt_iface_at(r, iface);
	uint32_t id;

	while ((id = f->groups.first) != NONE) {
		struct rt_group *g = rt_group_at(r, id);

		while (g->members.first != NONE)
			rt_member_drop(r, g->members.first, MC_ROUTER_MEMBER_EXPIRED, when);
		if (!(g->flags & RT_GONE))
			rt_tell_group(r, MC_ROUTER_GROUP_EXPIRED, id, when);
		free_parts(r, id);
	}
}
