/* bare_send.c - the shortest loop that sends numbered datagrams to a group
 *
 *   bare_send [-m mmsg|gso|gsommsg] [-i IF] [-s BYTES] [-r PPS] [-g SEGMENTS]
 *             [-f FORMAT] [-d SECONDS] GROUP PORT
 *
 * mmsg: sendmmsg of 64.  gso: UDP_SEGMENT, one run a call.  gsommsg: sixteen
 * runs a sendmmsg.  Every datagram carries a number and the time of its batch,
 * in the place where the format's receiver looks for them.  With -r it spins
 * until a batch is due; the first 300 ms are then slow, for receivers that
 * start a thread for a new sender.  Prints the datagrams and the seconds. */
#include <arpa/inet.h>
#include <endian.h>
#include <err.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define MESSAGES  64
#define RUNS	  16
#define MAX_RUN	  65507
#define SEGMENTS  64
#define WARM_NS	  300000000
#define WARM_PPS  2000
#define SECOND_NS 1000000000

/* What a receiver of the kind expects in a payload. */
struct format {
	const char *name;
	uint8_t head[64];
	unsigned seq_at, seq_bytes;
	unsigned time_at, time_bytes; /* 8: nanoseconds; 4: seconds, then microseconds */
};

static const struct format formats[] = {
	{ "probe", "mcpb\1\0\1\0benchrun", 16, 8, 24, 8 },
	{ "iperf", "", 0, 4, 4, 4 },
	{ "sockperf", "\0\0\0\0\0\0\0\0\0\1\0\0\0\100", 0, 8, 16, 8 },
	{ "mgen", "\0\100\2\10\0\0\0\1", 8, 4, 12, 4 },
};

struct sender {
	int fd;
	unsigned messages;    /* in a call */
	unsigned per_message; /* datagrams */
	unsigned size;
	const struct format *format;
	uint64_t sent;
	uint8_t *data;
	struct mmsghdr msg[MESSAGES];
	struct iovec iov[MESSAGES];
	char control[CMSG_SPACE(sizeof(uint16_t))] __attribute__((aligned(8)));
};

static int64_t now_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * SECOND_NS + ts.tv_nsec;
}

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
	uint64_t wide = htobe64(value);
	uint32_t narrow = htobe32((uint32_t)value);

	memcpy(at, bytes == 8 ? (void *)&wide : (void *)&narrow, bytes);
}

static void stamp(const struct sender *s, uint8_t *datagram, uint64_t seq, int64_t now)
{
	const struct format *f = s->format;
	uint8_t *time = datagram + f->time_at;

	put(datagram + f->seq_at, seq, f->seq_bytes);
	if (f->time_bytes == 8) {
		put(time, (uint64_t)now, 8);
	} else {
		put(time, (uint64_t)(now / SECOND_NS), 4);
		put(time + 4, (uint64_t)(now % SECOND_NS / 1000), 4);
	}
}

static void send_messages(struct sender *s, unsigned messages)
{
	int64_t now = now_ns(CLOCK_REALTIME);
	unsigned n = messages * s->per_message;
	int ret;

	for (unsigned i = 0; i < n; i++)
		stamp(s, s->data + (size_t)i * s->size, s->sent + i, now);
	if (messages == 1)
		ret = sendmsg(s->fd, &s->msg[0].msg_hdr, 0) < 0 ? -1 : 1;
	else
		ret = sendmmsg(s->fd, s->msg, messages, 0);
	if (ret < 0)
		err(3, "send");
	s->sent += (uint64_t)ret * s->per_message;
}

/* As many messages as are due, at most a call's worth, from begin to end. */
static void send_between(struct sender *s, int64_t begin, int64_t end, double pps)
{
	uint64_t before = s->sent;
	int64_t now;

	while ((now = now_ns(CLOCK_MONOTONIC)) < end) {
		double due = (double)s->messages;

		if (pps > 0)
			due = ((double)(now - begin) * pps / SECOND_NS -
			       (double)(s->sent - before)) /
			      s->per_message;
		if (due >= 1)
			send_messages(s, due > s->messages ? s->messages : (unsigned)due);
	}
}

static void prepare(struct sender *s)
{
	struct cmsghdr *c = (struct cmsghdr *)s->control;
	uint16_t segment = (uint16_t)s->size;
	size_t head = s->size < sizeof(s->format->head) ? s->size : sizeof(s->format->head);

	s->data = calloc((size_t)s->messages * s->per_message, s->size);
	if (!s->data)
		err(3, "memory");
	for (unsigned i = 0; i < s->messages * s->per_message; i++)
		memcpy(s->data + (size_t)i * s->size, s->format->head, head);
	c->cmsg_level = SOL_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(c), &segment, sizeof(segment));
	for (unsigned i = 0; i < s->messages; i++) {
		struct msghdr *h = &s->msg[i].msg_hdr;

		s->iov[i].iov_base = s->data + (size_t)i * s->per_message * s->size;
		s->iov[i].iov_len = (size_t)s->per_message * s->size;
		h->msg_iov = &s->iov[i];
		h->msg_iovlen = 1;
		if (s->per_message > 1) {
			h->msg_control = s->control;
			h->msg_controllen = sizeof(s->control);
		}
	}
}

static void open_socket(struct sender *s, const char *ifname, const char *group, const char *port)
{
	struct ip_mreqn out = { .imr_ifindex = (int)if_nametoindex(ifname) };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(port)),
				  .sin_addr.s_addr = inet_addr(group) };

	s->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (s->fd < 0 || setsockopt(s->fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof(out)) < 0 ||
	    connect(s->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err(3, "%s to %s", ifname, group);
}

static void set_mode(struct sender *s, const char *mode, unsigned segments)
{
	unsigned fit = MAX_RUN / s->size;

	s->messages = strcmp(mode, "mmsg") == 0 ? MESSAGES : strcmp(mode, "gso") == 0 ? 1 : RUNS;
	s->per_message = segments < fit ? segments : fit;
	if (strcmp(mode, "mmsg") == 0)
		s->per_message = 1;
}

static const struct format *find_format(const char *name)
{
	for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	errx(2, "no such format: %s", name);
}

int main(int argc, char **argv)
{
	static struct sender s = { .size = 64, .format = formats };
	const char *mode = "mmsg", *ifname = "eth0";
	unsigned segments = SEGMENTS;
	double pps = 0, seconds = 1;
	int64_t begin;
	int c;

	while ((c = getopt(argc, argv, "m:i:s:r:g:f:d:")) != -1) {
		switch (c) {
		case 'm':
			mode = optarg;
			break;
		case 'i':
			ifname = optarg;
			break;
		case 's':
			s.size = (unsigned)atoi(optarg);
			break;
		case 'r':
			pps = atof(optarg);
			break;
		case 'g':
			segments = (unsigned)atoi(optarg);
			break;
		case 'f':
			s.format = find_format(optarg);
			break;
		case 'd':
			seconds = atof(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2 || s.size < 64)
		errx(2, "GROUP and PORT are missing, or the size is below 64");
	set_mode(&s, mode, segments);
	open_socket(&s, ifname, argv[optind], argv[optind + 1]);
	prepare(&s);
	begin = now_ns(CLOCK_MONOTONIC);
	if (pps > 0) {
		send_between(&s, begin, begin + WARM_NS, WARM_PPS);
		begin = now_ns(CLOCK_MONOTONIC);
	}

	uint64_t warm = s.sent;

	send_between(&s, begin, begin + (int64_t)(seconds * SECOND_NS), pps);
	printf("%llu %.6f\n", (unsigned long long)(s.sent - warm),
	       (double)(now_ns(CLOCK_MONOTONIC) - begin) / SECOND_NS);
	return 0;
}
