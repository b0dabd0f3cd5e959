/* message.h - a frame to a message */
#ifndef IGMPDUMP_MESSAGE_H
#define IGMPDUMP_MESSAGE_H

#include "igmpdump/igmpdump.h"

enum message_class {
	MESSAGE_OTHER = 0,  /* neither of the others: not for us */
	MESSAGE_DATA,	    /* to a group; only m->f is filled */
	MESSAGE_CONTROL,    /* IGMP, MLD, MRD, PIM, and what else uses IGMP's number */
	MESSAGE_UNREADABLE, /* a broken IP header: m->fault tells */
};

/* Reads m->data, of m->wire_len bytes on the wire, and fills what struct message
 * keeps below them.  A packet that the capture cut is read as far as it goes. */
enum message_class message_read(struct message *m, uint32_t linktype);

/* "igmp", "mld", "pim", "mrd", "dvmrp", "mtrace", "rgmp" or "ip" (unreadable). */
const char *message_protocol(const struct message *m);

/* Unknown where the message is not all there. */
enum checksum { CHECKSUM_UNKNOWN = 0, CHECKSUM_OK, CHECKSUM_BAD };
enum checksum message_checksum(const struct message *m);

#endif
