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

/* Netlink, and addresses as words in /proc, are in the byte order of the machine; that
 * of the lab was little-endian. */
static inline void skip_foreign(const char *name)
{
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ &&
	    (strncmp(name, "netlink/", 8) == 0 || strcmp(name, "procnet/igmp") == 0 ||
	     strncmp(name, "procnet/udp", 11) == 0))
		skip();
}

/* Reads tests/fuzz/corpus/NAME; the bytes last until the next call. */
static inline struct mc_span sample(const char *name)
{
	char path[PATH_MAX];
	size_t n;
	FILE *f;

	skip_foreign(name);
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
