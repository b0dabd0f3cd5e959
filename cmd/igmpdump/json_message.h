/* json_message.h - a message as a JSON object */
#ifndef IGMPDUMP_JSON_MESSAGE_H
#define IGMPDUMP_JSON_MESSAGE_H

#include "igmpdump/igmpdump.h"

void json_message(struct dump *d, const struct message *m);

/* {"id":"bad-checksum","severity":"error","rfc":"RFC 9776 4.1.2"} */
void json_issue(struct buf *b, enum mc_issue i);

#endif
