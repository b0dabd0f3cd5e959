/* ip.h - what the link layer hands over to the IP layer */
#ifndef MC_WIRE_IP_H
#define MC_WIRE_IP_H

#include <mc/gm.h>
#include "wire/cursor.h"

/* Reads the IP headers at c into f.  version: 4 or 6 as the link header says,
 * 0 when it does not say. */
enum mc_fault mc_ip_parse(struct mc_frame *f, struct cur *c, unsigned version);

#endif
