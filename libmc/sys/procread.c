/* procread.c - files of /proc, kept open and read again */
#include "sys/procread.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define READ_BYTES 65536

/* /proc/net is the main thread's; the caller may be in another namespace. */
int proc_net_open(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/thread-self/net/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int proc_read(struct text *out, proc_buf *buf, int fd)
{
	*out = text_of("", 0);
	buf->n = 0;
	if (fd < 0)
		return 0;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	for (;;) {
		ssize_t n;

		if (VEC_ROOM(buf, READ_BYTES) < 0)
			return -ENOMEM;
		n = read(fd, buf->v + buf->n, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		buf->n += (unsigned)n;
	}
	*out = text_of(buf->v, buf->n);
	return 0;
}
