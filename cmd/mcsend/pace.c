/* pace.c - when how many packets are due */
#include "mcsend/pace.h"

#define CATCH_UP_NS 100e6
#define REBASE	    (1u << 24)

void pace_start(struct pace *p, double packets_per_second, uint64_t burst, mc_nsec now)
{
	*p = (struct pace){ .origin_ns = now.ns, .burst = burst };
	if (packets_per_second > 0)
		p->ns_per_packet = 1e9 / packets_per_second;
	if (!burst) {
		p->burst = p->ns_per_packet > 0 ? (uint64_t)(CATCH_UP_NS / p->ns_per_packet) : 0;
		if (p->burst < 64)
			p->burst = 64;
	}
}

/* Keeps the products below 2^53, where a double counts nanoseconds exactly. */
static void rebase(struct pace *p)
{
	uint64_t passed = p->sent + p->given_up - p->base;

	if (passed < REBASE)
		return;
	p->origin_ns += (int64_t)((double)passed * p->ns_per_packet);
	p->base += passed;
}

uint64_t pace_due(struct pace *p, mc_nsec now)
{
	uint64_t passed, owed;

	if (p->ns_per_packet <= 0)
		return p->burst;
	rebase(p);
	if (now.ns < p->origin_ns)
		return 0;
	/* The packet due at the origin itself makes it one more. */
	passed = p->base + (uint64_t)((double)(now.ns - p->origin_ns) / p->ns_per_packet) + 1;
	if (passed <= p->sent + p->given_up)
		return 0;
	owed = passed - p->sent - p->given_up;
	if (owed > p->burst) {
		p->given_up += owed - p->burst;
		owed = p->burst;
	}
	return owed;
}

void pace_sent(struct pace *p, uint64_t n)
{
	p->sent += n;
}

mc_nsec pace_next(const struct pace *p)
{
	double ahead = (double)(p->sent + p->given_up - p->base) * p->ns_per_packet;

	return (mc_nsec){ p->origin_ns + (int64_t)ahead };
}
