/* bare_replay.c - sends the frames of a capture at a rate
 *
 *   bare_replay IF FILE RATE
 *
 * A plain pcap file of this host's byte order, whole in memory; batches of 64 by
 * sendmmsg on a packet socket.  Prints how many were sent, and in how many
 * nanoseconds. */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH	     64
#define FILE_HEADER  24
#define FRAME_HEADER 16

struct file {
	uint8_t *bytes;
	size_t len;
};

static int fail(const char *what)
{
	perror(what);
	exit(3);
}

static struct file read_file(const char *path)
{
	struct file f = { NULL, 0 };
	FILE *in = fopen(path, "rb");
	long len = in && fseek(in, 0, SEEK_END) == 0 ? ftell(in) : -1;

	if (len < FILE_HEADER)
		fail(path);
	rewind(in);
	f.bytes = malloc((size_t)len);
	f.len = (size_t)len;
	if (!f.bytes || fread(f.bytes, 1, f.len, in) != f.len)
		fail(path);
	fclose(in);
	return f;
}

static int open_socket(const char *ifname)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = 0 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int bytes = 4 << 20;

	to.sll_ifindex = (int)if_nametoindex(ifname);
	if (fd < 0 || !to.sll_ifindex || bind(fd, (struct sockaddr *)&to, sizeof to) < 0)
		fail(ifname);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
	return fd;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* The next frames, at most a batch; *at moves on. */
static unsigned gather(struct file *f, size_t *at, struct mmsghdr *m, struct iovec *v)
{
	unsigned n = 0;

	while (n < BATCH && *at + FRAME_HEADER <= f->len) {
		uint32_t len;

		memcpy(&len, f->bytes + *at + 8, 4);
		if (len > f->len - *at - FRAME_HEADER)
			break;
		v[n] = (struct iovec){ f->bytes + *at + FRAME_HEADER, len };
		m[n] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &v[n], .msg_iovlen = 1 } };
		*at += FRAME_HEADER + len;
		n++;
	}
	return n;
}

static void send_all(int fd, struct mmsghdr *m, unsigned n)
{
	for (unsigned done = 0; done < n;) {
		int sent = sendmmsg(fd, m + done, n - done, 0);

		if (sent > 0)
			done += (unsigned)sent;
	}
}

int main(int argc, char **argv)
{
	struct mmsghdr m[BATCH];
	struct iovec v[BATCH];
	uint64_t start, sent = 0;
	size_t at = FILE_HEADER;
	struct file f;
	double rate;
	unsigned n;
	int fd;

	if (argc != 4)
		return 2;
	f = read_file(argv[2]);
	fd = open_socket(argv[1]);
	rate = atof(argv[3]);
	start = now_ns();
	while ((n = gather(&f, &at, m, v)) > 0) {
		/* Late is never made up for by a burst of more than a batch. */
		while ((double)(now_ns() - start) * rate < (double)sent * 1e9)
			;
		send_all(fd, m, n);
		sent += n;
	}
	printf("%llu %llu\n", (unsigned long long)sent, (unsigned long long)(now_ns() - start));
	return 0;
}
