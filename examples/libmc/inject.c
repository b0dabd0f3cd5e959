/* inject.c - an IGMPv2 leave of somebody else, sent twice */
#include <errno.h>
#include <mc/iface.h>
#include <mc/inject.h>
#include <poll.h>
#include <stdio.h>

int main(void)
{
	struct mc_gm_spec leave = { .kind = MC_GM_LEAVE,
				    .family = MC_IPV4,
				    .version = 2 };
	struct mc_inject_packet packet;
	uint8_t message[64], frame[128];
	struct mc_span twice[2] = { { frame, 0 }, { frame, 0 } };
	struct mc_why why = { "", "" };
	struct mc_addr somebody;
	struct mc_iface iface;
	struct pollfd fd = { .events = POLLOUT };
	mc_inject *j;
	int n;

	if (mc_addr_parse(&leave.group, "239.1.1.1") < 0 ||
	    mc_addr_parse(&somebody, "10.0.0.77") < 0 ||
	    mc_iface_default(&iface, &leave.group, &why) < 0 ||
	    mc_inject_open(&j, iface.index, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;

	/* As the RFCs want it: TTL 1, Router Alert, to 224.0.0.2. */
	if (mc_inject_gm(&packet, message, sizeof(message), &leave,
			 &somebody, NULL) < 0 ||
	    mc_inject_mac(&packet.src_mac, j) < 0)
		return 1;
	n = mc_inject_build(j, frame, sizeof(frame), &packet);
	if (n < 0)
		return 1;
	twice[0].len = twice[1].len = (size_t)n;

	fd.fd = mc_inject_fd(j);
	if (poll(&fd, 1, 1000) > 0 && mc_inject_send(j, twice, 2) == 2)
		printf("2 frames of %d bytes sent\n", n);

	/* Where there are many, faster; else as before. */
	if (mc_inject_bypass(j, &why) < 0)
		fprintf(stderr, "%s\n", why.what);
	mc_inject_defer(j); /* here until mc_inject_flush */
	fd.fd = mc_inject_fd(j);
	if (poll(&fd, 1, 1000) > 0 &&
	    mc_inject_send(j, twice, 2) == 2) {
		while (mc_inject_flush(j) == -EAGAIN)
			poll(&fd, 1, 1000);
		printf("2 more, %d dropped\n",
		       (int)mc_inject_dropped(j));
	}
	mc_inject_close(j);
	return 0;
}

/* prints:
 * 2 frames of 46 bytes sent
 * 2 more, 0 dropped
 */
