/* fuzz_craft.c - any text is a message that can be built, or an error that points into it */
#include <mc/craft.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_error(const char *text, const struct mc_craft *c, const struct mc_spec_error *err)
{
	static const struct mc_craft zero;

	require(err->offset <= strlen(text));
	require(err->text[0] && memchr(err->text, '\0', sizeof(err->text)));
	require(!memcmp(c, &zero, sizeof(zero)));
}

/* What was read is complete: it can be built, and it has a destination. */
static void check_message(const struct mc_craft *c)
{
	struct mc_addr src = { .family = MC_IPV6, .bytes = { 0xfe, 0x80 } }, dst;
	uint8_t buf[16384];

	require(mc_craft_family(c) == MC_IPV4 || mc_craft_family(c) == MC_IPV6);
	if (c->udp) {
		require(mc_addr_is_multicast(&c->group) && c->payload_len <= MC_CRAFT_PAYLOAD);
		return;
	}
	require(!mc_gm_destination(&dst, &c->gm));
	require(mc_gm_build(buf, sizeof(buf), &c->gm, &src, &dst) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct mc_spec_error err;
	struct mc_craft c;

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (mc_craft_parse(&c, text, &err))
		check_error(text, &c, &err);
	else
		check_message(&c);
	free(text);
	return 0;
}
