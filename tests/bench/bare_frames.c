/* bare_frames.c - how fast frames of one IGMPv2 report each leave a packet socket
 *
 *   bare_frames sendmmsg|libnet IFINDEX IFNAME SECONDS
 *
 * Each frame gets a MAC, an address and a group of its own; prints frames a second. */
#include <libnet.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define FRAME 46

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static uint16_t sum(const uint8_t *p, size_t n)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i += 2)
		s += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)~s;
}

static void put_sum(uint8_t *p, size_t n, size_t at)
{
	uint16_t s;

	p[at] = p[at + 1] = 0;
	s = sum(p, n);
	p[at] = (uint8_t)(s >> 8);
	p[at + 1] = (uint8_t)s;
}

static const uint8_t template[FRAME] = {
	1,    0,    0x5e, 1,  0,    0, 2,    0, 0,   0, 0, 0, 8,  0, /* Ethernet */
	0x46, 0xc0, 0,	  32, 0,    0, 0x40, 0, 1,   2, 0, 0, 10, 64, 0, 0, 239, 1, 0, 0, /* IP */
	0x94, 4,    0,	  0,  0x16, 0, 0,    0, 239, 1, 0, 0, /* report */
};

static void patch(uint8_t *f, uint32_t n)
{
	f[9] = f[27] = (uint8_t)(n >> 16);
	f[10] = f[28] = (uint8_t)(n >> 8);
	f[11] = f[29] = (uint8_t)n;
	f[4] = f[32] = f[44] = (uint8_t)(n % 10000 >> 8);
	f[5] = f[33] = f[45] = (uint8_t)(n % 10000);
	put_sum(f + 14, 24, 10);
	put_sum(f + 38, 8, 2);
}

static uint64_t run_sendmmsg(int ifindex, double seconds)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };
	static uint8_t frames[BATCH][FRAME];
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec iov[BATCH];
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	double end = now() + seconds;
	uint64_t sent = 0;

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return 0;
	for (int i = 0; i < BATCH; i++) {
		memcpy(frames[i], template, FRAME);
		iov[i] = (struct iovec){ frames[i], FRAME };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	while (now() < end) {
		int ret;

		for (uint32_t i = 0; i < BATCH; i++)
			patch(frames[i], (uint32_t)sent + i);
		ret = sendmmsg(fd, msg, BATCH, 0);
		sent += ret > 0 ? (uint64_t)ret : 0;
	}
	close(fd);
	return sent;
}

/* What libnet's tags are for: each block of the frame before is rebuilt in place.
 * libnet computes both checksums. */
struct blocks {
	libnet_ptag_t igmp, alert, ip, ethernet;
};

static int rebuild(libnet_t *l, struct blocks *b, uint32_t n)
{
	static const uint8_t alert[4] = { 0x94, 4 };
	uint8_t f[FRAME];
	uint32_t src, dst;

	memcpy(f, template, FRAME);
	patch(f, n);
	memcpy(&src, f + 26, 4);
	memcpy(&dst, f + 30, 4);
	b->igmp = libnet_build_igmp(0x16, 0, 0, dst, NULL, 0, l, b->igmp);
	b->alert = libnet_build_ipv4_options(alert, sizeof(alert), l, b->alert);
	b->ip = libnet_build_ipv4(32, 0xc0, 0, 0x4000, 1, 2, 0, src, dst, NULL, 0, l, b->ip);
	b->ethernet = libnet_build_ethernet(f, f + 6, 0x800, NULL, 0, l, b->ethernet);
	return b->igmp < 0 || b->alert < 0 || b->ip < 0 || b->ethernet < 0 ? -1 : 0;
}

static uint64_t run_libnet(const char *ifname, double seconds)
{
	char err[LIBNET_ERRBUF_SIZE];
	libnet_t *l = libnet_init(LIBNET_LINK, ifname, err);
	double end = now() + seconds;
	struct blocks b = { 0 };
	uint64_t sent = 0;

	if (!l)
		return 0;
	while (sent % 16 || now() < end) {
		if (rebuild(l, &b, (uint32_t)sent) < 0 || libnet_write(l) < 0)
			break;
		sent++;
	}
	libnet_destroy(l);
	return sent;
}

int main(int argc, char **argv)
{
	double seconds = argc == 5 ? atof(argv[4]) : 0;
	uint64_t sent;

	if (seconds <= 0)
		return 2;
	sent = strcmp(argv[1], "libnet") ? run_sendmmsg(atoi(argv[2]), seconds)
					 : run_libnet(argv[3], seconds);
	printf("%.0f\n", (double)sent / seconds);
	return !sent;
}
