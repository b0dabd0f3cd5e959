/* nlsock.h - netlink sockets: dumps and notifications, for the readers in kern */
#ifndef SYS_NLSOCK_H
#define SYS_NLSOCK_H

#include "kern/nl.h"

#define NLSOCK_WATCH_BYTES 16384

struct nlsock {
	int fd; /* -1: not open */
	uint32_t seq;
};

/* 0 or -errno; nothing is left open after an error. */
int nlsock_open(struct nlsock *s, int protocol);
void nlsock_close(struct nlsock *s);

/* Called for each message of a dump; a negative result ends it.  m == NULL: the
 * dump begins, what an earlier attempt brought is to be forgotten. */
typedef int nl_message_fn(void *ctx, const struct nl_msg *m);

/* Sends the request, a family's header with attributes behind it, and hands the
 * answers to fn.  Taken again when changes interrupted it.  0, -EOPNOTSUPP or
 * another error of the kernel's, of the socket's, or of fn's. */
int nlsock_dump(struct nlsock *s, uint16_t type, const void *head, size_t len, nl_message_fn *fn,
		void *ctx);

/* Notifications, of a socket that does nothing else. */
struct nlwatch {
	int fd; /* -1: not open */
	struct mc_span rest;
	uint8_t *buf;
};

int nlwatch_open(struct nlwatch *w);
void nlwatch_close(struct nlwatch *w);

/* Joins a group of notifications; -EINVAL: the kernel does not have it. */
int nlwatch_join(struct nlwatch *w, unsigned group);

/* 1 and *out, valid until the next call; 0: nothing there; -ENOBUFS ... */
int nlwatch_next(struct nl_msg *out, struct nlwatch *w);

/* True when there was something (or more than fits); it is forgotten. */
bool nlwatch_drain(struct nlwatch *w);

#endif
