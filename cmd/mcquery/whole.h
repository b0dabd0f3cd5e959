/* whole.h - files that a reader never sees half written */
#ifndef MCQUERY_WHOLE_H
#define MCQUERY_WHOLE_H

#include <stdio.h>

struct whole {
	FILE *f;
	const char *path;
	char temporary[4096];
};

/* Opens another name beside it.  0, or a negative error. */
int whole_begin(struct whole *w, const char *path);

/* Renames it.  0, or a negative error, and the old file is as it was. */
int whole_end(struct whole *w);

#endif
