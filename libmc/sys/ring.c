/* ring.c - IP packets of one interface in memory shared with the kernel: see ring.h */
#include "sys/ring.h"
#include "sys/why.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* A frame lies in one block: room for the largest run that is not split. */
#define BLOCK_BYTES (256u * 1024)
#define BLOCKS_MIN  4
/* The kernel hands over a block that is not full after this long. */
#define BLOCK_MS  4
#define FRAME_MIN 2048 /* of no meaning with blocks, but it must divide them */

#define LINK_UNKNOWN UINT32_MAX

/* More ports than a filter's jumps reach: then every port is taken. */
#define PORTS_MAX 200

struct ring {
	int fd;
	enum mc_family family;
	uint32_t link; /* bytes of the link's header, or LINK_UNKNOWN */
	uint8_t *map;
	unsigned n_blocks;
	unsigned block; /* read now, or next */
	unsigned left;	/* frames in it that were not read */
	bool reading;	/* the block is ours until its last frame is done with */
	const uint8_t *at;
	uint64_t drops;
};

static struct tpacket_block_desc *block_at(const struct ring *r, unsigned n)
{
	return (struct tpacket_block_desc *)(r->map + (size_t)(n % r->n_blocks) * BLOCK_BYTES);
}

static bool is_ours(const struct tpacket_block_desc *b)
{
	return __atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER;
}

/* --- the filter ---------------------------------------------------------- */

struct program {
	struct sock_filter code[PORTS_MAX + 32];
	unsigned short n;
	uint32_t ip; /* where the IP header begins */
};

/* Where a jump goes is known when the program is whole. */
#define NEXT   0
#define DROP   254
#define ACCEPT 255

static void op(struct program *p, uint16_t code, uint32_t k)
{
	p->code[p->n++] = (struct sock_filter){ .code = code, .k = k };
}

/* Loads bytes of the IP header.  (SKF_NET_OFF knows where that is, but cannot look
 * beyond what the driver has made linear.) */
static void load(struct program *p, uint16_t how, uint32_t at)
{
	op(p, (uint16_t)(BPF_LD | how), p->ip + at);
}

static void branch(struct program *p, uint16_t test, uint32_t k, uint8_t yes, uint8_t no)
{
	p->code[p->n++] = (struct sock_filter){ BPF_JMP | BPF_K | test, yes, no, k };
}

static uint8_t resolve(const struct program *p, unsigned from, uint8_t where)
{
	/* The last two instructions: drop, accept. */
	if (where == DROP)
		return (uint8_t)(p->n - 2u - from - 1);
	if (where == ACCEPT)
		return (uint8_t)(p->n - 1u - from - 1);
	return where;
}

static void finish(struct program *p)
{
	op(p, BPF_RET | BPF_K, 0);
	op(p, BPF_RET | BPF_K, UINT32_MAX);
	for (unsigned i = 0; i < p->n; i++) {
		struct sock_filter *f = &p->code[i];

		if (BPF_CLASS(f->code) != BPF_JMP)
			continue;
		f->jt = resolve(p, i, f->jt);
		f->jf = resolve(p, i, f->jf);
	}
}

/* Only the first fragment has ports; the others are not worth their copy. */
static void ipv4_udp(struct program *p)
{
	load(p, BPF_B | BPF_ABS, 16); /* destination */
	op(p, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	branch(p, BPF_JEQ, 0xe0, NEXT, DROP);
	load(p, BPF_B | BPF_ABS, 9); /* protocol */
	branch(p, BPF_JEQ, IPPROTO_UDP, NEXT, DROP);
	load(p, BPF_H | BPF_ABS, 6);
	branch(p, BPF_JSET, 0x1fff, DROP, NEXT);
	op(p, BPF_LDX | BPF_B | BPF_MSH, p->ip);
	load(p, BPF_H | BPF_IND, 2); /* destination port */
}

/* What has extension headers is looked through by the reader. */
static void ipv6_udp(struct program *p)
{
	static const uint8_t extensions[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
					      IPPROTO_DSTOPTS };

	load(p, BPF_B | BPF_ABS, 24); /* destination */
	branch(p, BPF_JEQ, 0xff, NEXT, DROP);
	load(p, BPF_B | BPF_ABS, 6); /* next header */
	for (unsigned i = 0; i < sizeof(extensions); i++)
		branch(p, BPF_JEQ, extensions[i], ACCEPT, NEXT);
	branch(p, BPF_JEQ, IPPROTO_UDP, NEXT, DROP);
	load(p, BPF_H | BPF_ABS, 42); /* destination port */
}

/* One of the ports, or beyond what jumps reach any. */
static void one_of(struct program *p, const uint16_t *ports, unsigned n)
{
	if (n > PORTS_MAX) {
		branch(p, BPF_JSET, 0, DROP, ACCEPT);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		branch(p, BPF_JEQ, ports[i], ACCEPT, i + 1 < n ? NEXT : DROP);
}

int ring_ports(struct ring *r, const uint16_t *ports, unsigned n)
{
	struct program p = { .ip = r->link };
	struct sock_fprog prog = { 0, p.code };

	op(&p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
	/* Another host's frame, or another VLAN's: IP does not take it either. */
	branch(&p, BPF_JEQ, PACKET_OTHERHOST, DROP, r->link == LINK_UNKNOWN ? ACCEPT : NEXT);
	if (r->link != LINK_UNKNOWN) {
		(r->family == MC_IPV4 ? ipv4_udp : ipv6_udp)(&p);
		one_of(&p, ports, n);
	}
	finish(&p);
	prog.len = p.n;
	return setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ? -errno
											: 0;
}

/* --- opening ------------------------------------------------------------- */

static int set_int(int fd, int name, int value)
{
	return setsockopt(fd, SOL_PACKET, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int make_ring(struct ring *r, size_t bytes)
{
	struct tpacket_req3 req = { .tp_block_size = BLOCK_BYTES,
				    .tp_block_nr = (unsigned)(bytes / BLOCK_BYTES),
				    .tp_frame_size = FRAME_MIN,
				    .tp_retire_blk_tov = BLOCK_MS };
	void *map;
	int err = set_int(r->fd, PACKET_VERSION, TPACKET_V3);

	if (req.tp_block_nr < BLOCKS_MIN)
		req.tp_block_nr = BLOCKS_MIN;
	req.tp_frame_nr = BLOCK_BYTES / FRAME_MIN * req.tp_block_nr;
	/* The header tells of runs that nobody split, and how long their parts are. */
	if (!err)
		err = set_int(r->fd, PACKET_VNET_HDR, 1);
	if (!err && setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		err = -errno;
	if (err)
		return err;
	r->n_blocks = req.tp_block_nr;
	map = mmap(NULL, ring_size(r), PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	r->map = map;
	return 0;
}

static uint32_t link_header(uint16_t type)
{
	switch (type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return ETH_HLEN; /* VLAN tags are beside the frame by now */
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
		return 0;
	default:
		return LINK_UNKNOWN;
	}
}

static int begin(struct ring *r, unsigned ifindex)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { 1, &nothing };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol =
					  htons(r->family == MC_IPV4 ? ETH_P_IP : ETH_P_IPV6),
				  .sll_ifindex = (int)ifindex };
	socklen_t len = sizeof(ll);

	if (setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ||
	    bind(r->fd, (struct sockaddr *)&ll, sizeof(ll)) < 0 ||
	    getsockname(r->fd, (struct sockaddr *)&ll, &len) < 0)
		return -errno;
	r->link = link_header(ll.sll_hatype);
	return 0;
}

int ring_open(struct ring **out, enum mc_family family, unsigned ifindex, size_t bytes,
	      struct mc_why *why)
{
	struct ring *r = calloc(1, sizeof(*r));
	int err;

	*out = NULL;
	if (!r)
		return why_set(why, -ENOMEM, "no memory for a packet ring");
	r->family = family;
	r->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	err = r->fd < 0 ? -errno : make_ring(r, bytes);
	if (!err)
		err = begin(r, ifindex);
	if (!err) {
		*out = r;
		return 0;
	}
	ring_close(r);
	why_set(why, err, "cannot open a packet ring: %s", mc_strerror(err));
	if (err == -EPERM)
		why_fix(why, "it needs CAP_NET_RAW: run as root, or setcap cap_net_raw+ep on the "
			     "program");
	return err;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	if (r->map)
		munmap(r->map, ring_size(r));
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

int ring_fd(const struct ring *r)
{
	return r->fd;
}

size_t ring_size(const struct ring *r)
{
	return (size_t)r->n_blocks * BLOCK_BYTES;
}

/* --- reading ------------------------------------------------------------- */

static bool begin_block(struct ring *r)
{
	const struct tpacket_block_desc *b = block_at(r, r->block);

	if (r->reading || !is_ours(b))
		return false;
	r->reading = true;
	r->left = b->hdr.bh1.num_pkts;
	r->at = (const uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
	return true;
}

bool ring_next(struct ring *r, struct ring_frame *out)
{
	struct virtio_net_hdr run;
	const struct tpacket3_hdr *h;
	unsigned link;

	if (!r->left && !begin_block(r))
		return false;
	if (!r->left)
		return false;
	h = (const struct tpacket3_hdr *)r->at;
	link = (unsigned)h->tp_net - h->tp_mac;
	memcpy(&run, r->at + h->tp_mac - sizeof(run), sizeof(run));
	*out = (struct ring_frame){
		.ip = { r->at + h->tp_net, link < h->tp_snaplen ? h->tp_snaplen - link : 0 },
		.when = { (int64_t)h->tp_sec * 1000000000 + h->tp_nsec },
		.segment = run.gso_type != VIRTIO_NET_HDR_GSO_NONE ? run.gso_size : 0,
		.sum_open = h->tp_status & (TP_STATUS_CSUMNOTREADY | TP_STATUS_CSUM_VALID),
	};
	r->at += h->tp_next_offset;
	r->left--;
	return true;
}

void ring_release(struct ring *r)
{
	if (!r->reading || r->left)
		return;
	__atomic_store_n(&block_at(r, r->block)->hdr.bh1.block_status, TP_STATUS_KERNEL,
			 __ATOMIC_RELEASE);
	r->reading = false;
	r->block = (r->block + 1) % r->n_blocks;
}

void ring_clear_error(struct ring *r)
{
	int error;
	socklen_t len = sizeof(error);

	(void)!getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len);
}

unsigned ring_fill(const struct ring *r)
{
	unsigned n = 0;

	while (n < r->n_blocks && is_ours(block_at(r, r->block + n)))
		n++;
	return n ? n * 100 / r->n_blocks : 0;
}

uint64_t ring_drops(struct ring *r)
{
	struct tpacket_stats_v3 now;
	socklen_t len = sizeof(now);

	/* Reading sets the kernel's counter to zero. */
	if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &now, &len) == 0)
		r->drops += now.tp_drops;
	return r->drops;
}
