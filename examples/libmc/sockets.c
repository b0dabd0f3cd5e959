/* sockets.c - which process joined which group */
#include <mc/sockets.h>
#include <stdio.h>

static void show(const struct mc_sockets_result *r)
{
	char text[MC_ADDR_TEXT];

	for (unsigned i = 0; i < r->n_states; i++) {
		const struct mc_socket_state *st = &r->states[i];
		const struct mc_socket *s = &r->sockets[st->socket];

		for (unsigned k = 0; k < s->n_holders; k++)
			printf("%s joined %s, port %u\n",
			       r->processes[s->holders[k].process].name,
			       mc_addr_format(&st->group, text),
			       s->port);
	}
	if (r->denied > 0)
		fprintf(stderr, "%u processes may not be asked\n",
			r->denied);
}

int main(void)
{
	struct mc_memberships_opts mo = { .sz = sizeof(mo) };
	struct mc_sockets_opts so = { .sz = sizeof(so) };
	mc_nsec budget = { 1000000000 };
	const struct mc_interface_state *groups;
	struct mc_sockets_result result;
	struct mc_why why;
	mc_memberships *m;
	mc_sockets *s;
	int n;

	if (mc_memberships_open(&m, &mo, &why) < 0 ||
	    (n = mc_memberships_read(&groups, m, MC_MEMBERSHIPS_USERS,
				     &why)) < 0 ||
	    mc_sockets_open(&s, &so, &why) < 0 ||
	    mc_sockets_want(s, groups, (unsigned)n) < 0)
		return 1;
	/* 0: the budget is used up, and the round not complete. */
	while ((n = mc_sockets_scan(s, budget, &why)) == 0)
		;
	if (n < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	mc_sockets_result(&result, s);
	show(&result);
	mc_sockets_close(s);
	mc_memberships_close(m);
	return 0;
}

/* prints:
 * mcrecv joined 239.1.1.1, port 5000
 */
