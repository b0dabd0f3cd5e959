/* tree.h - every field of a message, with its place */
#ifndef IGMPDUMP_TREE_H
#define IGMPDUMP_TREE_H

#include "igmpdump/igmpdump.h"

/* Lines below that of the message: offset and length in the IP payload, name,
 * value. */
void tree_message(struct dump *d, const struct message *m);

/* The fields as a JSON array of {"name","offset","bytes",
 * "value"? or "value_ns"?,"text"?,"fields"?}, nested as they are. */
void tree_json(struct dump *d, const struct message *m);

#endif
