/* seq.c - what the numbers of a stream tell */
#include <mc/seq.h>
#include <stdio.h>

static mc_nsec ms(int64_t n)
{
	return (mc_nsec){ n * 1000000 };
}

int main(void)
{
	static struct mc_seq s, elsewhere;
	enum mc_seq_verdict v;

	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 0, ms(0));
	/* Two that arrived as one, then three are missing. */
	mc_seq_add_run(&s, 1, 1, 2, ms(10));
	v = mc_seq_add(&s, 1, 6, ms(50));
	printf("6 is %s\n", mc_seq_verdict_name(v));
	v = mc_seq_add(&s, 1, 4, ms(51));
	printf("4 is %s\n", mc_seq_verdict_name(v));

	/* It goes on from another port. */
	mc_seq_init(&elsewhere, 64);
	mc_seq_add(&elsewhere, 1, 7, ms(60));
	mc_seq_merge(&s, &elsewhere);
	printf("%u received, %u lost, %u reordered\n",
	       (unsigned)s.received, (unsigned)mc_seq_lost(&s),
	       (unsigned)s.reordered);
	printf("longest outage %u ms\n",
	       (unsigned)(mc_seq_longest_outage(&s).ns / 1000000));
	return 0;
}

/* prints:
 * 6 is gap
 * 4 is reordered
 * 6 received, 2 lost, 1 reordered
 * longest outage 40 ms
 */
