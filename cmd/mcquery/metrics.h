/* metrics.h - the state as OpenMetrics text */
#ifndef MCQUERY_METRICS_H
#define MCQUERY_METRICS_H

#include "mcquery/mcquery.h"

/* 0, or a negative error. */
int metrics_write(struct run *r, const char *path);

#endif
