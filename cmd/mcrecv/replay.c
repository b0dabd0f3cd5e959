/* replay.c - measures the frames of a capture as if they arrived */
#include "common/out.h"
#include "mcrecv/report.h"
#include "mcrecv/session.h"

#include <mc/capture.h>
#include <mc/frame.h>

/* False: not a whole multicast UDP datagram. */
static bool make_packet(struct mc_packet *p, const struct mc_cap_frame *f, uint32_t linktype,
			bool *broken)
{
	struct mc_frame frame;
	struct mc_udp udp;
	int err = mc_frame_parse(&frame, linktype, f->data.p, f->data.len);

	*broken = err == -MC_ETRUNC || err == -MC_EBADLEN;
	if (err || frame.fragment || !mc_addr_is_multicast(&frame.dst))
		return false;
	err = mc_udp_parse(&udp, &frame);
	*broken = err == -MC_ETRUNC || err == -MC_EBADLEN;
	if (err)
		return false;
	*p = (struct mc_packet){ .source = frame.src,
				 .group = frame.dst,
				 .source_port = udp.src_port,
				 .port = udp.dst_port,
				 .ttl = frame.ttl,
				 .tos = frame.tos,
				 .kernel_time = true,
				 .when = f->when,
				 .payload = udp.payload };
	return true;
}

static void take(struct session *s, struct mc_packet *p, bool ok, bool broken)
{
	uint32_t number = ok ? joins_accept(&s->joins, p) : HINDEX_NONE;

	s->capture_broken += broken;
	if (number == HINDEX_NONE) {
		s->capture_skipped++;
		return;
	}
	p->membership = number;
	session_packet(s, p);
}

int replay_open(struct session *s)
{
	struct mc_why why = { "", "" };
	int err = mc_cap_open_file(&s->replay, s->c->read_file, &why);

	return err ? err_why("--read", err, &why) : 0;
}

int replay_run(struct session *s)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	mc_nsec first = { 0 };
	int ret = 0;

	while (!session_over(s) && (ret = mc_cap_next(s->replay, &f, &why)) == 1) {
		struct mc_packet p;
		bool broken, ok = make_packet(&p, &f, mc_cap_linktype(s->replay), &broken);

		if (!first.ns)
			first = f.when;
		s->wall = f.when;
		s->elapsed.ns = f.when.ns - first.ns;
		take(s, &p, ok, broken);
	}
	return ret < 0 ? err_why(s->c->read_file, ret, &why) : 0;
}
