/* confine.c - what mcsend may still do while it sends */
#include "mcsend/confine.h"

#include "common/sandbox.h"

int confine(const struct config *c)
{
	static const struct sandbox s = {
		/* After an error: is the interface still there? */
		.may = SANDBOX_SOCKETS | SANDBOX_INTERFACES,
		.also = "connect", /* to one target, for speed */
	};

	return sandbox_enter(&c->common, &s);
}
