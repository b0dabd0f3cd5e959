/* hosts.c - three hosts that join, answer a query, and leave */
#include <mc/hosts.h>
#include <stdio.h>
#include <stdlib.h>

static void *grow(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static mc_nsec s(int64_t n)
{
	return (mc_nsec){ n * 1000000000 };
}

/* A program would build the packet of h->spec and send it. */
static void sent(void *data, const struct mc_hosts_sent *h)
{
	(void)data;
	printf("host %u: %s, %s\n", h->host,
	       mc_gm_kind_name(h->spec->kind),
	       mc_hosts_reason_name(h->reason));
}

static void show(void *data, const struct mc_hosts_member *m)
{
	printf("%s %u: %s\n", (const char *)data, m->host,
	       mc_hosts_state_name(m->state));
}

static void count(void *data, const struct mc_addr *g, uint32_t members)
{
	char text[MC_ADDR_TEXT];

	(void)data;
	printf("%s: %u members\n", mc_addr_format(g, text), members);
}

static void run(mc_hosts *p, mc_nsec until)
{
	while (mc_hosts_deadline(p).ns <= until.ns)
		mc_hosts_tick(p, mc_hosts_deadline(p), 1000);
}

int main(void)
{
	struct mc_hosts_opts o = { .sz = sizeof(o),
				   .alloc = grow,
				   .family = MC_IPV4,
				   .seed = 1,
				   .fn = sent };
	struct mc_gm query = { .kind = MC_GM_QUERY,
			       .family = MC_IPV4,
			       .version = 3,
			       .qrv = 2 };
	struct mc_addr asm_group, ssm_group, source;
	struct mc_hosts_member m;
	struct mc_hosts_stats n;
	mc_hosts *p;

	if (mc_addr_parse(&asm_group, "239.1.1.1") < 0 ||
	    mc_addr_parse(&ssm_group, "232.1.1.1") < 0 ||
	    mc_addr_parse(&source, "10.0.0.1") < 0)
		return 1;
	query.group = mc_addr_unspecified(MC_IPV4);
	query.max_resp = s(10);
	query.qqi = s(125);

	/* 0 and 1 speak IGMPv3; 2 does, too, but never answers. */
	if (mc_hosts_open(&p, &o) < 0 || mc_hosts_add(p, 3, 3, 0) < 0 ||
	    mc_hosts_set_flags(p, 2, MC_HOST_MUTE) < 0 ||
	    mc_hosts_join(p, s(0), 0, &asm_group) < 0 ||
	    mc_hosts_join(p, s(0), 2, &asm_group) < 0 ||
	    mc_hosts_set(p, s(0), 1, 0, &ssm_group, MC_INCLUDE, &source,
			 1) < 0)
		return 1;
	run(p, s(20));

	printf("a query\n");
	mc_hosts_message(p, s(20), NULL, &query);
	run(p, s(40));
	mc_hosts_of_group(p, &asm_group, show, "member");
	mc_hosts_of_host(p, 1, show, "host");
	mc_hosts_groups(p, count, NULL);
	printf("host 1 wants it: %d; host 0: %d\n",
	       mc_hosts_wants(p, 1, &source, &ssm_group),
	       mc_hosts_wants(p, 0, &source, &ssm_group));
	printf("host 2: IGMPv%u, flags %u\n",
	       mc_hosts_version(p, s(40), 2), mc_hosts_flags(p, 2));

	if (mc_hosts_leave(p, s(40), 0, &asm_group) < 0 ||
	    mc_hosts_leave_all(p, s(40), 1) < 0)
		return 1;
	run(p, s(60));
	if (!mc_hosts_member(p, &m, 0, &asm_group))
		printf("host 0 is no member any more\n");
	mc_hosts_stats(p, &n);
	printf("%u reports, %u answers\n", (unsigned)n.reports,
	       (unsigned)n.answers);
	mc_hosts_close(p);
	return 0;
}

/* prints:
 * host 0: report, change
 * host 2: report, change
 * host 1: report, change
 * host 0: report, retransmission
 * host 2: report, retransmission
 * host 1: report, retransmission
 * a query
 * host 0: report, answer
 * host 1: report, answer
 * member 2: idle-member
 * member 0: idle-member
 * host 1: idle-member
 * 239.1.1.1: 2 members
 * 232.1.1.1: 1 members
 * host 1 wants it: 1; host 0: 0
 * host 2: IGMPv3, flags 1
 * host 0: report, change
 * host 1: report, change
 * host 0: report, retransmission
 * host 1: report, retransmission
 * host 0 is no member any more
 * 12 reports, 2 answers
 */
