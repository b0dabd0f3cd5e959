/* observer_many.c - what the observer needs for a message, without reading and judging
 *
 *	observer_many FILE [AT_ONCE [MAX_MEMBERS]]
 *
 * Messages of a capture are parsed in blocks, beforehand, and handed to the observer
 * AT_ONCE at a time (16 unless said).  Prints pairs of name and value: messages;
 * records; CPU time in nanoseconds a message and a record; memberships at the end;
 * how many were forgotten; bytes a membership that is kept. */
#include <mc/capture.h>
#include <mc/observer.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK 4096
#define BYTES 512 /* of a frame; longer ones are left out */

struct parsed {
	uint8_t bytes[BYTES];
	struct mc_frame frame;
	struct mc_gm gm;
};

static size_t bytes_used;

/* With what malloc keeps for itself. */
static void *count_alloc(void *old, size_t size)
{
	void *p;

	if (old)
		bytes_used -= malloc_usable_size(old) + sizeof(size_t);
	if (!size) {
		free(old);
		return NULL;
	}
	p = realloc(old, size);
	if (!p)
		exit(3);
	bytes_used += malloc_usable_size(p) + sizeof(size_t);
	return p;
}

static int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* whatever runs beside it */
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "observer_many: %s: %s\n", what, why);
	exit(3);
}

/* Up to BLOCK messages; 0 at the end. */
static unsigned read_block(mc_cap *cap, struct parsed *block, struct mc_heard *heard)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	unsigned n = 0;
	int got = 1;

	while (n < BLOCK && (got = mc_cap_next(cap, &f, &why)) == 1) {
		struct parsed *p = &block[n];

		if (f.data.len > BYTES)
			continue;
		memcpy(p->bytes, f.data.p, f.data.len);
		if (mc_frame_parse(&p->frame, mc_cap_linktype(cap), p->bytes, f.data.len) < 0 ||
		    mc_gm_parse(&p->gm, &p->frame, NULL) < 0)
			continue;
		heard[n++] = (struct mc_heard){ 0, f.when, &p->frame, &p->gm };
	}
	if (got < 0)
		fail("reading", why.what);
	return n;
}

int main(int argc, char **argv)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts), .alloc = count_alloc };
	struct parsed *block = calloc(BLOCK, sizeof(*block));
	struct mc_heard *heard = calloc(BLOCK, sizeof(*heard));
	unsigned at_once = argc > 2 ? (unsigned)atoi(argv[2]) : 16, n;
	uint64_t messages = 0, records = 0;
	struct mc_observer_stats stats;
	struct mc_why why = { "", "" };
	mc_observer *observer;
	int64_t spent = 0;
	mc_cap *cap;

	if (argc < 2 || !at_once || !block || !heard)
		fail("usage", "observer_many FILE [AT_ONCE [MAX_MEMBERS]]");
	if (mc_cap_open_file(&cap, argv[1], &why) < 0)
		fail(argv[1], why.what);
	opts.max_members = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	if (mc_observer_open(&observer, &opts) < 0)
		fail("observer", "cannot be opened");
	while ((n = read_block(cap, block, heard))) {
		int64_t from = clock_ns();

		for (unsigned i = 0; i < n; i += at_once)
			mc_observer_messages(observer, heard + i,
					     n - i < at_once ? n - i : at_once);
		spent += clock_ns() - from;
		messages += n;
		for (unsigned i = 0; i < n; i++)
			records += block[i].gm.n_records + !block[i].gm.n_records;
	}
	mc_observer_stats(observer, &stats);
	printf("messages %llu records %llu message_ns %.0f record_ns %.1f members %llu "
	       "forgotten %llu bytes %.1f\n",
	       (unsigned long long)messages, (unsigned long long)records,
	       (double)spent / (double)messages, (double)spent / (double)records,
	       (unsigned long long)stats.members, (unsigned long long)stats.forgotten,
	       (double)bytes_used / (double)(stats.members ? stats.members : 1));
	mc_observer_close(observer);
	mc_cap_close(cap);
	free(block);
	free(heard);
	return 0;
}
