/* socket_round.c - makes what a round found the result, sorted and linked */
#include "sys/memberships.h"
#include "sys/sockets.h"

static int by_inode(const void *a, const void *b)
{
	const struct mc_socket *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static int state_cmp(const void *a, const void *b)
{
	const struct found_state *x = a, *y = b;

	if (x->socket != y->socket)
		return x->socket < y->socket ? -1 : 1;
	return membership_cmp(x->ifindex, &x->group, y->ifindex, &y->group);
}

static int holder_cmp(const void *a, const void *b)
{
	const struct found_holder *x = a, *y = b;

	if (x->socket != y->socket)
		return x->socket < y->socket ? -1 : 1;
	if (x->public.process != y->public.process)
		return x->public.process < y->public.process ? -1 : 1;
	return (x->public.fd > y->public.fd) - (x->public.fd < y->public.fd);
}

/* Room for everything first: from there on nothing fails or moves. */
static int make_room(struct mc_sockets *s)
{
	struct socket_result *to = &s->result;
	struct socket_round *r = &s->round;

	to->processes.n = to->sockets.n = to->holders.n = to->states.n = to->sources.n = 0;
	if (VEC_ROOM(&to->processes, r->processes.n + 1) < 0 ||
	    VEC_ROOM(&to->sockets, r->sockets.n + 1) < 0 ||
	    VEC_ROOM(&to->holders, r->holders.n + 1) < 0 ||
	    VEC_ROOM(&to->states, r->states.n + 1) < 0 ||
	    VEC_ROOM(&to->sources, r->sources.n + 1) < 0)
		return -ENOMEM;
	return 0;
}

/* Sockets by inode; what refers to them as found is told their new places. */
static int order_sockets(struct mc_sockets *s)
{
	struct socket_result *to = &s->result;
	struct socket_round *r = &s->round;
	uint32_t place;

	for (unsigned i = 0; i < r->sockets.n; i++)
		to->sockets.v[to->sockets.n++] = r->sockets.v[i].public;
	qsort(to->sockets.v, to->sockets.n, sizeof(*to->sockets.v), by_inode);
	inode_map_clear(&s->last);
	for (unsigned i = 0; i < to->sockets.n; i++)
		if (inode_map_put(&s->last, to->sockets.v[i].inode, i) < 0)
			return -ENOMEM;
	for (unsigned i = 0; i < r->states.n; i++) {
		inode_map_get(&place, &s->last, r->sockets.v[r->states.v[i].socket].public.inode);
		r->states.v[i].socket = place;
	}
	for (unsigned i = 0; i < r->holders.n; i++) {
		inode_map_get(&place, &s->last, r->sockets.v[r->holders.v[i].socket].public.inode);
		r->holders.v[i].socket = place;
	}
	return 0;
}

static void link_states(struct socket_result *to, struct socket_round *r)
{
	if (r->states.n)
		qsort(r->states.v, r->states.n, sizeof(*r->states.v), state_cmp);
	if (r->sources.n)
		memcpy(to->sources.v, r->sources.v, r->sources.n * sizeof(*r->sources.v));
	for (unsigned i = 0; i < r->states.n; i++) {
		const struct found_state *f = &r->states.v[i];
		struct mc_socket *sock = &to->sockets.v[f->socket];

		if (!sock->n_states++)
			sock->first_state = i;
		to->states.v[to->states.n++] = (struct mc_socket_state){
			.socket = f->socket,
			.ifindex = f->ifindex,
			.group = f->group,
			.mode = f->mode,
			.n_sources = f->n_sources,
			.sources = f->n_sources ? to->sources.v + f->first_source : NULL,
		};
	}
}

static void link_holders(struct socket_result *to, struct socket_round *r)
{
	if (r->holders.n)
		qsort(r->holders.v, r->holders.n, sizeof(*r->holders.v), holder_cmp);
	for (unsigned i = 0; i < r->holders.n; i++) {
		struct mc_socket *sock = &to->sockets.v[r->holders.v[i].socket];

		to->holders.v[to->holders.n] = r->holders.v[i].public;
		if (!sock->n_holders++)
			sock->holders = to->holders.v + to->holders.n;
		to->holders.n++;
	}
	if (r->processes.n)
		memcpy(to->processes.v, r->processes.v, r->processes.n * sizeof(*r->processes.v));
	to->processes.n = r->processes.n;
}

static unsigned left_over(const struct mc_sockets *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->wanted.n; i++)
		if (s->wanted.v[i].users != UINT32_MAX)
			n += s->wanted.v[i].left;
	return n;
}

int sockets_finish(struct mc_sockets *s)
{
	unsigned rounds = s->result.view.rounds;
	struct socket_result *to = &s->result;
	struct socket_round *r = &s->round;
	int err = make_room(s);

	memset(&to->view, 0, sizeof(to->view));
	if (!err)
		err = order_sockets(s);
	if (err)
		return err;
	link_states(to, r);
	link_holders(to, r);
	to->view = (struct mc_sockets_result){
		.n_processes = to->processes.n,
		.processes = to->processes.v,
		.n_sockets = to->sockets.n,
		.sockets = to->sockets.v,
		.n_states = to->states.n,
		.states = to->states.v,
		.rounds = rounds + 1,
		.seen = r->seen,
		.denied = r->denied,
		.vanished = r->vanished,
		.unattributed = left_over(s),
		.questions = r->questions,
		.spent = { r->spent_ns },
	};
	return 0;
}
