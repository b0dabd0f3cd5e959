/* netns.c - a look into every network namespace that has a name */
#include <mc/netns.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct mc_netns list[64];
	struct mc_why why;
	uint64_t inode;
	unsigned hidden;
	int n = mc_netns_list(list, 64, &hidden);

	for (int i = 0; i < n && i < 64; i++) {
		int fd, back;

		if (list[i].name[0] == '\0')
			continue;
		if (mc_netns_open(&fd, list[i].name, &why) < 0 ||
		    mc_netns_inode(&inode, fd) < 0 ||
		    mc_netns_enter(&back, fd, &why) < 0)
			return fprintf(stderr, "%s; %s\n", why.what,
				       why.fix),
			       1;
		close(fd);
		printf("%s%s: %s\n", list[i].name,
		       list[i].own ? " (here)" : "",
		       if_nametoindex("eth0") ? "has eth0" : "no eth0");
		if (inode != list[i].inode || mc_netns_leave(&back) < 0)
			return 1;
	}
	return n < 0;
}

/* prints:
 * h1 (here): has eth0
 * h2: has eth0
 * sw: no eth0
 */
