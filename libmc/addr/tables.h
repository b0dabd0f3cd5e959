/* tables.h - what the tables of blocks and of names share */
#ifndef MC_ADDR_TABLES_H
#define MC_ADDR_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define V4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))
#define COUNT(table)   (sizeof(table) / sizeof((table)[0]))

/* True when a protocol is registered at ff02:: plus the low 32 bits `id`: a
 * control group that owns the MAC 33:33 and id. */
bool mc_names_link_control(uint32_t id);

#endif
