/* addr.c - addresses: read, compare, count, write */
#include <mc/addr.h>
#include <stdio.h>
#include <string.h>

static void show(const char *what, struct mc_addr a)
{
	char text[MC_ADDR_TEXT];

	printf("%s %s\n", what, mc_addr_format(&a, text));
}

int main(void)
{
	const char list[] = "10.0.0.1,10.0.0.9";
	struct mc_addr first, last, group, next;
	char text[MC_MAC_TEXT];
	struct mc_mac mac;
	uint64_t n;

	/* The first eight characters, then what follows the comma. */
	if (mc_addr_parse_n(&first, list, 8) < 0 ||
	    mc_addr_parse(&last, strchr(list, ',') + 1) < 0 ||
	    mc_addr_distance(&n, &first, &last) < 0 ||
	    mc_addr_add(&next, &last, 1) < 0)
		return 1;
	printf("%u addresses, %s first\n", (unsigned)n + 1,
	       mc_addr_cmp(&first, &last) < 0 ? "the lower"
					      : "the higher");
	show("after the last:", next);
	show("network of 8 bits:", mc_addr_masked(&last, 8));

	group = mc_addr_from_bytes(MC_IPV4, "\xef\x01\x01\x01");
	show(mc_addr_is_multicast(&group) ? "group" : "host", group);
	next = mc_addr_unspecified(MC_IPV6);
	show(mc_addr_is_unspecified(&next) ? "no address" : "address",
	     next);
	printf("link-local: %d, broadcast: %d\n",
	       mc_addr_is_link_local(&first),
	       mc_addr_is_broadcast(&first));

	if (mc_mac_parse(&mac, "01-00-5E-01-01-01") < 0)
		return 1;
	printf("%s\n", mc_mac_format(&mac, text));
	return 0;
}

/* prints:
 * 9 addresses, the lower first
 * after the last: 10.0.0.10
 * network of 8 bits: 10.0.0.0
 * group 239.1.1.1
 * no address ::
 * link-local: 0, broadcast: 0
 * 01:00:5e:01:01:01
 */
