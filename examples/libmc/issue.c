/* issue.c - what is wrong with a packet */
#include <mc/issue.h>
#include <stdio.h>

/* An IGMPv2 report with TTL 8, without Router Alert. */
static const uint8_t report[] = {
	0x45, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x40, 0x00, 0x08, 0x02,
	0x78, 0xdd, 0x0a, 0x00, 0x00, 0x01, 0xef, 0x01, 0x01, 0x01,
	0x16, 0x00, 0xf9, 0xfc, 0xef, 0x01, 0x01, 0x01,
};

static void show(const struct mc_issues *issues)
{
	enum mc_issue i = MC_ISSUE_NONE;

	while ((i = mc_issues_next(issues, i)) != MC_ISSUE_NONE) {
		const struct mc_issue_row *row = mc_issue_row(i);

		printf("%s %s: %s\n", mc_severity_name(row->severity),
		       row->id, row->text);
	}
}

int main(void)
{
	struct mc_issues issues, mine = { { 0 } };
	enum mc_fault fault;
	struct mc_frame f;
	struct mc_gm gm;

	if (mc_frame_parse(&f, MC_LINK_RAW, report, sizeof(report)) <
		    0 ||
	    mc_gm_parse(&gm, &f, &fault) < 0)
		return 1;
	mc_judge(&issues, &f, &gm, fault);
	show(&issues);

	/* Those that somebody asked not to hear of. */
	mc_issues_add(&mine, mc_issue_by_id("ttl-not-1"));
	printf("%d %d\n", mc_issues_has(&mine, MC_ISSUE_TTL),
	       mc_issues_none(&mine));
	return 0;
}

/* prints:
 * error ttl-not-1: the TTL or hop limit is not 1
 * error no-router-alert: the Router Alert option is missing
 * 1 0
 */
