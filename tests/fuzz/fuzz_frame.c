/* fuzz_frame.c - any bytes as a captured frame of any link type */
#include <mc/frame.h>
#include <stdlib.h>

#include "input.h"

static bool within(struct mc_span inner, struct mc_span outer)
{
	return inner.len == 0 || (inner.p >= outer.p && inner.p + inner.len <= outer.p + outer.len);
}

/* Spans stay inside what they were cut from. */
static void check_frame(const struct mc_frame *f, struct mc_span all)
{
	struct mc_udp u;

	require(within(f->ip, all));
	require(within(f->l4, f->ip));
	require(f->src.family == f->dst.family && f->src.family != MC_ANY);
	require(f->n_vlans <= MC_FRAME_VLANS);
	require(!f->fragment_offset || f->fragment);
	if (mc_udp_parse(&u, f) == 0) {
		require(within(u.payload, f->l4));
		require(u.payload.len + 8 <= f->l4.len);
	}
}

/* A datagram rebuilt from one that was read reads the same again. */
static void check_rebuild(const struct mc_frame *f)
{
	uint8_t buf[48 + 65535];
	struct mc_datagram_head h = { .src = f->src, .dst = f->dst, .ttl = f->ttl, .tos = f->tos };
	struct mc_frame again;
	struct mc_udp u;
	int head;

	if (f->l4.len > 65507)
		return;
	head = mc_datagram_build(buf, sizeof(buf), &h, f->l4.p, f->l4.len);
	require(head == (f->src.family == MC_IPV4 ? 28 : 48));
	for (size_t i = 0; i < f->l4.len; i++)
		buf[(size_t)head + i] = f->l4.p[i];
	require(mc_frame_parse(&again, MC_LINK_RAW, buf, (size_t)head + f->l4.len) == 0);
	require(!again.bad_header_sum && again.ttl == f->ttl && again.tos == f->tos);
	require(mc_udp_parse(&u, &again) == 0 && !u.bad_sum && u.payload.len == f->l4.len);
}

/* The first byte picks the link type. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t links[] = { 1, 0, 101, 108, 113, 228, 229, 276, 9999 };
	struct mc_frame f;

	if (size < 1)
		return 0;
	if (mc_frame_parse(&f, links[data[0] % 9], data + 1, size - 1) == 0) {
		check_frame(&f, (struct mc_span){ data + 1, size - 1 });
		check_rebuild(&f);
	}
	return 0;
}
