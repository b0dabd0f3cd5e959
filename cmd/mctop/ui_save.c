/* ui_save.c - what is shown, into a file */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mctop/json_out.h"
#include "mctop/ui.h"

static void save_table(FILE *f, const struct ui *u)
{
	const struct list *l = &u->lists[u->table];
	const struct table_kind *kind = table_kind(u->table);
	struct cell c;

	for (unsigned i = 0; i < kind->n_cols; i++)
		fprintf(f, "%s%s", i ? "\t" : "", kind->cols[i].title);
	fputc('\n', f);
	for (unsigned row = 0; row < l->n; row++) {
		for (unsigned i = 0; i < kind->n_cols; i++) {
			list_cell(&c, l, row, i, &u->look);
			fprintf(f, "%s%s", i ? "\t" : "", c.text);
		}
		fputc('\n', f);
	}
}

static void save_lines(FILE *f, const struct ui *u)
{
	for (unsigned i = 0; i < u->n_lines; i++)
		fprintf(f, "%-14s%s\n", u->lines[i].label, u->lines[i].text);
}

/* Never over a file that is there: a slip of the finger must not cost one. */
static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

void ui_save(struct ui *u, const char *path)
{
	const char *end = strrchr(path, '.');
	FILE *f = create(path);
	bool bad;

	if (!f) {
		snprintf(u->message, sizeof u->message, "%.60s: %s", path, strerror(errno));
		return;
	}
	if (end && strcmp(end, ".json") == 0) {
		struct json w;

		json_init(&w, f);
		json_snapshot(&w, u->m);
	} else if (u->detail) {
		save_lines(f, u);
	} else {
		save_table(f, u);
	}
	bad = ferror(f);
	if (fclose(f) != 0 || bad)
		snprintf(u->message, sizeof u->message, "%.60s: not all could be written", path);
	else
		snprintf(u->message, sizeof u->message, "saved to %.60s", path);
}
