/* cells.c - texts that several tables need */
#include "mctop/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void put(struct cell *c, size_t at, const char *fmt,
						      va_list ap)
{
	if (at < sizeof c->text)
		vsnprintf(c->text + at, sizeof c->text - at, fmt, ap);
}

void cell_put(struct cell *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(c, 0, fmt, ap);
	va_end(ap);
}

void cell_add(struct cell *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(c, strlen(c->text), fmt, ap);
	va_end(ap);
}

const char *group_name(const struct mc_addr *g, const struct look *look)
{
	const struct mc_known_group *known = look->no_names ? NULL : mc_group_known(g);

	return known ? known->name : "";
}

const char *mode_name(enum mc_filter_mode mode)
{
	return mode == MC_INCLUDE ? "include" : "exclude";
}

static float highest(const float *ring, unsigned n, unsigned width)
{
	float top = 0;

	for (unsigned i = 0; i < width && i < n; i++) {
		float v = ring[(n - 1 - i) % MODEL_HISTORY];

		top = v > top ? v : top;
	}
	return top;
}

void sparkline(char *out, size_t size, const float *ring, unsigned n, unsigned width, bool utf8)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { " ", "_", ".", "-", "=", "+", "*", "%", "#" };
	const char *const *marks = utf8 ? blocks : ascii;
	unsigned shown = n < MODEL_HISTORY ? n : MODEL_HISTORY;
	size_t len = 0;
	float top;

	if (shown > width)
		shown = width;
	top = highest(ring, n, shown);
	out[0] = '\0';
	for (unsigned i = shown; i-- > 0 && len + 4 < size;) {
		float v = ring[(n - 1 - i) % MODEL_HISTORY];
		unsigned level = top > 0 ? (unsigned)(v / top * 8 + 0.5f) : 0;

		/* Little is not nothing. */
		if (v > 0 && level == 0)
			level = 1;
		len += (size_t)snprintf(out + len, size - len, "%s", marks[level > 8 ? 8 : level]);
	}
}

/* Bytes of the UTF-8 character at s; 0: it is none. */
static unsigned utf8_len(const unsigned char *s)
{
	unsigned n = *s >= 0xf0 && *s < 0xf5 ? 4 : *s >= 0xe0 ? 3 : *s >= 0xc2 ? 2 : 0;

	for (unsigned i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* U+0080 to U+009f move cursors, too. */
	return n == 2 && s[0] == 0xc2 && s[1] < 0xa0 ? 0 : n;
}

void printable(char *text, bool utf8)
{
	for (unsigned char *s = (unsigned char *)text; *s; s++) {
		unsigned n = 0;

		if (*s >= ' ' && *s < 0x7f)
			continue;
		if (utf8 && *s >= 0xc2 && *s < 0xf5)
			n = utf8_len(s);
		if (n)
			s += n - 1;
		else
			*s = '?';
	}
}

const struct table_kind *table_kind(enum table_id id)
{
	static const struct table_kind *const kinds[TABLES] = {
		[TABLE_IFACES] = &cells_ifaces,	      [TABLE_GROUPS] = &cells_groups,
		[TABLE_PROCESSES] = &cells_processes, [TABLE_BRIDGE] = &cells_bridge,
		[TABLE_ROUTES] = &cells_routes,
	};

	return kinds[id];
}
