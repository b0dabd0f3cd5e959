/* ask.h - asking once, or again and again: who is a member of what */
#ifndef MCQUERY_ASK_H
#define MCQUERY_ASK_H

#include "mcquery/mcquery.h"

/* The exit status. */
int ask(struct run *r);

#endif
