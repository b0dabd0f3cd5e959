/* procread.h - files of /proc, kept open and read again */
#ifndef SYS_PROCREAD_H
#define SYS_PROCREAD_H

#include "kern/text.h"
#include "sys/vec.h"

typedef VEC(char) proc_buf;

/* Opens /proc/net/NAME of the namespace the calling thread is in; it stays that
 * one's whoever reads.  A descriptor or -errno. */
int proc_net_open(const char *name);

/* Reads all of it into buf, over what was there; *out borrows buf.  fd < 0: no
 * text, as for a protocol that the kernel does not have.  0 or -errno. */
int proc_read(struct text *out, proc_buf *buf, int fd);

#endif
