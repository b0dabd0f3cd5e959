/* craft.c - a message in words, and as bytes */
#include <mc/craft.h>
#include <stdio.h>

int main(void)
{
	static struct mc_craft c; /* 30 KB: not for the stack */
	struct mc_spec_error err;
	uint8_t buf[1500];
	int n;

	if (mc_craft_parse(&c, "v2-leave 10.0.0.1", &err) < 0)
		printf("%s, at character %zu\n", err.text, err.offset);

	if (mc_craft_parse(&c, "v2-query max-resp=5s", &err) < 0)
		return 1;
	/* IPv4: the checksum needs no addresses. */
	n = mc_gm_build(buf, sizeof(buf), &c.gm, NULL, NULL);
	printf("IPv%d, %d bytes:", mc_craft_family(&c), n);
	for (int i = 0; i < n; i++)
		printf(" %02x", buf[i]);
	printf("\n");
	return 0;
}

/* prints:
 * 10.0.0.1 is not a multicast group, at character 9
 * IPv4, 8 bytes: 11 32 ee cd 00 00 00 00
 */
