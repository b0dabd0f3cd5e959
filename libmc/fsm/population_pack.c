/* population_pack.c - records into reports that fit the MTU
 *
 * RFC 9776 4.2.17, RFC 9777 5.2.16: records fill as many reports as they need.
 * One that fits no report is cut: of MODE_IS_EXCLUDE and TO_EXCLUDE the same first
 * sources are sent, as a router takes each for the whole; the others go in
 * pieces, a report each. */
#include "population.h"

static unsigned record_size(const struct mc_hosts *p)
{
	return p->family == MC_IPV4 ? 8 : 20;
}

static unsigned source_size(const struct mc_hosts *p)
{
	return p->family == MC_IPV4 ? 4 : 16;
}

static void flush(struct mc_hosts *p)
{
	struct pack *k = &p->pack;
	struct mc_gm_spec spec = { .kind = MC_GM_REPORT,
				   .family = p->family,
				   .version = p->newest,
				   .records = k->records,
				   .n_records = (uint16_t)k->n_records };

	if (k->n_records) {
		p->count.records += k->n_records;
		pop_send_message(p, k->station, &spec, &k->cause);
	}
	k->n_records = k->n_sources = 0;
	k->left = k->space;
}

void pop_pack_begin(struct mc_hosts *p, uint32_t station, const struct cause *cause)
{
	p->pack.station = station;
	p->pack.cause = *cause;
	p->pack.n_records = p->pack.n_sources = 0;
	p->pack.left = p->pack.space;
}

void pop_pack_end(struct mc_hosts *p)
{
	flush(p);
}

void pop_pack_record(struct mc_hosts *p, uint8_t type, const struct mc_addr *group, unsigned n)
{
	struct pack *k = &p->pack;
	unsigned size = record_size(p) + n * source_size(p);

	if (size > k->left)
		flush(p);
	k->left -= record_size(p);
	k->records[k->n_records++] = (struct mc_gm_record_spec){
		.type = type, .group = *group, .sources = &k->sources[k->n_sources]
	};
}

void pop_pack_source(struct mc_hosts *p, const struct mc_addr *source)
{
	struct pack *k = &p->pack;
	struct mc_gm_record_spec *r = &k->records[k->n_records - 1];

	if (k->left < source_size(p)) {
		struct mc_addr group = r->group;
		uint8_t type = r->type;

		if (type == MC_REC_IS_EX || type == MC_REC_TO_EX)
			return;
		flush(p);
		pop_pack_record(p, type, &group, 1);
		r = k->records;
	}
	k->left -= source_size(p);
	k->sources[k->n_sources++] = *source;
	r->n_sources++;
}
