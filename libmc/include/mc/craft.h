/* craft.h - a notation for one IGMP or MLD message, or one datagram.
 *
 *   MESSAGE [WORD ...]
 *
 *   v1-query                                general; IGMPv1 knows no other
 *   v2-query [GROUP] [max-resp=TIME]
 *   v3-query [[SOURCE,...@]GROUP] [max-resp=TIME] [s] [qrv=N] [qqi=TIME]
 *   mldv1-query [GROUP] [max-resp=TIME]
 *   mldv2-query [[SOURCE,...@]GROUP] [max-resp=TIME] [s] [qrv=N] [qqi=TIME]
 *   v1-report GROUP    v2-report GROUP    mldv1-report GROUP
 *   v2-leave GROUP     mldv1-done GROUP   (leave and done for short)
 *   v3-report GROUP=TYPE(SOURCE,...) ...      TYPE: is_in, is_ex, to_in, to_ex,
 *   mldv2-report GROUP=TYPE(SOURCE,...) ...   allow, block or 0..255
 *   udp GROUP[:PORT] [source-port=N] [hex=BYTES | text=TEXT | size=N]
 *
 * TIME is a number of seconds ("1.5", "10s") or of milliseconds ("100ms").
 * max-resp-code=N and qqic=N give the same fields as on the wire.  Defaults: 10 s
 * for general queries and 1 s for others, qrv 2, qqi 125 s (RFC 9776 8, RFC 9777
 * 9); port 5000, 8 bytes of zeros.  Pure: no system calls, no allocation. */
#ifndef MC_CRAFT_H
#define MC_CRAFT_H

#include <mc/gm.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

#define MC_CRAFT_RECORDS 192
#define MC_CRAFT_SOURCES 384 /* of all records together: both fill a packet of 1500 bytes */
#define MC_CRAFT_PAYLOAD 1472

/* Pointers in gm lead into the struct itself: hand it around by address. */
struct mc_craft {
	bool udp;	      /* a datagram; gm is empty then */
	struct mc_gm_spec gm; /* for mc_gm_build() and mc_gm_destination() */

	struct mc_addr group;
	uint16_t port, source_port;
	uint16_t payload_len;
	uint8_t payload[MC_CRAFT_PAYLOAD];

	struct mc_gm_record_spec records[MC_CRAFT_RECORDS];
	struct mc_addr sources[MC_CRAFT_SOURCES];
	unsigned n_sources; /* in use */
};

/* Reads the notation.  -MC_EBADSPEC with *err, when not NULL, telling where and
 * why. */
MC_API MC_MUSTCHECK int mc_craft_parse(struct mc_craft *out, const char *text,
				       struct mc_spec_error *err);

/* MC_IPV4 or MC_IPV6: the family of what was read. */
MC_API enum mc_family mc_craft_family(const struct mc_craft *c);

MC_END_DECLS

#endif
