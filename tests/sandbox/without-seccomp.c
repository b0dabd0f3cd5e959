/* without-seccomp.c - runs a program as if the kernel had no seccomp
 *
 *   without-seccomp COMMAND [ARG...] */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int err = f ? 0 : -ENOMEM;

	if (argc < 2)
		return 2;
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
	/* What such a kernel says to an option that it does not know. */
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
				       SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
				       SCMP_A0(SCMP_CMP_EQ, PR_GET_SECCOMP, 0));
	if (!err)
		err = seccomp_load(f);
	if (!err)
		execvp(argv[1], argv + 1);
	fprintf(stderr, "without-seccomp: %s\n", strerror(err ? -err : errno));
	return 3;
}
