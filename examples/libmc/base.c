/* base.c - errors have sentences, of libmc and of the system */
#include <errno.h>
#include <mc/addr.h>
#include <stdio.h>

int main(void)
{
	struct mc_addr a;
	int err = mc_addr_parse(&a, "239.1.1.256");

	if (err < 0)
		printf("239.1.1.256: %s\n", mc_strerror(err));
	printf("%s\n", mc_strerror(-ENODEV));
	/* Linked against what it was compiled with? */
	return mc_version()[0] == '\0';
}

/* prints:
 * 239.1.1.256: not an IPv4 or IPv6 address
 * No such device
 */
