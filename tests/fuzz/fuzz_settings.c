/* fuzz_settings.c - any text as --set, --address of mcquery: settings that hold, or a reason */
#include "mcquery/settings.h"

#include "input.h"
#include "messages.h"

#define WORDS 8

static bool known(const void *data, const char *name)
{
	(void)data;
	return strcmp(name, "eth0") == 0;
}

static void check_settings(const struct settings *s)
{
	require(s->igmp <= 3 && s->mld <= 2 && s->vlan <= 4094);
	require(s->ttl >= UNSET && s->ttl <= 255 && s->tos >= UNSET && s->tos <= 255);
	require(s->router_alert >= UNSET && s->router_alert <= 65535);
	require(s->qrv >= UNSET && s->qrv <= 7);
	require(s->address4.family != MC_IPV6 && s->address6.family != MC_IPV4);
	require(s->destination4.family != MC_IPV6 && s->destination6.family != MC_IPV4);
	require(!mc_addr_is_multicast(&s->address4) && !mc_addr_is_multicast(&s->address6));
}

/* Lines are words; those of the first byte's bits are addresses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned addresses = (unsigned)take(&in, 1), before = messages;
	char *text = take_text(&in), *word, *rest = text;
	const char *sets[WORDS], *asked[WORDS];
	struct config c = { .igmp_version = 3, .mld_version = 2, .serve = addresses & 128 };
	struct settings s;
	int status;

	c.sets.v = sets;
	c.addresses.v = asked;
	for (unsigned i = 0; i < WORDS && (word = strsep(&rest, "\n")); i++) {
		struct opt_list *list = addresses >> i & 1 ? &c.addresses : &c.sets;

		list->v[list->n++] = word;
	}
	status = settings_make(&s, &c, "eth0");
	if (!status) {
		check_settings(&s);
		status = settings_check(&s, "eth0");
	}
	if (!status)
		status = settings_check_names(&c, known, NULL);
	require((status == 0) == (messages == before));
	free(text);
	return 0;
}
