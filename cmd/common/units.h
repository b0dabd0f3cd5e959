/* units.h - quantities as people write and read them.
 *
 * Parsers take the whole text or nothing: 0, -EINVAL (not that notation,
 * negative, empty) or -ERANGE (does not fit); *out is zero then.  No locale:
 * the decimal point is a point. */
#ifndef COMMON_UNITS_H
#define COMMON_UNITS_H

#include <mc/base.h>

/* "10/s", "5kpps", "10": packets a second; "20Mbit", "1.5Gbit/s", "64kbps": bits
 * a second; "max".  k M G T are powers of 1000, in either case; a number with a
 * power and no unit ("5M") is refused, because programs differ about it. */
enum rate_unit {
	RATE_NONE = 0,
	RATE_PACKETS,
	RATE_BITS,
	RATE_MAX,
};

struct rate {
	enum rate_unit unit;
	double value; /* a second, above 0; 0 for RATE_MAX */
};

/* "64", "64..1472", "64..1472/8" */
struct range {
	uint64_t min, max;
	uint64_t step; /* >= 1; 1 when not written */
};

MC_MUSTCHECK int parse_u64(uint64_t *out, const char *text); /* decimal, or 0x and hex */
MC_MUSTCHECK int parse_time(mc_nsec *out, const char *text); /* "10" s, ns us ms s m h d, "1m30s" */
MC_MUSTCHECK int parse_rate(struct rate *out, const char *text); /* 0 is -EINVAL */
MC_MUSTCHECK int parse_size(uint64_t *out, const char *text);	 /* "1472", "1.5k"; k M G: 1024 */
MC_MUSTCHECK int parse_range(struct range *out, const char *text);
MC_MUSTCHECK int parse_percent(double *out, const char *text); /* "0.1%", "0.001"; not "1" */
MC_MUSTCHECK int parse_dscp(unsigned *out, const char *text);  /* 0..63, "ef", "af41", "cs6" */

/* For "%llu %s": the number, and the noun, in the plural but for one. */
#define UNITS_N(n, noun) (unsigned long long)(n), (n) == 1 ? noun : noun "s"

/* All of these write into buf and return it. */
#define UNITS_TEXT 32

const char *format_count(char buf[UNITS_TEXT], double n);	       /* "999", "1.23 M" */
const char *format_bytes(char buf[UNITS_TEXT], uint64_t n);	       /* "208 KiB" */
const char *format_bps(char buf[UNITS_TEXT], double bits_a_second);    /* "20.0 Mbit/s" */
const char *format_pps(char buf[UNITS_TEXT], double packets_a_second); /* "5.00 kpps" */
const char *format_rate(char buf[UNITS_TEXT], const struct rate *r);   /* "10.0 pps", "max" */
const char *format_percent(char buf[UNITS_TEXT], double share);	       /* "0.10 %" */

/* Three significant digits with the unit that suits: "45.6 us", "1.23 ms",
 * "12.3 s", "2 m 3 s", "1 h 2 m"; "-1.23 ms" too. */
const char *format_duration(char buf[UNITS_TEXT], mc_nsec d);

/* RFC 3339 in UTC with nanoseconds: "2026-07-01T12:00:00.000000000Z". */
const char *format_time(char buf[UNITS_TEXT], mc_nsec since_epoch);

/* "ef", "af41", "cs6", or NULL when the DSCP has no name. */
const char *dscp_name(unsigned dscp);

#endif
