/* pusher.h - a second thread, which sends what the first one has built */
#ifndef MCHOST_PUSHER_H
#define MCHOST_PUSHER_H

#include <mc/inject.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

struct pusher {
	mc_inject *inject;
	pthread_t thread;
	sem_t work;
	bool runs, idle, over; /* idle and over are both threads' */
};

/* Starts it for an injector that bypasses, where there is a second CPU. */
void pusher_start(struct pusher *p, mc_inject *j);

/* There are frames. */
void pusher_wake(struct pusher *p);

/* Ends it; what it has not sent stays. */
void pusher_stop(struct pusher *p);

#endif
