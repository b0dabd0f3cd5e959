/* rotate.h - writing captures, in one file or a row of them */
#ifndef IGMPDUMP_ROTATE_H
#define IGMPDUMP_ROTATE_H

#include <mc/capture.h>

#include "igmpdump/config.h"

struct rotate;

/* Creates the first file for frames of that link type.  0, or the exit status
 * after a message. */
int rotate_open(struct rotate **out, const struct config *c, uint32_t linktype);

/* After a message about a failure all further calls do nothing. */
void rotate_write(struct rotate *r, uint32_t linktype, const struct mc_cap_frame *f);
void rotate_flush(struct rotate *r);
bool rotate_broken(const struct rotate *r);

/* The exit status: 0, or EXIT_ENV when something could not be written.  NULL is
 * fine. */
int rotate_close(struct rotate *r);

#endif
