/* account.h - one packet into its stream's numbers */
#ifndef MCRECV_ACCOUNT_H
#define MCRECV_ACCOUNT_H

#include "mcrecv/streams.h"

void account_packet(const struct streams *s, struct stream *st, const struct mc_packet *p);

#endif
