/* fault.h - from why bytes cannot be read to what the functions return */
#ifndef MC_WIRE_FAULT_H
#define MC_WIRE_FAULT_H

#include <mc/gm.h>

/* 0 for MC_FAULT_NONE, else -MC_ETRUNC, -MC_EBADLEN or -MC_EUNSUPPORTED. */
int mc_fault_error(enum mc_fault f);

#endif
