/* spec_format.c - the canonical text of a group spec */
#include <mc/spec.h>
#include <errno.h>
#include "addr/text.h"

static void add_address(struct text *t, const struct mc_addr *a)
{
	char buf[MC_ADDR_TEXT];

	text_add(t, mc_addr_format(a, buf));
}

static void add_sources(struct text *t, const struct mc_spec *s)
{
	for (unsigned i = 0; i < s->n_sources; i++) {
		text_add(t, i ? "," : "");
		text_add(t, s->mode == MC_EXCLUDE ? "!" : "");
		add_address(t, &s->sources[i]);
	}
	text_add(t, s->n_sources ? "@" : "");
}

int mc_spec_format(const struct mc_spec *s, char *buf, size_t size)
{
	struct text t = text_in(buf, size);
	bool brackets = s->port && s->first.family == MC_IPV6;

	add_sources(&t, s);
	text_add(&t, brackets ? "[" : "");
	add_address(&t, &s->first);
	text_add(&t, brackets ? "]" : "");
	if (s->count > 1) {
		text_add(&t, "+");
		text_add_number(&t, s->count);
	}
	if (s->port) {
		text_add(&t, ":");
		text_add_number(&t, s->port);
	}
	text_add(&t, s->ifname[0] ? "%" : "");
	text_add_n(&t, s->ifname, strnlen(s->ifname, MC_SPEC_IFNAME));
	if (!t.cut)
		return (int)t.len;
	if (size)
		buf[0] = '\0';
	return -ENOSPC;
}

struct mc_addr mc_spec_group(const struct mc_spec *s, uint64_t n)
{
	struct mc_addr group;

	/* Past the last address there is none: MC_ANY. */
	return mc_addr_add(&group, &s->first, n) ? mc_addr_unspecified(MC_ANY) : group;
}
