/* sinks.c - where packets go besides the statistics: a dump, a file, a capture */
#include "mcrecv/sinks.h"

#include "common/out.h"

#include <ctype.h>
#include <errno.h>
#include <mc/frame.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME_BYTES (65536 + 64)

static int open_output(struct sinks *s, const char *path)
{
	s->output_name = path;
	if (strcmp(path, "-") == 0) {
		/* From here on text on stdout would spoil the payload: the real
		 * stdout becomes ours, and stdout goes where stderr goes. */
		int fd = dup(STDOUT_FILENO);

		if (fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
			s->output = fdopen(fd, "w");
		s->output_name = "standard output";
	} else {
		s->output = fopen(path, "we");
	}
	if (s->output)
		return 0;
	err_msg("--output: cannot write '%s': %s", path, mc_strerror(errno));
	return EXIT_ENV;
}

static int open_capture(struct sinks *s, const char *path)
{
	struct mc_why why = { "", "" };
	int err = mc_capfile_create(&s->capture, path, MC_LINK_RAW, &why);

	s->capture_name = path;
	s->frame = malloc(FRAME_BYTES);
	if (!err && !s->frame)
		err = -ENOMEM;
	return err ? err_why("--write", err, &why) : 0;
}

int sinks_open(struct sinks *s, const struct config *c)
{
	int status = 0;

	*s = (struct sinks){ .dump = c->dump };
	if (c->output)
		status = open_output(s, c->output);
	if (!status && c->write_file)
		status = open_capture(s, c->write_file);
	return status;
}

static void dump_line(const uint8_t *p, size_t at, size_t n)
{
	char hex[3 * 16 + 2] = "", text[17] = "";

	for (size_t i = 0; i < n; i++) {
		snprintf(hex + 3 * i, 4, "%02x ", p[at + i]);
		text[i] = isprint(p[at + i]) ? (char)p[at + i] : '.';
	}
	out_printf("  %04zx  %-48s  %s\n", at, hex, text);
}

static void dump(const struct mc_packet *p, const uint8_t *data, size_t len)
{
	char source[MC_ADDR_TEXT], group[MC_ADDR_TEXT], time[UNITS_TEXT];
	bool v6 = p->group.family == MC_IPV6;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";

	out_printf("%s %s%s%s:%u > %s%s%s:%u, %zu bytes, TTL %u\n", format_time(time, p->when),
		   open, mc_addr_format(&p->source, source), close, p->source_port, open,
		   mc_addr_format(&p->group, group), close, p->port, len, p->ttl);
	for (size_t at = 0; at < len; at += 16)
		dump_line(data, at, len - at < 16 ? len - at : 16);
}

static void write_failed(struct sinks *s, const char *option, const char *name, int err)
{
	if (!s->failed)
		err_msg("%s: cannot write '%s': %s", option, name, mc_strerror(err));
	s->failed = EXIT_ENV;
}

static void output_failed(struct sinks *s)
{
	if (errno == EPIPE)
		s->output_closed = true;
	else
		write_failed(s, "--output", s->output_name, errno);
}

static void put_output(struct sinks *s, const uint8_t *data, size_t len)
{
	if (!s->output_closed && fwrite(data, 1, len, s->output) != len)
		output_failed(s);
}

static void put_capture(struct sinks *s, const struct mc_packet *p, const uint8_t *data, size_t len)
{
	struct mc_datagram_head h = { .src = p->source,
				      .dst = p->group,
				      .src_port = p->source_port,
				      .dst_port = p->port,
				      .ttl = p->ttl,
				      .tos = p->tos };
	int head = mc_datagram_build(s->frame, FRAME_BYTES, &h, data, len);

	if (head <= 0)
		return;
	memcpy(s->frame + head, data, len);
	if (mc_capfile_write(s->capture, p->when, s->frame, (size_t)head + len) < 0)
		write_failed(s, "--write", s->capture_name, errno ? errno : EIO);
}

void sinks_put(struct sinks *s, const struct mc_packet *p, bool foreign)
{
	size_t step = p->segment ? p->segment : p->payload.len;
	size_t at = 0;

	do {
		size_t left = p->payload.len - at;
		size_t len = left < step ? left : step;

		if (s->dump && foreign)
			dump(p, p->payload.p + at, len);
		if (s->output)
			put_output(s, p->payload.p + at, len);
		if (s->capture)
			put_capture(s, p, p->payload.p + at, len);
		at += len;
	} while (at < p->payload.len);
}

void sinks_flush(struct sinks *s)
{
	if (s->output && !s->output_closed && fflush(s->output) != 0)
		output_failed(s);
}

int sinks_close(struct sinks *s)
{
	if (s->output && fclose(s->output) != 0 && errno != EPIPE)
		write_failed(s, "--output", s->output_name, errno);
	if (mc_capfile_close(s->capture) < 0)
		write_failed(s, "--write", s->capture_name, errno ? errno : EIO);
	free(s->frame);
	return s->failed;
}
