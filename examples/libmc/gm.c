/* gm.c - an IGMPv3 report: built, packed, and read again */
#include <mc/gm.h>
#include <stdio.h>
#include <string.h>

static char text[MC_ADDR_TEXT];

static int build(uint8_t *buf, size_t size, struct mc_addr *dst)
{
	struct mc_addr source, group;
	struct mc_gm_record_spec record = { .type = MC_REC_TO_IN,
					    .sources = &source,
					    .n_sources = 1 };
	struct mc_gm_spec spec = { .kind = MC_GM_REPORT,
				   .family = MC_IPV4,
				   .version = 3,
				   .records = &record,
				   .n_records = 1 };

	if (mc_addr_parse(&source, "10.0.0.1") < 0 ||
	    mc_addr_parse(&group, "232.1.1.1") < 0)
		return -1;
	record.group = group;
	if (mc_gm_destination(dst, &spec) < 0)
		return -1;
	return mc_gm_build(buf, size, &spec, NULL, NULL);
}

static void show(const struct mc_gm *gm)
{
	struct mc_span rest = gm->records;
	struct mc_record_view view;
	struct mc_record r;
	struct mc_addr a;
	size_t pos = 0;

	printf("IGMPv%u %s", gm->version, mc_gm_kind_name(gm->kind));
	while (mc_gm_next(gm, &pos, &r) == 1) {
		printf(", %s (%s) %s", mc_record_short(r.type),
		       mc_record_name(r.type),
		       mc_addr_format(&r.group, text));
		for (unsigned i = 0; i < r.n_sources; i++) {
			a = mc_gm_source(gm->family, &r.sources, i);
			printf(" from %s", mc_addr_format(&a, text));
		}
	}
	/* The same records, nothing copied. */
	while (mc_record_take(&rest, gm->family, &view) == 1)
		printf("\n%zu bytes of sources", view.sources.len);
	printf("\n");
	if (gm->extended && !mc_gm_extensions_ok(&gm->extra))
		printf("its extensions are broken\n");
}

int main(void)
{
	/* IPv4 without checksum, from 10.0.0.2; the report behind it */
	uint8_t buf[100] = { 0x45, [8] = 1, 2, [12] = 10, 0, 0, 2 };
	enum mc_fault fault;
	struct mc_addr dst;
	struct mc_frame f;
	struct mc_gm gm;
	int n = build(buf + 20, sizeof(buf) - 20, &dst);

	if (n < 0)
		return 1;
	buf[3] = (uint8_t)(20 + n);
	memcpy(buf + 16, dst.bytes, 4);
	if (mc_frame_parse(&f, MC_LINK_RAW, buf, 20 + n) < 0 ||
	    mc_gm_parse(&gm, &f, &fault) < 0)
		return 1;
	show(&gm);

	/* Cut in the middle of the record: why is it refused? */
	buf[3] = 20 + 12;
	if (mc_frame_parse(&f, MC_LINK_RAW, buf, 20 + 12) == 0 &&
	    mc_gm_parse(&gm, &f, &fault) < 0)
		printf("%s: %s\n", mc_fault_name(fault),
		       mc_fault_text(fault));
	fault = mc_frame_fault(MC_LINK_RAW, buf, 5);
	printf("%s: %s\n", mc_fault_name(fault), mc_fault_text(fault));

	/* Neither has a code: the next lower values have. */
	printf("%u, %u\n", mc_code8_decode(mc_code8_encode(203)),
	       mc_code16_decode(mc_code16_encode(40001)));
	return 0;
}

/* prints:
 * IGMPv3 report, to_in (CHANGE_TO_INCLUDE_MODE) 232.1.1.1 from 10.0.0.1
 * 4 bytes of sources
 * num-records: the report announces more records than it holds
 * ip-short: the capture ends in the IPv4 header
 * 200, 40000
 */
