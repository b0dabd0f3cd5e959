/* socket_ask.c - asks a socket for its memberships
 *
 * There is no call that lists them, only one that answers for a group and an
 * interface, so the art is to ask little.  The kernel keeps memberships in a
 * socket's memory for options and tells its size (SO_MEMINFO): none means none
 * joined, and once the answers add up to all of it there are no more.  What the
 * socket had last time is asked first, then what comes after the last answer in
 * numeric order, which is how programs tend to join. */
#include "sys/memberships.h"
#include "sys/sockaddr.h"
#include "sys/sockets.h"

#include <linux/sock_diag.h>

#define SOURCES_AT_ONCE 64
#define SOURCE_BLOCK	10 /* IP_SFBLOCK: room for sources grows by so many */

/* Sizes of struct ip_mc_socklist and ipv6_mc_socklist, which are not public. */
#define LIST_BYTES4 (16 + 4 * sizeof(void *))
#define LIST_BYTES6 (24 + 4 * sizeof(void *))
#define SFLIST_HEAD (8 + 2 * sizeof(void *)) /* ip_sf_socklist, ip6_sf_socklist */

/* One socket being asked. */
struct asking {
	struct mc_sockets *s;
	unsigned index;
	int fd;
	uint32_t optmem;
	uint32_t least, blocks; /* what the answers take of it, sources counted two ways */
	unsigned first_state;
};

union filter {
	struct group_filter gf;
	uint8_t room[GROUP_FILTER_SIZE(SOURCES_AT_ONCE)];
};

static void take_meminfo(struct asking *a)
{
	struct found_socket *f = &a->s->round.sockets.v[a->index];
	uint32_t mem[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(mem);

	if (getsockopt(a->fd, SOL_SOCKET, SO_MEMINFO, mem, &len) == 0) {
		f->public.counted = true;
		f->public.queued_bytes = mem[SK_MEMINFO_RMEM_ALLOC];
		f->public.rcvbuf_bytes = mem[SK_MEMINFO_RCVBUF];
		f->public.drops = mem[SK_MEMINFO_DROPS];
		f->optmem = mem[SK_MEMINFO_OPTMEM];
	}
	a->optmem = f->optmem;
}

/* True when the answers explain all of the memory. */
static bool satisfied(const struct asking *a)
{
	return a->optmem != OPTMEM_UNKNOWN && (a->optmem == a->least || a->optmem == a->blocks);
}

static bool joined_already(const struct asking *a, const struct wanted *w)
{
	for (unsigned i = a->first_state; i < a->s->round.states.n; i++) {
		const struct found_state *f = &a->s->round.states.v[i];

		if (f->ifindex == w->ifindex && mc_addr_cmp(&f->group, &w->group) == 0)
			return true;
	}
	return false;
}

static void count_memory(struct asking *a, enum mc_family family, unsigned n)
{
	size_t list = family == MC_IPV4 ? LIST_BYTES4 : LIST_BYTES6;
	size_t each = family == MC_IPV4 ? 4 : 16;
	unsigned up = (n + SOURCE_BLOCK - 1) / SOURCE_BLOCK * SOURCE_BLOCK;

	a->least += (uint32_t)(list + (n ? SFLIST_HEAD + n * each : 0));
	a->blocks += (uint32_t)(list + (n ? SFLIST_HEAD + up * each : 0));
}

static int add_state(struct asking *a, struct wanted *w, const struct group_filter *gf)
{
	struct socket_round *r = &a->s->round;
	struct found_state f = {
		.socket = a->index,
		.ifindex = w->ifindex,
		.group = w->group,
		.mode = gf->gf_fmode == MCAST_INCLUDE ? MC_INCLUDE : MC_EXCLUDE,
		.first_source = r->sources.n,
	};
	struct mc_addr source;
	uint16_t port;

	count_memory(a, (enum mc_family)w->group.family, gf->gf_numsrc);
	for (unsigned i = 0; i < gf->gf_numsrc; i++) {
		sockaddr_read(&source, &port, &gf->gf_slist[i]);
		/* An anchor is the means of reading, not part of what is read. */
		if (anchor_is(&w->group, &source))
			return 0;
		if (VEC_PUSH(&r->sources, source) < 0)
			return -ENOMEM;
		f.n_sources++;
	}
	if (w->left && w->users != UINT32_MAX)
		w->left--;
	return VEC_PUSH(&r->states, f);
}

static int ask_kernel(struct asking *a, struct group_filter *gf, const struct wanted *w,
		      unsigned room)
{
	socklen_t len = (socklen_t)GROUP_FILTER_SIZE(room);

	a->s->round.questions++;
	gf->gf_interface = w->ifindex;
	gf->gf_numsrc = room;
	gf->gf_fmode = 0;
	sockaddr_fill(&gf->gf_group, &w->group, 0, 0);
	return getsockopt(a->fd, level_of((enum mc_family)w->group.family), MCAST_MSFILTER, gf,
			  &len);
}

/* 1 joined, 0 not, or -ENOMEM. */
static int ask(struct asking *a, struct wanted *w)
{
	union filter small;
	struct group_filter *gf = &small.gf;
	unsigned room = SOURCES_AT_ONCE;
	int err = 0;

	if (joined_already(a, w) || ask_kernel(a, gf, w, room) < 0)
		return 0;
	/* More sources than fit: as many as it said, again until they do. */
	while (!err && gf->gf_numsrc > room) {
		room = gf->gf_numsrc;
		gf = realloc(gf == &small.gf ? NULL : gf, GROUP_FILTER_SIZE(room));
		if (!gf)
			return -ENOMEM;
		if (ask_kernel(a, gf, w, room) < 0)
			break;
	}
	if (gf->gf_numsrc <= room)
		err = add_state(a, w, gf);
	if (gf != &small.gf)
		free(gf);
	return err < 0 ? err : 1;
}

static struct wanted *wanted_find(struct mc_sockets *s, unsigned ifindex,
				  const struct mc_addr *group)
{
	unsigned low = 0, high = s->wanted.n;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;
		struct wanted *w = &s->wanted.v[mid];
		int c = membership_cmp(w->ifindex, &w->group, ifindex, group);

		if (c == 0)
			return w;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* What it had when the last round asked it. */
static int ask_remembered(struct asking *a)
{
	const struct socket_result *r = &a->s->result;
	const struct mc_socket *old;
	uint32_t index;
	int err = 0;

	if (!inode_map_get(&index, &a->s->last, a->s->round.sockets.v[a->index].public.inode))
		return 0;
	old = &r->sockets.v[index];
	for (unsigned i = 0; i < old->n_states && err >= 0 && !satisfied(a); i++) {
		const struct mc_socket_state *st = &r->states.v[old->first_state + i];
		struct wanted *w = wanted_find(a->s, st->ifindex, &st->group);

		if (w)
			err = ask(a, w);
	}
	return err < 0 ? err : 0;
}

/* Everything from the hint on, around.  Whose users are all found is passed
 * over; a socket of IPv4 cannot have joined a group of IPv6. */
static int ask_others(struct asking *a)
{
	bool four = a->s->round.sockets.v[a->index].public.family == MC_IPV4;
	unsigned n = a->s->wanted.n, at = a->s->hint < n ? a->s->hint : 0;
	int got;

	for (unsigned i = 0; i < n && !satisfied(a); i++, at = at + 1 < n ? at + 1 : 0) {
		struct wanted *w = &a->s->wanted.v[at];

		if (!w->left || (four && w->group.family == MC_IPV6))
			continue;
		got = ask(a, w);
		if (got < 0)
			return got;
		if (got)
			a->s->hint = at + 1;
	}
	return 0;
}

int sockets_ask(struct mc_sockets *s, unsigned index, int fd)
{
	struct asking a = { .s = s, .index = index, .fd = fd, .first_state = s->round.states.n };
	int err;

	take_meminfo(&a);
	s->round.sockets.v[index].public.asked = true;
	err = satisfied(&a) ? 0 : ask_remembered(&a);
	return err ? err : ask_others(&a);
}
