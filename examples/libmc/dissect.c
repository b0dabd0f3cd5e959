/* dissect.c - a packet as a tree of fields */
#include <mc/dissect.h>
#include <stdio.h>

/* IPv4 with Router Alert, and an IGMPv2 report of 239.1.1.1. */
static const uint8_t report[] = {
	0x46, 0xc0, 0x00, 0x20, 0x00, 0x00, 0x40, 0x00, /* 24 bytes */
	0x01, 0x02, 0xea, 0x14, 0x0a, 0x00, 0x00, 0x01, /* of IPv4 */
	0xef, 0x01, 0x01, 0x01, 0x94, 0x04, 0x00, 0x00,
	0x16, 0x00, 0xf9, 0xfc, 0xef, 0x01, 0x01, 0x01, /* IGMP */
};

static void show(void *data, const struct mc_field *f)
{
	char text[MC_ADDR_TEXT];

	(void)data;
	printf("%*s%s", 2 * f->depth, "", f->name);
	if (f->type == MC_FIELD_ADDR)
		printf(" %s", mc_addr_format(&f->addr, text));
	else if (f->type == MC_FIELD_HEX)
		printf(" 0x%llx", (unsigned long long)f->value);
	else if (f->type == MC_FIELD_UINT)
		printf(" %llu", (unsigned long long)f->value);
	printf(f->text ? ": %s\n" : "\n", f->text);
}

int main(void)
{
	struct mc_frame f;

	if (mc_frame_parse(&f, MC_LINK_RAW, report, sizeof(report)) < 0)
		return 1;
	printf("%s\n", mc_message_name(&f));
	if (f.protocol == 103 && !mc_pim_checksum_ok(&f))
		printf("wrong checksum\n");
	return mc_dissect(&f, show, NULL) < 0;
}

/* prints:
 * v2 report
 * igmp: v2 report
 *   type 22: Version 2 Membership Report
 *   max_resp_code 0
 *   checksum 0xf9fc: correct
 *   group_address 239.1.1.1
 */
