/* socket_scan.c - finds the sockets of processes, and duplicates those of interest */
#include "kern/procnet.h"
#include "sys/sockaddr.h"
#include "sys/sockets.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* What is remembered of a socket: 0 not one of ours, else three bytes. */
#define KIND(family, type, protocol)                                                               \
	((uint32_t)(family) << 16 | (uint32_t)(type) << 8 | (uint32_t)(protocol))
#define KIND_FOREIGN 0

void sockets_process_close(struct socket_process *p)
{
	if (p->fds)
		closedir(p->fds);
	if (p->pidfd >= 0)
		close(p->pidfd);
	memset(p, 0, sizeof(*p));
	p->pidfd = -1;
}

/* Up to size - 1 bytes of /proc/PID/NAME, with a NUL behind them; the length. */
static size_t read_of(char *out, size_t size, int pid, const char *name)
{
	char path[48];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, size - 1);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* Threads of the kernel and zombies have no descriptors, whatever we may see. */
static bool has_descriptors(int pid)
{
	struct procnet_task t;
	char line[512];
	size_t len = read_of(line, sizeof(line), pid, "stat");

	return procnet_task_read(&t, text_of(line, len)) && !(t.flags & PF_KTHREAD) &&
	       t.state != 'Z' && t.state != 'X';
}

static void count_failure(struct mc_sockets *s, int err)
{
	if (s->at.gave_up)
		return;
	if (err == EACCES || err == EPERM)
		s->round.denied += has_descriptors(s->at.pid);
	else
		s->round.vanished += err == ENOENT || err == ESRCH;
	s->round.seen -= s->at.fds != NULL;
	s->at.gave_up = true;
}

/* Before cookies, a process' namespace stands for that of its sockets. */
static bool is_here(const struct mc_sockets *s, int pid)
{
	struct stat st;
	char path[48];

	if (s->netns_cookie)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return stat(path, &st) < 0 || st.st_ino == s->netns_inode;
}

/* 1 when there are no more processes. */
static int next_process(struct mc_sockets *s)
{
	struct dirent *e;
	char path[32];

	do {
		e = readdir(s->proc);
		if (!e)
			return 1;
	} while (e->d_name[0] < '1' || e->d_name[0] > '9');
	s->at.pid = atoi(e->d_name);
	snprintf(path, sizeof(path), "/proc/%d/fd", s->at.pid);
	s->at.fds = opendir(path);
	if (!s->at.fds) {
		count_failure(s, errno);
		sockets_process_close(&s->at);
		return 0;
	}
	s->at.here = is_here(s, s->at.pid);
	s->round.seen++;
	return 0;
}

/* The inode of "socket:[INODE]", 0 when the descriptor is something else. */
static uint64_t socket_inode(DIR *fds, const char *name)
{
	static const char prefix[] = "socket:[";
	char target[40];
	ssize_t n = readlinkat(dirfd(fds), name, target, sizeof(target));
	uint64_t inode;
	struct text t;

	if (n <= (ssize_t)sizeof(prefix) - 1 || memcmp(target, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	t = text_of(target + sizeof(prefix) - 1, (size_t)n - (sizeof(prefix) - 1));
	return text_number(&inode, &t, 10) ? inode : 0;
}

/* A duplicate of the process' descriptor, or -1. */
static int duplicate(struct mc_sockets *s, int fd)
{
	int copy = -1;

	if (s->at.gave_up)
		return -1;
	if (s->at.pidfd < 0)
		s->at.pidfd = (int)syscall(SYS_pidfd_open, s->at.pid, 0);
	if (s->at.pidfd >= 0)
		copy = (int)syscall(SYS_pidfd_getfd, s->at.pidfd, fd, 0);
	if (copy < 0 && errno != EBADF)
		count_failure(s, errno);
	return copy;
}

static int option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) < 0 ? 0 : value;
}

static uint32_t kind_of(const struct mc_sockets *s, int fd)
{
	int domain = option(fd, SO_DOMAIN), type = option(fd, SO_TYPE);
	int protocol = option(fd, SO_PROTOCOL);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (domain != AF_INET && domain != AF_INET6)
		return KIND_FOREIGN;
	if (type != SOCK_RAW &&
	    (type != SOCK_DGRAM || (protocol != IPPROTO_UDP && protocol != IPPROTO_UDPLITE)))
		return KIND_FOREIGN;
	if (s->netns_cookie && (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0 ||
				cookie != s->netns_cookie))
		return KIND_FOREIGN;
	return KIND(domain == AF_INET ? MC_IPV4 : MC_IPV6, type, protocol);
}

/* A socket that is not bound is in no list: all there is to know, it says. */
static int add_unlisted(unsigned *index, struct mc_sockets *s, uint64_t inode, uint32_t kind,
			int fd)
{
	struct mc_socket sock = {
		.inode = inode,
		.family = (uint8_t)(kind >> 16),
		.type = (uint8_t)(kind >> 8),
		.protocol = (uint8_t)kind,
		.ifindex = (unsigned)option(fd, SO_BINDTOIFINDEX),
		.uid = (unsigned)-1,
	};
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct stat st;

	sock.local = mc_addr_unspecified((enum mc_family)sock.family);
	if (sock.type == SOCK_DGRAM && getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		sockaddr_read(&sock.local, &sock.port, &ss);
	if (fstat(fd, &st) == 0)
		sock.uid = st.st_uid;
	return sockets_add(index, s, &sock, OPTMEM_UNKNOWN);
}

static int add_holder(struct mc_sockets *s, unsigned index, int fd)
{
	struct found_holder h = { .socket = index, .public = { .fd = fd } };

	if (!s->at.listed) {
		struct mc_process p = { .pid = s->at.pid };
		char path[32], *nl;
		struct stat st;

		read_of(p.name, sizeof(p.name), p.pid, "comm");
		nl = memrchr(p.name, '\n', sizeof(p.name));
		if (nl)
			*nl = '\0';
		snprintf(path, sizeof(path), "/proc/%d", p.pid);
		p.uid = stat(path, &st) == 0 ? st.st_uid : (unsigned)-1;
		if (VEC_PUSH(&s->round.processes, p) < 0)
			return -ENOMEM;
		s->at.listed = true;
	}
	h.public.process = s->round.processes.n - 1;
	return VEC_PUSH(&s->round.holders, h);
}

/* A socket that is in no list (yet): what is it? */
static int look_at(struct mc_sockets *s, uint64_t inode, int fd)
{
	uint32_t kind;
	bool known = inode_map_get(&kind, &s->known, inode) || inode_map_get(&kind, &s->met, inode);
	unsigned index;
	int copy = -1, err = 0;

	if (!known || kind != KIND_FOREIGN)
		copy = duplicate(s, fd);
	if (copy < 0 && kind == KIND_FOREIGN && !known)
		return 0;
	if (!known)
		kind = kind_of(s, copy);
	err = inode_map_put(&s->met, inode, kind);
	if (!err && kind != KIND_FOREIGN && copy >= 0) {
		err = add_unlisted(&index, s, inode, kind, copy);
		if (!err)
			err = sockets_ask(s, index, copy);
		if (!err)
			err = add_holder(s, index, fd);
	}
	if (copy >= 0)
		close(copy);
	return err;
}

/* One that the kernel lists is asked once, unless it has nothing to tell. */
static int look_at_listed(struct mc_sockets *s, unsigned index, int fd)
{
	struct found_socket *f = &s->round.sockets.v[index];
	int err = 0, copy;

	if (!f->public.asked && f->optmem == 0) {
		f->public.asked = true;
	} else if (!f->public.asked) {
		copy = duplicate(s, fd);
		if (copy >= 0) {
			err = sockets_ask(s, index, copy);
			close(copy);
		}
	}
	return err ? err : add_holder(s, index, fd);
}

int sockets_step(struct mc_sockets *s)
{
	struct dirent *e;
	uint64_t inode;
	uint32_t index;

	if (!s->at.fds)
		return next_process(s);
	e = readdir(s->at.fds);
	if (!e) {
		sockets_process_close(&s->at);
		return 0;
	}
	if (e->d_name[0] < '0' || e->d_name[0] > '9')
		return 0;
	errno = 0;
	inode = socket_inode(s->at.fds, e->d_name);
	if (!inode) {
		/* Whoever refuses one refuses all. */
		if (errno == EACCES || errno == EPERM) {
			count_failure(s, errno);
			sockets_process_close(&s->at);
		}
		return 0;
	}
	if (inode_map_get(&index, &s->by_inode, inode))
		return look_at_listed(s, index, atoi(e->d_name));
	return s->at.here ? look_at(s, inode, atoi(e->d_name)) : 0;
}
