/* netns.c - network namespaces: list, open, enter */
#include "sys/netns.h"
#include "sys/vec.h"
#include "sys/why.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/nsfs.h>

#define OWN   "/proc/thread-self/ns/net"
#define NAMED "/run/netns"

typedef VEC(struct mc_netns) netns_vec;

/* Descriptor 0 stands for the own namespace, so none gets it. */
static int open_above_0(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), high;

	if (fd != 0)
		return fd;
	high = fcntl(0, F_DUPFD_CLOEXEC, 1);
	close(0);
	return high;
}

static int inode_of(uint64_t *out, const char *path)
{
	struct stat st;

	*out = 0;
	if (stat(path, &st) < 0)
		return -errno;
	*out = st.st_ino;
	return 0;
}

int mc_netns_inode(uint64_t *out, int netns_fd)
{
	struct stat st;

	if (netns_fd == 0)
		return inode_of(out, OWN);
	*out = 0;
	if (fstat(netns_fd, &st) < 0)
		return -errno;
	*out = st.st_ino;
	return 0;
}

static struct mc_netns *find(netns_vec *list, uint64_t inode)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->v[i].inode == inode)
			return &list->v[i];
	return NULL;
}

static struct mc_netns *find_or_add(netns_vec *list, uint64_t inode)
{
	struct mc_netns *n = find(list, inode);
	struct mc_netns fresh = { .inode = inode };

	if (n)
		return n;
	return VEC_PUSH(list, fresh) < 0 ? NULL : &list->v[list->n - 1];
}

/* Of a plain file in /run/netns nothing is mounted (yet): no namespace. */
static bool is_netns(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (uint64_t)fs.f_type == NSFS_MAGIC &&
	       ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

static bool named_inode(uint64_t *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && is_netns(fd) && mc_netns_inode(out, fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static int list_named(netns_vec *list)
{
	struct dirent **names;
	int n = scandir(NAMED, &names, NULL, alphasort), err = 0;

	for (int i = 0; i < n; i++) {
		char path[sizeof(NAMED) + 1 + sizeof(names[i]->d_name)];
		uint64_t inode;

		snprintf(path, sizeof(path), NAMED "/%s", names[i]->d_name);
		if (!err && names[i]->d_name[0] != '.' && named_inode(&inode, path)) {
			struct mc_netns *ns = find_or_add(list, inode);

			err = ns ? 0 : -ENOMEM;
			if (ns && !ns->name[0])
				snprintf(ns->name, sizeof(ns->name), "%.*s", MC_NETNS_NAME - 1,
					 names[i]->d_name);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return err;
}

static int list_process(netns_vec *list, int pid, unsigned *hidden)
{
	struct mc_netns *ns;
	uint64_t inode;
	char path[48];
	int err;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	err = inode_of(&inode, path);
	if (err < 0) {
		*hidden += err == -EACCES || err == -EPERM;
		return 0;
	}
	ns = find_or_add(list, inode);
	if (!ns)
		return -ENOMEM;
	ns->n_processes++;
	if (!ns->pid || pid < ns->pid)
		ns->pid = pid;
	return 0;
}

static int list_processes(netns_vec *list, unsigned *hidden)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (e = readdir(dir)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			err = list_process(list, atoi(e->d_name), hidden);
	closedir(dir);
	return err;
}

static int by_kind(const void *a, const void *b)
{
	const struct mc_netns *x = a, *y = b;

	if (x->own != y->own)
		return x->own ? -1 : 1;
	if (!x->name[0] != !y->name[0])
		return x->name[0] ? -1 : 1;
	if (x->name[0])
		return strcmp(x->name, y->name);
	return (x->pid > y->pid) - (x->pid < y->pid);
}

int mc_netns_list(struct mc_netns *out, unsigned max, unsigned *hidden)
{
	netns_vec list = { 0 };
	struct mc_netns *own;
	unsigned refused = 0;
	uint64_t inode;
	int err = inode_of(&inode, OWN);

	if (!err) {
		own = find_or_add(&list, inode);
		err = own ? 0 : -ENOMEM;
		if (own)
			own->own = true;
	}
	if (!err)
		err = list_named(&list);
	if (!err)
		err = list_processes(&list, &refused);
	if (!err) {
		qsort(list.v, list.n, sizeof(*list.v), by_kind);
		memcpy(out, list.v, (list.n < max ? list.n : max) * sizeof(*out));
		err = (int)list.n;
	}
	if (hidden)
		*hidden = err < 0 ? 0 : refused;
	VEC_FREE(&list);
	return err;
}

static void path_of(char *out, size_t size, const char *what)
{
	if (strchr(what, '/'))
		snprintf(out, size, "%s", what);
	else if (what[0] && !what[strspn(what, "0123456789")])
		snprintf(out, size, "/proc/%s/ns/net", what);
	else
		snprintf(out, size, NAMED "/%s", what);
}

int mc_netns_open(int *fd, const char *what, struct mc_why *why)
{
	char path[4096], named[4096];
	int got, err;

	*fd = 0;
	/* A name may be all digits: then it goes before the pid. */
	snprintf(named, sizeof(named), NAMED "/%s", what);
	path_of(path, sizeof(path), what);
	got = strchr(what, '/') ? -1 : open_above_0(named);
	if (got < 0)
		got = open_above_0(path);
	if (got < 0) {
		err = -errno;
		why_set(why, 0, "cannot open network namespace '%s': %s", what, mc_strerror(err));
		if (err == -EACCES)
			why_fix(why, "that needs CAP_SYS_PTRACE");
		else
			why_fix(why, "'ip netns' and 'lsns -t net' list them");
		return err;
	}
	if (!is_netns(got)) {
		close(got);
		return why_set(why, -EINVAL, "'%s' is not a network namespace", what);
	}
	*fd = got;
	return 0;
}

int mc_netns_enter(int *back, int netns_fd, struct mc_why *why)
{
	int home, err;

	*back = 0;
	if (netns_fd == 0)
		return 0;
	home = open_above_0(OWN);
	if (home < 0)
		return why_set(why, -errno, "cannot open " OWN ": %s", mc_strerror(errno));
	if (setns(netns_fd, CLONE_NEWNET) < 0) {
		err = -errno;
		close(home);
		why_set(why, 0, "cannot enter the network namespace: %s", mc_strerror(err));
		if (err == -EPERM)
			why_fix(why, "that needs CAP_SYS_ADMIN");
		return err;
	}
	*back = home;
	return 0;
}

int mc_netns_leave(int *back)
{
	int err = 0;

	if (*back == 0)
		return 0;
	if (setns(*back, CLONE_NEWNET) < 0)
		err = -errno;
	close(*back);
	*back = 0;
	return err;
}

int netns_open_inside(int netns_fd, int (*open_inside)(void *handle), void *handle,
		      const char *what, struct mc_why *why)
{
	int back, err = mc_netns_enter(&back, netns_fd, why);

	if (err)
		return err;
	err = open_inside(handle);
	if (err)
		why_set(why, 0, "cannot read %s: %s", what, mc_strerror(err));
	if (mc_netns_leave(&back) < 0 && !err)
		err = why_set(why, -EIO, "cannot return from the network namespace");
	return err;
}
