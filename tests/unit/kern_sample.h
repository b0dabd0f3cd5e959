/* kern_sample.h - what a kernel said, recorded in a lab: also the fuzzers' seeds */
#ifndef TESTS_KERN_SAMPLE_H
#define TESTS_KERN_SAMPLE_H

#include <limits.h>
#include <mc/addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint8_t sample_bytes[8192];

/* Reads tests/fuzz/corpus/NAME; the bytes last until the next call. */
static struct mc_span sample(const char *name)
{
	char path[PATH_MAX];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%.*s/../fuzz/corpus/%s",
		 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(sample_bytes, 1, sizeof(sample_bytes), f);
	fclose(f);
	assert_true(n > 0 && n < sizeof(sample_bytes));
	return (struct mc_span){ sample_bytes, n };
}

static struct mc_addr addr(const char *text)
{
	struct mc_addr a;

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static void assert_addr(const struct mc_addr *a, const char *text)
{
	struct mc_addr want = addr(text);

	assert_int_equal(mc_addr_cmp(a, &want), 0);
}

#endif
