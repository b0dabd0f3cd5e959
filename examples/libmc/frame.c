/* frame.c - a datagram: built, and read again as a capture would */
#include <mc/frame.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	struct mc_datagram_head h = { .src_port = 40000,
				      .dst_port = 5000,
				      .ttl = 1 };
	char text[MC_ADDR_TEXT];
	uint8_t buf[1500];
	struct mc_frame f;
	struct mc_udp udp;
	uint16_t sum;
	int head;

	if (mc_addr_parse(&h.src, "10.0.0.1") < 0 ||
	    mc_addr_parse(&h.dst, "239.1.1.1") < 0)
		return 1;
	head = mc_datagram_build(buf, sizeof(buf), &h, "hello", 5);
	if (head < 0)
		return 1;
	memcpy(buf + head, "hello", 5);

	if (mc_frame_parse(&f, MC_LINK_RAW, buf, head + 5) < 0 ||
	    mc_udp_parse(&udp, &f) < 0)
		return 1;
	printf("to %s port %u, TTL %u: %.*s\n",
	       mc_addr_format(&f.dst, text), udp.dst_port, f.ttl,
	       (int)udp.payload.len, (const char *)udp.payload.p);

	/* What mc_udp_parse has checked: it sums up to all ones. */
	sum = mc_checksum_pseudo(&f.src, &f.dst, f.protocol,
				 (uint32_t)f.l4.len);
	sum = mc_checksum(f.l4.p, f.l4.len, sum);
	printf("checksum %s\n", sum == 0xffff ? "right" : "wrong");
	return 0;
}

/* prints:
 * to 239.1.1.1 port 5000, TTL 1: hello
 * checksum right
 */
