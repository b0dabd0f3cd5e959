/* serve.h - being the querier until stopped */
#ifndef MCQUERY_SERVE_H
#define MCQUERY_SERVE_H

#include "mcquery/mcquery.h"

/* The exit status. */
int serve(struct run *r);

/* Is the terminal taken by the live table? */
bool serve_has_screen(const struct run *r);

#endif
