/* identity.h - who the hosts are: a number, and MAC and addresses made of it.
 *
 * Nothing is stored for a host: all is computed, in both directions. */
#ifndef MCHOST_IDENTITY_H
#define MCHOST_IDENTITY_H

#include "mchost/config.h"
#include "mchost/link.h"

#define NOBODY UINT32_MAX

struct identity {
	uint32_t n;
	uint8_t prefix[3];     /* of their MACs, from the seed */
	struct mc_addr first4; /* of host 0; the others follow */
	bool derived;	       /* nobody chose the addresses */
};

/* Settles addresses and MACs of n hosts.  0, or the exit status after a message. */
int identity_init(struct identity *id, const struct config *c, const struct mc_iface *iface,
		  uint32_t n);

/* Asks the link by ARP whether somebody has these addresses (RFC 5227 2.1.1); moves
 * derived ones out of the way.  0, or the exit status after a message. */
int identity_probe(struct identity *id, const struct config *c, struct link *l);

struct mc_mac identity_mac(const struct identity *id, uint32_t host);
struct mc_addr identity_addr(const struct identity *id, uint32_t host, enum mc_family family);

/* Whose is it?  NOBODY: not one of the hosts'. */
uint32_t identity_of(const struct identity *id, const struct mc_addr *a);

#endif
