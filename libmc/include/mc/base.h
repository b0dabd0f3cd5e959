/* base.h - what every libmc header needs: linkage, error codes, time, spans.
 *
 * Conventions of the whole library:
 *  - 0 or a count is success; failure is -errno or -MC_E*; errno itself is
 *    never part of the interface.
 *  - Out parameters come first and are all zero on failure.
 *  - Durations and times are an mc_nsec, never a bare number.
 *  - Addresses are in network order inside struct mc_addr; integers are in
 *    host order.
 *  - Handles come from _open and go to _close, which accepts NULL.
 *  - Nothing prints, exits, reads the environment or keeps global state. */
#ifndef MC_BASE_H
#define MC_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define MC_BEGIN_DECLS extern "C" {
#define MC_END_DECLS   }
#else
#define MC_BEGIN_DECLS
#define MC_END_DECLS
#endif

#define MC_API	     __attribute__((visibility("default")))
#define MC_MUSTCHECK __attribute__((warn_unused_result))

MC_BEGIN_DECLS

/* Failures that errno has no word for; returned negated. */
enum mc_err {
	MC_ETRUNC = 4000, /* the bytes end inside a field */
	MC_EBADLEN,	  /* a length that the format forbids */
	MC_EBADADDR,	  /* not an IPv4 or IPv6 address */
	MC_ENOTGROUP,	  /* not a multicast group */
	MC_EBADSPEC,	  /* group notation with a mistake, see mc_spec_error */
	MC_ENOTPROBE,	  /* payload is not a libmc probe */
	MC_EBADSUM,	  /* checksum or CRC does not match */
	MC_ENOTMEMBER,	  /* LeaveHostGroup without a JoinHostGroup */
	MC_EUNSUPPORTED,  /* a link type, protocol or version not handled */
};

/* The sentence for a negated errno or MC_E*; never NULL. */
MC_API const char *mc_strerror(int err);

/* Why an operation on the system failed: what happened, to which object, and
 * the remedy.  Either text may be empty.  Callers pass NULL when they do not
 * want to know. */
struct mc_why {
	char what[256];
	char fix[256];
};

/* A duration, or a time since the epoch of the clock that a function names. */
typedef struct mc_nsec {
	int64_t ns;
} mc_nsec;

/* A borrowed range of somebody's buffer; dies with that buffer. */
struct mc_span {
	const uint8_t *p;
	size_t len;
};

/* The library's version, "0.1.0". */
MC_API const char *mc_version(void);

MC_END_DECLS

#endif
