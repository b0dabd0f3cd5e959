/* confine.c - what mcrecv may still do while it measures */
#include "mcrecv/confine.h"

#include "common/sandbox.h"

int confine(const struct config *c)
{
	/* A capture is open, and so is what is written. */
	struct sandbox s = { .may = 0 };

	if (!c->read_file) {
		/* Lost announcements: are the interfaces still there? */
		s.may = SANDBOX_SOCKETS | SANDBOX_INTERFACES;
		s.also = "adjtimex clock_adjtime"; /* is the clock synchronised? */
	}
	if (c->leave_after.ns)
		s.may |= SANDBOX_CAPTURE;
	if (c->igmp_version || c->mld_version)
		s.may |= SANDBOX_CHILDREN; /* who puts the version back, see force.c */
	return sandbox_enter(&c->common, &s);
}
