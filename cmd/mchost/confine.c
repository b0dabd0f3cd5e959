/* confine.c - what mchost may still do while it is hosts */
#include "mchost/confine.h"

#include "common/sandbox.h"

int confine(const struct config *c)
{
	/* The scenario has been read, and frames leave by sockets that are open.  Of an
	 * interface that fails: is it still there? */
	static const struct sandbox s = { .may = SANDBOX_CAPTURE | SANDBOX_INTERFACES |
						 SANDBOX_THREADS };

	return sandbox_enter(&c->common, &s);
}
