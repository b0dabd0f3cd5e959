/* cells.h - columns of every table, and the text of every cell
 *
 * The terminal and --once show the same ones.  No terminal in it. */
#ifndef MCTOP_CELLS_H
#define MCTOP_CELLS_H

#include "mctop/model.h"

enum tone {
	TONE_PLAIN = 0,
	TONE_DIM,
	TONE_GOOD,
	TONE_WARN,
	TONE_BAD,
	TONE_ACCENT,
	TONES,
};

#define CELL_TEXT 160

struct cell {
	char text[CELL_TEXT]; /* UTF-8 or ASCII, as the look says; nothing that moves a cursor */
	enum tone tone;
};

struct look {
	bool no_names;
	bool utf8;
	mc_nsec now; /* CLOCK_REALTIME */
};

typedef void cell_fn(struct cell *c, const void *row, const struct look *look);
typedef int order_fn(const void *a, const void *b);

struct col {
	const char *title;
	uint8_t max;  /* characters; longer texts are cut */
	bool right;   /* numbers */
	bool largest; /* is of most interest at the top */
	bool live;    /* changes without an event */
	cell_fn *text;
	order_fn *order; /* NULL: not to be sorted by */
};

#define TABLE_COLS 20

struct table_kind {
	const char *name;  /* "groups" */
	const char *empty; /* what stands there without rows */
	const struct col *cols;
	unsigned n_cols;
	order_fn *natural; /* what decides between equals; never 0 for two rows */
};

const struct table_kind *table_kind(enum table_id id);

/* Does some text of the row contain the needle (lower case)?  Fast: only what
 * one searches for. */
bool row_matches(enum table_id id, const void *row, const char *needle, const struct look *look);

/* Shared by the files of cells. */
void cell_put(struct cell *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cell_add(struct cell *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *group_name(const struct mc_addr *g, const struct look *look); /* or "" */
const char *mode_name(enum mc_filter_mode mode);

/* The last `width` samples as blocks, newest at the right. */
void sparkline(char *out, size_t size, const float *ring, unsigned n, unsigned width, bool utf8);

/* Makes foreign text fit to be shown: control characters, and what is not UTF-8
 * or, without utf8, not ASCII, become '?'. */
void printable(char *text, bool utf8);

extern const struct table_kind cells_ifaces, cells_groups, cells_processes, cells_bridge,
	cells_routes;

#endif
