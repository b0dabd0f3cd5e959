/* line.h - a message as one line, with its issues below */
#ifndef IGMPDUMP_LINE_H
#define IGMPDUMP_LINE_H

#include "igmpdump/igmpdump.h"

void line_message(struct dump *d, const struct message *m);

/* A line for each issue of a message. */
void line_issues(struct dump *d, const struct message *m);

/* One such line; what: further words about it, or NULL.
 *
 *     error    bad-checksum: the checksum is wrong (RFC 9776 4.1.2)
 *     warning  two-queriers: ... (RFC 9776 6.6.2): 10.0.0.1 and 10.0.0.9 */
void line_issue(struct dump *d, enum mc_issue i, const char *what);

/* Names that were looked up, for dump.names; free(3) it.  NULL without memory: then
 * each is looked up each time. */
struct names *names_open(void);

/* " (SSDP)" after a known group, unless -n. */
char *put_name(char *p, const struct dump *d, const struct mc_addr *group);

#endif
