/* whole.c - files that a reader never sees half written */
#include "mcquery/whole.h"

#include <errno.h>
#include <unistd.h>

int whole_begin(struct whole *w, const char *path)
{
	int n = snprintf(w->temporary, sizeof(w->temporary), "%s.%ld.new", path, (long)getpid());

	w->path = path;
	if (n < 0 || (size_t)n >= sizeof(w->temporary))
		return -ENAMETOOLONG;
	w->f = fopen(w->temporary, "we");
	return w->f ? 0 : -errno;
}

int whole_end(struct whole *w)
{
	int err = ferror(w->f) ? -EIO : 0;

	if (fclose(w->f) != 0 && !err)
		err = -errno;
	if (!err && rename(w->temporary, w->path) < 0)
		err = -errno;
	if (err)
		unlink(w->temporary);
	return err;
}
