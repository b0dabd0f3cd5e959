/* groups.c - operands to group specs */
#include "common/groups.h"

#include <errno.h>
#include <mc/group.h>
#include <stdlib.h>

#include "common/out.h"

static int parse_one(struct mc_spec *out, const char *text, uint16_t default_port)
{
	struct mc_spec_error err;

	if (mc_spec_parse(out, text, &err) < 0) {
		err_msg("group '%s': %s", text, err.text);
		err_caret(text, err.offset);
		return EXIT_USAGE;
	}
	if (out->port == 0)
		out->port = default_port;
	return 0;
}

int groups_parse(struct groups *out, char *const *text, size_t n, uint16_t default_port)
{
	int rc = 0;

	out->n = 0;
	out->v = calloc(n ? n : 1, sizeof *out->v);
	if (!out->v)
		return err_why(NULL, -ENOMEM, NULL);
	while (out->n < n && rc == 0) {
		rc = parse_one(&out->v[out->n], text[out->n], default_port);
		out->n++;
	}
	if (rc)
		groups_free(out);
	return rc;
}

void groups_warn_aliases(const struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct mc_spec *s = &g->v[i];
		char text[MC_ADDR_TEXT], mac_text[MC_MAC_TEXT];
		struct mc_group_info info;
		struct mc_mac mac;

		if (s->count > 1 || mc_group_classify(&info, &s->first) < 0 ||
		    !info.aliases_control || mc_group_mac(&mac, &s->first) < 0)
			continue;
		warn_msg("%s: switches flood its MAC %s, which is that of a link-local control "
			 "group; choose another group",
			 mc_addr_format(&s->first, text), mc_mac_format(&mac, mac_text));
	}
}

void groups_free(struct groups *g)
{
	free(g->v);
	g->v = NULL;
	g->n = 0;
}

uint64_t groups_total(const struct groups *g)
{
	uint64_t total = 0;

	for (size_t i = 0; i < g->n; i++)
		if (__builtin_add_overflow(total, g->v[i].count, &total))
			return UINT64_MAX;
	return total;
}

enum mc_family groups_family(const struct groups *g)
{
	for (size_t i = 1; i < g->n; i++)
		if (g->v[i].first.family != g->v[0].first.family)
			return MC_ANY;
	return g->n ? (enum mc_family)g->v[0].first.family : MC_ANY;
}
