/* pusher.c - a second thread, which sends what the first one has built */
#include "mchost/pusher.h"

#include <sched.h>

#include "common/sig.h"

static bool is_set(bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static void set(bool *flag)
{
	__atomic_store_n(flag, true, __ATOMIC_SEQ_CST);
}

/* An error is for the first thread, which meets it too, to tell. */
static void push(struct pusher *p)
{
	int err = mc_inject_flush(p->inject);

	(void)err;
}

static void *thread_main(void *data)
{
	struct pusher *p = data;

	sig_block_all();
	while (!is_set(&p->over)) {
		push(p);
		set(&p->idle);
		push(p); /* what came in between, for which nobody woke us */
		while (sem_wait(&p->work) < 0)
			;
	}
	return NULL;
}

static bool has_second_cpu(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_COUNT(&cpus) > 1;
}

void pusher_start(struct pusher *p, mc_inject *j)
{
	p->inject = j;
	if (!has_second_cpu() || sem_init(&p->work, 0, 0) < 0)
		return;
	p->runs = pthread_create(&p->thread, NULL, thread_main, p) == 0;
	if (p->runs)
		mc_inject_defer(j);
	else
		sem_destroy(&p->work);
}

void pusher_wake(struct pusher *p)
{
	if (p->runs && is_set(&p->idle) && __atomic_exchange_n(&p->idle, false, __ATOMIC_SEQ_CST))
		sem_post(&p->work);
}

void pusher_stop(struct pusher *p)
{
	if (!p->runs)
		return;
	set(&p->over);
	sem_post(&p->work);
	pthread_join(p->thread, NULL);
	sem_destroy(&p->work);
	p->runs = false;
}
