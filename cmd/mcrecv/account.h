/* account.h - one packet into its stream's numbers */
#ifndef MCRECV_ACCOUNT_H
#define MCRECV_ACCOUNT_H

#include "mcrecv/streams.h"

/* The run of the sender that a packet says it belongs to; 0: it does not say. */
uint64_t account_session(const struct streams *s, const struct mc_packet *p);

void account_packet(const struct streams *s, struct stream *st, const struct mc_packet *p);

#endif
