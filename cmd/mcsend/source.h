/* source.h - the address that packets to a group will carry */
#ifndef MCSEND_SOURCE_H
#define MCSEND_SOURCE_H

#include "mcsend/routes.h"

/* The one bound to, or the kernel's choice, which depends on the group's scope
 * (RFC 6724); MC_ANY when it has none. */
struct mc_addr source_of(const struct outlet *o, const struct mc_addr *group);

#endif
