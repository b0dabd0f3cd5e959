/* text.h - a bounded cursor over lines and words of /proc */
#ifndef KERN_TEXT_H
#define KERN_TEXT_H

#include <mc/base.h>
#include <string.h>

struct text {
	const char *p;
	size_t len;
};

static inline struct text text_of(const char *p, size_t len)
{
	return (struct text){ p, len };
}

static inline void text_skip(struct text *t, size_t n)
{
	t->p += n;
	t->len -= n;
}

/* Takes the next line off, its end not included. */
static inline bool text_line(struct text *line, struct text *t)
{
	const char *nl;

	if (!t->len)
		return false;
	nl = memchr(t->p, '\n', t->len);
	*line = text_of(t->p, nl ? (size_t)(nl - t->p) : t->len);
	text_skip(t, line->len + (nl ? 1 : 0));
	return true;
}

static inline bool text_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline void text_skip_blanks(struct text *t)
{
	while (t->len && text_is_blank(*t->p))
		text_skip(t, 1);
}

static inline int text_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Takes a number off, after blanks; false when there is none, or one too big. */
static inline bool text_number(uint64_t *out, struct text *t, unsigned base)
{
	uint64_t v = 0;
	size_t n = 0;

	text_skip_blanks(t);
	for (; n < t->len && text_digit(t->p[n]) < (int)base; n++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (unsigned)text_digit(t->p[n]), &v))
			return false;
	text_skip(t, n);
	*out = v;
	return n > 0;
}

static inline bool text_u32(uint32_t *out, struct text *t, unsigned base)
{
	uint64_t v;

	if (!text_number(&v, t, base) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* Takes one character off. */
static inline bool text_char(struct text *t, char c)
{
	if (!t->len || *t->p != c)
		return false;
	text_skip(t, 1);
	return true;
}

/* Takes a word off, which ends at a blank or at `stop`. */
static inline bool text_word(struct text *out, struct text *t, char stop)
{
	size_t n = 0;

	text_skip_blanks(t);
	while (n < t->len && !text_is_blank(t->p[n]) && t->p[n] != stop)
		n++;
	*out = text_of(t->p, n);
	text_skip(t, n);
	return n > 0;
}

/* Takes n bytes in hex digits off, nothing between them. */
static inline bool text_hex(uint8_t *out, struct text *t, size_t n)
{
	text_skip_blanks(t);
	if (t->len < 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = text_digit(t->p[2 * i]), lo = text_digit(t->p[2 * i + 1]);

		if (hi > 15 || lo > 15)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	text_skip(t, 2 * n);
	return true;
}

#endif
