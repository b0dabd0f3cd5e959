/* group.c - what is known of a group from its address */
#include <mc/group.h>
#include <stdio.h>

static void show(const char *text)
{
	const struct mc_known_group *known;
	struct mc_group_info info;
	struct mc_addr g;
	struct mc_mac mac;
	char buf[MC_MAC_TEXT];

	if (mc_addr_parse(&g, text) < 0 ||
	    mc_group_classify(&info, &g) < 0 ||
	    mc_group_mac(&mac, &g) < 0) {
		printf("%s: no group\n", text);
		return;
	}
	known = mc_group_known(&g);
	printf("%s: %s, %s scope, %s\n", text,
	       known ? known->name : info.block,
	       mc_scope_name(info.scope), mc_mac_format(&mac, buf));
}

int main(void)
{
	struct mc_addr a, b, same[MC_MAC_GROUPS];
	char text[MC_ADDR_TEXT];
	struct mc_mac mac;

	show("224.0.0.13");
	show("232.1.1.1");
	show("ff05::1:3");
	show("10.0.0.1");

	if (mc_addr_parse(&a, "239.1.1.1") < 0 ||
	    mc_addr_parse(&b, "224.129.1.1") < 0 ||
	    mc_group_mac(&mac, &a) < 0 || mc_mac_groups(same, &mac) < 0)
		return 1;
	printf("collide: %d; the MAC covers both: %d\n",
	       mc_groups_collide(&a, &b), mc_mac_covers(&mac, &b));
	printf("the first of %d with that MAC: %s\n", MC_MAC_GROUPS,
	       mc_addr_format(&same[0], text));
	return 0;
}

/* prints:
 * 224.0.0.13: PIM routers, link scope, 01:00:5e:00:00:0d
 * 232.1.1.1: Source-Specific Multicast, global scope, 01:00:5e:01:01:01
 * ff05::1:3: DHCPv6 servers, site scope, 33:33:00:01:00:03
 * 10.0.0.1: no group
 * collide: 1; the MAC covers both: 1
 * the first of 32 with that MAC: 224.1.1.1
 */
