/* probe.c - the payload of a probe, and what is none */
#include <mc/probe.h>
#include <stdio.h>

int main(void)
{
	struct mc_probe p = { .ttl = 8, .stream = 1, .session = 42 };
	uint8_t buf[100] = { 0 };
	uint64_t session;

	if (mc_probe_build(buf, sizeof(buf), &p) < 0)
		return 1;
	/* The next of the same stream, sent 2 s after the epoch. */
	mc_probe_stamp(buf, 1, (mc_nsec){ 2000000000 });

	if (!mc_probe_peek(&session, buf, sizeof(buf)) ||
	    mc_probe_parse(&p, buf, sizeof(buf)) < 0)
		return 1;
	printf("session %u, stream %u, number %u, TTL %u\n",
	       (unsigned)session, p.stream, (unsigned)p.seq, p.ttl);
	printf("\"hello\": %s\n",
	       mc_strerror(mc_probe_parse(&p, "hello", 5)));
	return 0;
}

/* prints:
 * session 42, stream 1, number 1, TTL 8
 * "hello": not a probe
 */
