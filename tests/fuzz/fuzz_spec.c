/* fuzz_spec.c - any text is a spec that survives a round trip, or an error */
#include <mc/spec.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_addr(const char *text, size_t len)
{
	struct mc_addr a, again;
	char buf[MC_ADDR_TEXT];

	if (mc_addr_parse_n(&a, text, len)) {
		require(a.family == MC_ANY);
		return;
	}
	require(!mc_addr_parse(&again, mc_addr_format(&a, buf)));
	require(!mc_addr_cmp(&a, &again));
}

static void check_error(const char *text, const struct mc_spec *spec,
			const struct mc_spec_error *err)
{
	static const struct mc_spec zero;

	require(err->offset <= strlen(text));
	require(err->text[0] && memchr(err->text, '\0', sizeof(err->text)));
	require(!memcmp(spec, &zero, sizeof(zero)));
}

static void check_round_trip(const struct mc_spec *spec)
{
	char text[MC_SPEC_TEXT], cut[MC_SPEC_TEXT];
	struct mc_addr last = mc_spec_group(spec, spec->count - 1);
	int len = mc_spec_format(spec, text, sizeof(text));
	struct mc_spec again;

	require(spec->count >= 1 && mc_addr_is_multicast(&last));
	require(len > 0 && strlen(text) == (size_t)len);
	require(!mc_spec_parse(&again, text, NULL));
	require(!memcmp(spec, &again, sizeof(again)));
	require(mc_spec_format(spec, cut, (size_t)len) == -ENOSPC && !cut[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Exact allocations, so that the sanitizer sees a byte too far. */
	char *text = malloc(size + 1), *bare = malloc(size);
	struct mc_spec_error err;
	struct mc_spec spec;

	if (!text || (size && !bare))
		abort();
	if (size) {
		memcpy(bare, data, size);
		memcpy(text, data, size);
	}
	text[size] = '\0';
	if (size)
		check_addr(bare, size);
	if (mc_spec_parse(&spec, text, &err))
		check_error(text, &spec, &err);
	else
		check_round_trip(&spec);
	free(bare);
	free(text);
	return 0;
}
