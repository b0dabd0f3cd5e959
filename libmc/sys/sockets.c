/* sockets.c - which process joined: rounds over all processes, in pieces */
#include "sys/memberships.h"
#include "sys/netns.h"
#include "sys/sockets.h"
#include "sys/why.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static uint64_t own_cookie(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0)
		cookie = 0;
	close(fd);
	return cookie;
}

static int open_inside(void *handle)
{
	static const char *const files[SOCKET_FILES] = { "udp",	     "udp6", "udplite",
							 "udplite6", "raw",  "raw6" };
	mc_sockets *s = handle;
	int err = nlsock_open(&s->diag, NETLINK_SOCK_DIAG);

	for (int i = 0; i < SOCKET_FILES; i++)
		s->files[i] = proc_net_open(files[i]);
	s->netns_cookie = own_cookie();
	if (mc_netns_inode(&s->netns_inode, 0) < 0)
		return -EACCES;
	return err == -EPROTONOSUPPORT ? 0 : err;
}

int mc_sockets_open(mc_sockets **out, const struct mc_sockets_opts *o, struct mc_why *why)
{
	mc_sockets *s = calloc(1, sizeof(*s));
	int err;

	*out = NULL;
	if (!s)
		return why_set(why, -ENOMEM, "no memory to read sockets");
	s->diag.fd = s->at.pidfd = -1;
	for (int i = 0; i < SOCKET_FILES; i++)
		s->files[i] = -1;
	err = netns_open_inside(o ? o->netns_fd : 0, open_inside, s, "sockets", why);
	if (err) {
		mc_sockets_close(s);
		return err;
	}
	*out = s;
	return 0;
}

static void free_arrays(mc_sockets *s)
{
	VEC_FREE(&s->wanted);
	VEC_FREE(&s->next_wanted);
	VEC_FREE(&s->round.processes);
	VEC_FREE(&s->round.sockets);
	VEC_FREE(&s->round.holders);
	VEC_FREE(&s->round.states);
	VEC_FREE(&s->round.sources);
	VEC_FREE(&s->result.processes);
	VEC_FREE(&s->result.sockets);
	VEC_FREE(&s->result.holders);
	VEC_FREE(&s->result.states);
	VEC_FREE(&s->result.sources);
	VEC_FREE(&s->buf);
}

void mc_sockets_close(mc_sockets *s)
{
	if (!s)
		return;
	for (int i = 0; i < SOCKET_FILES; i++)
		if (s->files[i] >= 0)
			close(s->files[i]);
	nlsock_close(&s->diag);
	sockets_process_close(&s->at);
	if (s->proc)
		closedir(s->proc);
	inode_map_free(&s->by_inode);
	inode_map_free(&s->known);
	inode_map_free(&s->met);
	inode_map_free(&s->last);
	free_arrays(s);
	free(s);
}

static int wanted_cmp(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	return membership_cmp(x->ifindex, &x->group, y->ifindex, &y->group);
}

int mc_sockets_want(mc_sockets *s, const struct mc_interface_state *groups, unsigned n)
{
	s->next_wanted.n = 0;
	if (VEC_ROOM(&s->next_wanted, n + 1) < 0)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		s->next_wanted.v[s->next_wanted.n++] = (struct wanted){
			.ifindex = groups[i].ifindex,
			.group = groups[i].group,
			.users = groups[i].have & MC_HAVE_USERS ? groups[i].users : UINT32_MAX,
		};
	if (n)
		qsort(s->next_wanted.v, n, sizeof(*s->next_wanted.v), wanted_cmp);
	s->rewanted = true;
	return 0;
}

static int take_wanted(mc_sockets *s)
{
	if (s->rewanted) {
		s->wanted.n = 0;
		if (VEC_ROOM(&s->wanted, s->next_wanted.n + 1) < 0)
			return -ENOMEM;
		if (s->next_wanted.n)
			memcpy(s->wanted.v, s->next_wanted.v,
			       s->next_wanted.n * sizeof(*s->wanted.v));
		s->wanted.n = s->next_wanted.n;
		s->rewanted = false;
	}
	for (unsigned i = 0; i < s->wanted.n; i++)
		s->wanted.v[i].left = s->wanted.v[i].users;
	s->hint = 0;
	return 0;
}

static int begin_round(mc_sockets *s)
{
	struct socket_round *r = &s->round;
	struct inode_map old = s->known;
	int err;

	r->processes.n = r->sockets.n = r->holders.n = r->states.n = r->sources.n = 0;
	r->seen = r->denied = r->vanished = 0;
	r->questions = 0;
	r->spent_ns = 0;
	inode_map_clear(&s->by_inode);
	/* Of the sockets met before, those not met again are forgotten. */
	s->known = s->met;
	s->met = old;
	inode_map_clear(&s->met);
	err = take_wanted(s);
	if (!err)
		err = sockets_list(s);
	if (err)
		return err;
	s->proc = opendir("/proc");
	return s->proc ? 0 : -errno;
}

static void end_round(mc_sockets *s)
{
	sockets_process_close(&s->at);
	if (s->proc)
		closedir(s->proc);
	s->proc = NULL;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static bool can_duplicate(void)
{
	return syscall(SYS_pidfd_getfd, -1, -1, 0) == 0 || errno != ENOSYS;
}

static int failed(mc_sockets *s, int err, struct mc_why *why)
{
	end_round(s);
	return why_set(why, err, "cannot look into processes: %s", mc_strerror(err));
}

int mc_sockets_scan(mc_sockets *s, mc_nsec budget, struct mc_why *why)
{
	int64_t start = now();
	int done = 0;

	if (!s->proc) {
		if (!can_duplicate())
			return why_set(why, -ENOSYS,
				       "the kernel has no pidfd_getfd(2): Linux 5.6 does");
		done = begin_round(s);
	}
	while (!done && now() - start < budget.ns)
		done = sockets_step(s);
	if (done > 0) {
		s->round.spent_ns += now() - start;
		end_round(s);
		done = sockets_finish(s);
		return done < 0 ? failed(s, done, why) : 1;
	}
	s->round.spent_ns += now() - start;
	return done < 0 ? failed(s, done, why) : 0;
}

void mc_sockets_result(struct mc_sockets_result *out, const mc_sockets *s)
{
	*out = s->result.view;
}
