/* nl_socket.c - sock_diag: UDP, UDP-Lite and raw sockets */
#include "kern/nlread.h"

#include <sys/socket.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

static void take_meminfo(struct mc_socket *out, uint32_t *optmem, const struct nl_attr *a)
{
	uint32_t mem[SK_MEMINFO_VARS] = { 0 };

	if (a->body.len <= SK_MEMINFO_OPTMEM * sizeof(mem[0]))
		return;
	memcpy(mem, a->body.p, a->body.len < sizeof(mem) ? a->body.len : sizeof(mem));
	out->counted = true;
	out->queued_bytes = mem[SK_MEMINFO_RMEM_ALLOC];
	out->rcvbuf_bytes = mem[SK_MEMINFO_RCVBUF];
	out->drops = mem[SK_MEMINFO_DROPS];
	*optmem = mem[SK_MEMINFO_OPTMEM];
}

int nl_read_socket(struct mc_socket *out, uint32_t *optmem, const struct nl_msg *m)
{
	struct mc_span rest = m->body;
	struct inet_diag_msg d;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	*optmem = UINT32_MAX;
	if (m->type != SOCK_DIAG_BY_FAMILY || !nl_head(&d, sizeof(d), &rest))
		return 0;
	if (d.idiag_family != AF_INET && d.idiag_family != AF_INET6)
		return 0;
	out->family = d.idiag_family == AF_INET ? MC_IPV4 : MC_IPV6;
	out->inode = d.idiag_inode;
	out->uid = d.idiag_uid;
	out->ifindex = d.id.idiag_if;
	out->local = mc_addr_from_bytes((enum mc_family)out->family, d.id.idiag_src);
	out->port = (uint16_t)__builtin_bswap16(d.id.idiag_sport);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	out->port = d.id.idiag_sport;
#endif
	while (nl_attr_next(&a, &rest))
		if (a.type == INET_DIAG_SKMEMINFO)
			take_meminfo(out, optmem, &a);
	return 1;
}
