/* buf.c - an output buffer that formatting writes into without asking */
#include "igmpdump/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/out.h"
#include "common/term.h"

int buf_open(struct buf *b, int fd, size_t block)
{
	memset(b, 0, sizeof *b);
	b->fd = fd;
	b->start = malloc(block + 2 * BUF_SLACK + BUF_MARGIN);
	if (!b->start)
		return -ENOMEM;
	b->p = b->start;
	b->limit = b->start + block + BUF_SLACK;
	return 0;
}

void buf_close(struct buf *b)
{
	free(b->start);
	memset(b, 0, sizeof *b);
}

static void note_error(struct buf *b, int err)
{
	b->err = -err;
	if (b->fd == STDOUT_FILENO)
		out_note_error(err);
}

static void write_all(struct buf *b, const char *from, size_t len)
{
	const char *end = from + len;

	if (len)
		term_clear();
	while (from < end && !b->err) {
		ssize_t n = write(b->fd, from, (size_t)(end - from));

		if (n < 0 && errno != EINTR)
			note_error(b, errno);
		else if (n > 0)
			from += n;
	}
}

void buf_flush(struct buf *b)
{
	if (b->fd < 0)
		return;
	write_all(b, b->ahead, b->ahead_len);
	b->ahead_len = 0;
	write_all(b, b->start, buf_len(b));
	/* What could not be written is dropped: there is nobody to read it. */
	b->p = b->start;
}

/* Without memory, what it holds is lost and b->err tells. */
static void grow(struct buf *b)
{
	size_t len = (size_t)(b->p - b->start), size = 2 * (len + 2 * BUF_SLACK);
	char *bigger = realloc(b->start, size + BUF_MARGIN);

	if (!bigger) {
		b->err = -ENOMEM;
		b->p = b->start;
		return;
	}
	b->start = bigger;
	b->p = bigger + len;
	b->limit = bigger + size - BUF_SLACK;
}

void buf_make_room(struct buf *b)
{
	if (b->fd < 0)
		grow(b);
	else
		buf_flush(b);
}

void buf_putn(struct buf *b, const char *s, size_t len)
{
	while (len) {
		size_t n = len < BUF_SLACK ? len : BUF_SLACK;

		buf_done(b, put_n(buf_room(b), s, n));
		s += n;
		len -= n;
	}
}

void buf_puts(struct buf *b, const char *s)
{
	buf_putn(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf_room(b), BUF_SLACK, fmt, ap);
	va_end(ap);
	if (n > 0)
		b->p += n < BUF_SLACK ? n : BUF_SLACK - 1;
}

/* The length of the UTF-8 sequence at s, 0 if it is none (RFC 3629 4). */
static size_t utf8_len(const unsigned char *s)
{
	size_t need = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < need; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return need;
}

void buf_json_string(struct buf *b, const char *s)
{
	const unsigned char *in = (const unsigned char *)s;

	buf_putn(b, "\"", 1);
	while (*in) {
		size_t n = utf8_len(in);
		char *p = buf_room(b);

		if (!n)
			p = PUT_LITERAL(p, "\\ufffd");
		else if (*in == '"' || *in == '\\') {
			*p++ = '\\';
			*p++ = (char)*in;
		} else if (*in < ' ' || *in == 0x7f)
			p = put_hex(PUT_LITERAL(p, "\\u"), *in, 4);
		else
			p = put_n(p, (const char *)in, n);
		buf_done(b, p);
		in += n ? n : 1;
	}
	buf_putn(b, "\"", 1);
}
