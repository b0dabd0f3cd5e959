/* linkdump.c - a dump of all interfaces, for the readers that name them */
#include "kern/nlread.h"
#include "sys/linkdump.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

int link_dump(struct nlsock *s, bool counters, nl_message_fn *fn, void *ctx)
{
	struct {
		struct ifinfomsg head;
		struct nlattr attr;
		uint32_t mask;
	} request = {
		.attr = { .nla_len = sizeof(struct nlattr) + sizeof(uint32_t),
			  .nla_type = IFLA_EXT_MASK },
		.mask = counters ? 0 : RTEXT_FILTER_SKIP_STATS,
	};

	return nlsock_dump(s, RTM_GETLINK, &request, sizeof(request), fn, ctx);
}

static int take_name(void *ctx, const struct nl_msg *m)
{
	struct ifname_entry e = { 0 };
	ifname_vec *names = ctx;
	struct mc_ifstat link;

	if (!m)
		names->n = 0;
	if (!m || !nl_read_link(&link, m))
		return 0;
	e.ifindex = link.iface.index;
	memcpy(e.name, link.iface.name, sizeof(e.name));
	return VEC_PUSH(names, e);
}

static int by_index(const void *a, const void *b)
{
	const struct ifname_entry *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

int ifnames_read(ifname_vec *out, struct nlsock *s)
{
	int err = link_dump(s, false, take_name, out);

	if (!err && out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_index);
	return err;
}

const char *ifname_of(const ifname_vec *names, unsigned ifindex)
{
	const struct ifname_entry key = { .ifindex = ifindex };
	const struct ifname_entry *e = NULL;

	if (names->n)
		e = bsearch(&key, names->v, names->n, sizeof(*names->v), by_index);
	return e ? e->name : "";
}
