/* dissect_samples.h - packets and what is read from them, out of tests/unit/dissect
 *
 * Each sample of a file is
 *
 *	# title
 *	the IP packet in hexadecimal
 *	name MESSAGE NAME
 *	result ok | truncated | bad length
 *	whole LENGTH...		shorter payloads that are messages too, or -
 *	the fields, as text_field() writes them
 *
 * and an empty line. */
#ifndef MC_TEST_DISSECT_SAMPLES_H
#define MC_TEST_DISSECT_SAMPLES_H

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "dissect_check.h"

#define SAMPLE_PACKET 2048
#define SAMPLE_FIELDS 65536
#define SAMPLE_LINE   4096

struct sample {
	char title[128], name[128], whole[128];
	int rc;
	uint8_t packet[SAMPLE_PACKET];
	size_t len;
	char fields[SAMPLE_FIELDS];
	struct mc_frame frame;
};

static inline size_t sample_unhex(uint8_t *out, size_t size, const char *hex)
{
	size_t n = 0;
	unsigned byte;

	for (; n < size && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

/* A line without its end; false at the end of the file. */
static inline bool sample_line(char *line, FILE *file)
{
	if (!fgets(line, SAMPLE_LINE, file))
		return false;
	line[strcspn(line, "\n")] = 0;
	return true;
}

static inline void sample_value(char out[128], const char *line, const char *key)
{
	size_t n = strlen(key);

	assert_memory_equal(line, key, n);
	assert_true(strlen(line + n) < 128);
	memcpy(out, line + n, strlen(line + n) + 1);
}

static inline int sample_result(const char *text)
{
	if (strcmp(text, "truncated") == 0)
		return -MC_ETRUNC;
	if (strcmp(text, "bad length") == 0)
		return -MC_EBADLEN;
	assert_string_equal(text, "ok");
	return 0;
}

static inline bool sample_next(struct sample *s, FILE *file)
{
	char line[SAMPLE_LINE], result[128];

	memset(s, 0, sizeof(*s));
	if (!sample_line(line, file))
		return false;
	sample_value(s->title, line, "# ");
	assert_true(sample_line(line, file));
	s->len = sample_unhex(s->packet, sizeof(s->packet), line);
	assert_true(sample_line(line, file));
	sample_value(s->name, line, "name ");
	assert_true(sample_line(line, file));
	sample_value(result, line, "result ");
	s->rc = sample_result(result);
	assert_true(sample_line(line, file));
	sample_value(s->whole, line, "whole ");
	while (sample_line(line, file) && *line) {
		strcat(s->fields, line);
		strcat(s->fields, "\n");
	}
	assert_int_equal(mc_frame_parse(&s->frame, MC_LINK_RAW, s->packet, s->len), 0);
	return true;
}

/* Opens a file of samples beside this one. */
static inline FILE *sample_open(const char *name)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%.*s/dissect/%s.txt",
		 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
	file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

/* Whether that many bytes of the payload are a message of their own. */
static inline bool sample_whole(const struct sample *s, size_t len)
{
	const char *p = s->whole;
	char *end;

	for (;; p = end) {
		size_t value = strtoul(p, &end, 10);

		if (end == p)
			return false;
		if (value == len)
			return true;
	}
}

/* Calls test for each sample of the file, and returns how many there were. */
static inline size_t sample_each(const char *file, void (*test)(const struct sample *s))
{
	static struct sample s;
	FILE *in = sample_open(file);
	size_t n = 0;

	for (; sample_next(&s, in); n++)
		test(&s);
	fclose(in);
	return n;
}

#endif
