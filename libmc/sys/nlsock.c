/* nlsock.c - netlink sockets: dumps and notifications */
#include "sys/nlsock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define DUMP_BYTES    32768 /* the most the kernel puts into one answer */
#define DUMP_ATTEMPTS 8	    /* then what came is taken, as good as it gets */

static int netlink_socket(int protocol, int flags)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, protocol);
	int err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&self, sizeof(self)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int nlsock_open(struct nlsock *s, int protocol)
{
	s->seq = 0;
	s->fd = netlink_socket(protocol, 0);
	if (s->fd >= 0)
		return 0;

	int err = s->fd;

	s->fd = -1;
	return err;
}

void nlsock_close(struct nlsock *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static int send_request(struct nlsock *s, uint16_t type, const void *head, size_t len)
{
	struct nlmsghdr h = {
		.nlmsg_len = (uint32_t)(sizeof(h) + len),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.nlmsg_seq = ++s->seq,
	};
	struct iovec parts[] = { { &h, sizeof(h) }, { (void *)(uintptr_t)head, len } };

	return writev(s->fd, parts, 2) < 0 ? -errno : 0;
}

/* The error number that ends a dump: NLMSG_ERROR and NLMSG_DONE begin with it. */
static int verdict(const struct nl_msg *m)
{
	int32_t err = 0;

	if (m->body.len >= sizeof(err))
		memcpy(&err, m->body.p, sizeof(err));
	return err < 0 ? err : 0;
}

/* What a dump has come to. */
struct dump {
	nl_message_fn *fn;
	void *ctx;
	bool torn;
	int err; /* of fn: the rest is read, or no other dump could begin, and dropped */
};

/* The messages of one answer: 1 when the dump goes on, 0 at its end. */
static int take_answer(struct nlsock *s, struct mc_span in, struct dump *d)
{
	struct nl_msg m;

	while (nl_msg_next(&m, &in)) {
		if (m.seq != s->seq)
			continue;
		d->torn |= (m.flags & NLM_F_DUMP_INTR) != 0;
		if (m.type == NLMSG_DONE || m.type == NLMSG_ERROR)
			return verdict(&m);
		if (!d->err && m.type != NLMSG_NOOP)
			d->err = d->fn(d->ctx, &m);
	}
	return 1;
}

static int dump_once(struct nlsock *s, struct dump *d)
{
	uint8_t buf[DUMP_BYTES] __attribute__((aligned(8)));
	int more = 1;

	while (more > 0) {
		ssize_t n = recv(s->fd, buf, sizeof(buf), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		more = take_answer(s, (struct mc_span){ buf, (size_t)n }, d);
	}
	return more ? more : d->err;
}

int nlsock_dump(struct nlsock *s, uint16_t type, const void *head, size_t len, nl_message_fn *fn,
		void *ctx)
{
	struct dump d = { .fn = fn, .ctx = ctx, .torn = true };
	int err = 0;

	for (int i = 0; i < DUMP_ATTEMPTS && d.torn && !err; i++) {
		d.torn = false;
		err = fn(ctx, NULL);
		if (!err)
			err = send_request(s, type, head, len);
		if (!err)
			err = dump_once(s, &d);
	}
	return err;
}

int nlwatch_open(struct nlwatch *w)
{
	w->rest = (struct mc_span){ 0 };
	w->fd = -1;
	w->buf = malloc(NLSOCK_WATCH_BYTES);
	if (!w->buf)
		return -ENOMEM;
	w->fd = netlink_socket(NETLINK_ROUTE, SOCK_NONBLOCK);
	if (w->fd >= 0)
		return 0;

	int err = w->fd;

	nlwatch_close(w);
	return err;
}

void nlwatch_close(struct nlwatch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->buf);
	w->fd = -1;
	w->buf = NULL;
}

int nlwatch_join(struct nlwatch *w, unsigned group)
{
	if (setsockopt(w->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return -errno;
	return 0;
}

int nlwatch_next(struct nl_msg *out, struct nlwatch *w)
{
	while (!nl_msg_next(out, &w->rest)) {
		ssize_t n = recv(w->fd, w->buf, NLSOCK_WATCH_BYTES, 0);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		w->rest = (struct mc_span){ w->buf, (size_t)n };
	}
	return 1;
}

bool nlwatch_drain(struct nlwatch *w)
{
	bool some = w->rest.len > 0;

	w->rest.len = 0;
	while (w->fd >= 0 && (recv(w->fd, w->buf, NLSOCK_WATCH_BYTES, 0) >= 0 || errno == ENOBUFS))
		some = true;
	return some;
}
