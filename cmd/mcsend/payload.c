/* payload.c - what the packets carry */
#include "mcsend/payload.h"

#include "common/out.h"
#include "common/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <mc/probe.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Pairs of hex digits; blanks and colons between pairs are skipped. */
static int read_hex(struct payload *p, const char *text)
{
	p->bytes = calloc(1, strlen(text) / 2 + 1);
	if (!p->bytes)
		return -ENOMEM;
	while (*text) {
		if (*text == ' ' || *text == ':') {
			text++;
			continue;
		}
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0)
			return -EINVAL;
		p->bytes[p->len++] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return p->len ? 0 : -EINVAL;
}

static int read_text(struct payload *p, const char *text)
{
	p->bytes = (uint8_t *)strdup(text);
	p->len = strlen(text);
	return p->bytes ? 0 : -ENOMEM;
}

static int repeat_to(struct payload *p, size_t size)
{
	uint8_t *whole = malloc(size ? size : 1);

	if (!whole)
		return -ENOMEM;
	for (size_t i = 0; i < size; i++)
		whole[i] = p->bytes[i % p->len];
	free(p->bytes);
	p->bytes = whole;
	p->len = size;
	return 0;
}

static int open_file(struct payload *p, const char *path)
{
	p->kind = PAYLOAD_STREAM;
	p->name = path;
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->fd >= 0)
		return 0;
	err_msg("--payload: cannot read '%s': %s", path, mc_strerror(errno));
	return EXIT_ENV;
}

static int failed(int err, const char *text)
{
	if (err == -ENOMEM)
		return err_why("--payload", err, NULL);
	return usage_error("--payload", "'%s' has no pairs of hex digits like 0a1b2c", text);
}

/* --size where the payload has a length of its own is a contradiction. */
static int fixed_size(const struct payload *p, struct config *c)
{
	if (c->size.min && (c->size.min != p->len || c->size.max != p->len))
		return usage_error("--size", "the payload has %zu bytes; use pattern: to repeat it",
				   p->len);
	if (p->len > 65507)
		return usage_error("--payload", "%zu bytes are more than UDP carries (65507)",
				   p->len);
	c->size = (struct range){ p->len, p->len, 1 };
	return 0;
}

static int open_kind(struct payload *p, struct config *c)
{
	const char *what = c->payload;
	int err;

	if (!what || strcmp(what, "probe") == 0)
		return 0;
	if (strcmp(what, "stdin") == 0) {
		p->kind = PAYLOAD_STREAM;
		p->name = "standard input";
		p->fd = STDIN_FILENO;
		return 0;
	}
	if (strncmp(what, "file:", 5) == 0)
		return open_file(p, what + 5);
	p->kind = PAYLOAD_FIXED;
	if (strncmp(what, "text:", 5) == 0)
		return (err = read_text(p, what + 5)) ? failed(err, what) : fixed_size(p, c);
	if (strncmp(what, "hex:", 4) == 0)
		return (err = read_hex(p, what + 4)) ? failed(err, what + 4) : fixed_size(p, c);
	if (strncmp(what, "pattern:", 8) == 0) {
		err = read_hex(p, what + 8);
		if (!err)
			err = repeat_to(p, c->size.min ? c->size.max : DEFAULT_SIZE);
		return err ? failed(err, what + 8) : 0;
	}
	return usage_error("--payload",
			   "'%s' is not hex:BYTES, text:TEXT, pattern:HEX, file:PATH, "
			   "stdin or probe",
			   what);
}

int payload_open(struct payload *p, struct config *c)
{
	uint64_t size;
	int status;

	*p = (struct payload){ .kind = PAYLOAD_PROBE, .fd = -1, .crc = c->crc };
	status = open_kind(p, c);
	if (status)
		return status;
	if (c->crc && p->kind != PAYLOAD_PROBE)
		return usage_error("--crc", "only probes carry a CRC; leave out --payload");
	if (p->kind == PAYLOAD_STREAM && c->size.min != c->size.max)
		return usage_error("--size", "a file is cut into pieces of one size");
	size = p->kind == PAYLOAD_STREAM ? FILE_SIZE : DEFAULT_SIZE;
	if (!c->size.min && p->kind != PAYLOAD_FIXED)
		c->size = (struct range){ size, size, 1 };
	if (!c->size.min && p->kind == PAYLOAD_FIXED && p->len)
		c->size = (struct range){ p->len, p->len, 1 };
	if (p->kind == PAYLOAD_PROBE && c->size.min < MC_PROBE_LEN)
		return usage_error("--size",
				   "a probe has at least %d bytes; smaller packets need "
				   "--payload",
				   MC_PROBE_LEN);
	return 0;
}

void payload_close(struct payload *p)
{
	free(p->bytes);
	if (p->fd > STDIN_FILENO)
		close(p->fd);
}

int payload_read(struct payload *p, void *buf, size_t size)
{
	size_t have = 0;

	while (have < size && !p->at_end && !sig_stop()) {
		struct pollfd pfd = { .fd = p->fd, .events = POLLIN };
		int ready = sig_ppoll(&pfd, 1, NULL);

		if (ready == -EINTR)
			continue;
		if (ready < 0)
			return ready;

		ssize_t n = read(p->fd, (char *)buf + have, size - have);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n == 0)
			p->at_end = true;
		have += n > 0 ? (size_t)n : 0;
	}
	return (int)have;
}
