/* confine.c - what mctop may still do while it shows
 *
 * Processes come and go, and namespaces with them: to attribute sockets and to
 * enter namespaces it goes on opening things, and keeps what it needs for that. */
#include "mctop/confine.h"

#include <linux/capability.h>

#include "common/sandbox.h"

#define CAP(name) (UINT64_C(1) << (name))

int confine_user(const struct config *c)
{
	/* Descriptors of others' processes. */
	uint64_t keep = CAP(CAP_SYS_PTRACE) | CAP(CAP_DAC_READ_SEARCH);

	if (c->all_netns || c->netns.n)
		keep |= CAP(CAP_SYS_ADMIN); /* setns(2) */
	if (c->all_netns && c->capture != CAPTURE_NONE)
		keep |= CAP(CAP_NET_RAW); /* captures in namespaces to come */
	return sandbox_drop(&c->common, keep);
}

int confine_calls(const struct config *c)
{
	struct sandbox s = { .may = SANDBOX_READ_FILES | SANDBOX_CAPTURE | SANDBOX_PROCESSES };

	if (!c->once && !c->common.json)
		s.may |= SANDBOX_TERMINAL | SANDBOX_NEW_FILES; /* what is saved */
	if (c->all_netns || c->netns.n)
		s.may |= SANDBOX_NAMESPACES;
	if (c->all_netns && c->capture != CAPTURE_NONE)
		s.may |= SANDBOX_CAPTURES;
	return sandbox_seal(&c->common, &s);
}
