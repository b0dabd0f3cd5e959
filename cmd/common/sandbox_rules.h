/* sandbox_rules.h - the system calls of each group of sandbox.h */
#ifndef COMMON_SANDBOX_RULES_H
#define COMMON_SANDBOX_RULES_H

#include <seccomp.h>
#include <stddef.h>

/* group: all of its bits must be allowed; 0: always.  Names that a machine does
 * not have are passed over: 32-bit ones have calls of their own. */
struct sandbox_plain {
	unsigned group;
	const char *names; /* separated by blanks */
};

/* A call that is allowed with some arguments only; several rows for one call are
 * alternatives.  args[1].op 0: one comparison. */
struct sandbox_checked {
	unsigned group;
	const char *name;
	struct scmp_arg_cmp args[2];
};

extern const struct sandbox_plain sandbox_plain[];
extern const size_t sandbox_n_plain;
extern const struct sandbox_checked sandbox_checked[];
extern const size_t sandbox_n_checked;

/* With the groups that those asked for stand on. */
unsigned sandbox_implied(unsigned may);

#endif
