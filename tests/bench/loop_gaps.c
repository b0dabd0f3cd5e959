/* loop_gaps.c - how long a program stands still, from files that it renames often
 *
 * loop_gaps FILE: prints, when standard input ends, the longest time in microseconds
 * between two renames to FILE, after the first ten.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define SKIPPED 10

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static unsigned renames(int fd, const char *name)
{
	_Alignas(struct inotify_event) char buf[4096];
	ssize_t n = read(fd, buf, sizeof(buf));
	unsigned found = 0;

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(buf + at);

		found += e->len && strcmp(e->name, name) == 0;
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	return found;
}

int main(int argc, char **argv)
{
	char *name = argc == 2 ? strrchr(argv[1], '/') : NULL;
	struct pollfd fds[2] = { { .fd = inotify_init(), .events = POLLIN }, { .events = POLLIN } };
	int64_t last = 0, longest = 0;
	unsigned count = 0;

	if (!name)
		return 2;
	*name++ = '\0';
	if (fds[0].fd < 0 || inotify_add_watch(fds[0].fd, argv[1], IN_MOVED_TO) < 0)
		return 3;
	while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
		int64_t now = now_us();

		if (!renames(fds[0].fd, name))
			continue;
		if (++count > SKIPPED && now - last > longest)
			longest = now - last;
		last = now;
	}
	printf("%lld\n", (long long)longest);
	return count > SKIPPED ? 0 : 1;
}
