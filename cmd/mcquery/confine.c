/* confine.c - what mcquery may still do while it asks or serves */
#include "mcquery/confine.h"

#include "common/sandbox.h"

int confine(const struct config *c)
{
	/* Interfaces come, go, and change their addresses. */
	struct sandbox s = { .may = SANDBOX_CAPTURE | SANDBOX_INTERFACES };

	if (!c->serve)
		s.may |= SANDBOX_READ_FILES; /* our own memberships, in /proc */
	if (c->metrics || c->dump)
		s.may |= SANDBOX_WRITE_FILES;
	return sandbox_enter(&c->common, &s);
}
