/* socket_list.c - the sockets that the kernel lists: by sock_diag, or /proc/net */
#include "kern/nlread.h"
#include "kern/procnet.h"
#include "sys/sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

/* What is listed, in the order of mc_sockets.files. */
static const struct listing {
	uint8_t family; /* AF_ */
	uint8_t type;
	uint8_t protocol; /* for raw sockets IPPROTO_RAW stands for all */
} listings[SOCKET_FILES] = {
	{ AF_INET, SOCK_DGRAM, IPPROTO_UDP },	  { AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
	{ AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE }, { AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE },
	{ AF_INET, SOCK_RAW, IPPROTO_RAW },	  { AF_INET6, SOCK_RAW, IPPROTO_RAW },
};

int sockets_add(unsigned *out, struct mc_sockets *s, const struct mc_socket *sock, uint32_t optmem)
{
	struct found_socket f = { .public = *sock, .optmem = optmem };

	*out = s->round.sockets.n;
	if (VEC_PUSH(&s->round.sockets, f) < 0)
		return -ENOMEM;
	return inode_map_put(&s->by_inode, sock->inode, *out);
}

struct listed {
	struct mc_sockets *s;
	const struct listing *of;
};

/* A raw socket has its protocol where others have the port. */
static int add_listed(struct listed *l, struct mc_socket *sock, uint32_t optmem)
{
	unsigned index;
	uint32_t there;

	sock->type = l->of->type;
	sock->protocol = l->of->protocol;
	if (l->of->type == SOCK_RAW) {
		sock->protocol = (uint8_t)sock->port;
		sock->port = 0;
	}
	/* One without an inode is being closed: nobody has it. */
	if (!sock->inode || inode_map_get(&there, &l->s->by_inode, sock->inode))
		return 0;
	return sockets_add(&index, l->s, sock, optmem);
}

/* A repeated dump brings known inodes again, which is no harm. */
static int take_diag(void *ctx, const struct nl_msg *m)
{
	struct mc_socket sock;
	uint32_t optmem;

	if (!m || !nl_read_socket(&sock, &optmem, m))
		return 0;
	return add_listed(ctx, &sock, optmem);
}

static int list_by_diag(struct listed *l)
{
	struct inet_diag_req_v2 req = {
		.sdiag_family = l->of->family,
		.sdiag_protocol = l->of->protocol,
		.idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
		.idiag_states = UINT32_MAX,
	};

	return nlsock_dump(&l->s->diag, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), take_diag, l);
}

static int list_by_file(struct listed *l, int fd)
{
	struct procnet_socket p;
	struct text text;
	int err = proc_read(&text, &l->s->buf, fd);

	while (!err && procnet_socket_next(&p, &text)) {
		struct mc_socket sock = {
			.inode = p.inode,
			.family = p.local.family,
			.port = p.port,
			.local = p.local,
			.uid = p.uid,
			.counted = true,
			.queued_bytes = p.queued_bytes,
			.drops = p.drops,
		};

		err = add_listed(l, &sock, OPTMEM_UNKNOWN);
	}
	return err;
}

/* A kernel without the module for a protocol answers with one of many errors. */
int sockets_list(struct mc_sockets *s)
{
	int err = 0;

	for (int i = 0; i < SOCKET_FILES && !err; i++) {
		struct listed l = { .s = s, .of = &listings[i] };

		if (s->diag.fd < 0 || (err = list_by_diag(&l)) < 0) {
			if (err == -ENOMEM)
				return err;
			err = list_by_file(&l, s->files[i]);
		}
	}
	return err;
}
