/* text.h - a bounded buffer that text is appended to */
#ifndef MC_ADDR_TEXT_H
#define MC_ADDR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Always ends in NUL when size > 0.  What does not fit is cut off, and `cut`
 * says so. */
struct text {
	char *buf;
	size_t size, len;
	bool cut;
};

static inline struct text text_in(char *buf, size_t size)
{
	struct text t = { .buf = buf, .size = size, .cut = size == 0 };

	if (size)
		buf[0] = '\0';
	return t;
}

static inline void text_add_n(struct text *t, const char *s, size_t n)
{
	size_t room = t->size ? t->size - 1 - t->len : 0;

	if (n > room) {
		n = room;
		t->cut = true;
	}
	if (!n)
		return;
	memcpy(t->buf + t->len, s, n);
	t->len += n;
	t->buf[t->len] = '\0';
}

static inline void text_add(struct text *t, const char *s)
{
	text_add_n(t, s, strlen(s));
}

static inline void text_add_number(struct text *t, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	text_add_n(t, digits + at, sizeof(digits) - at);
}

#endif
