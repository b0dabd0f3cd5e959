/* crc32c.h - CRC-32C (Castagnoli), RFC 3720 B.4 */
#ifndef MC_WIRE_CRC32C_H
#define MC_WIRE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues crc, the result for the bytes before, over len more; begin with 0.
 * Of the nine bytes "123456789" the CRC is 0xe3069283. */
uint32_t mc_crc32c(uint32_t crc, const void *buf, size_t len);

#endif
