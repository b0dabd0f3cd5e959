/* identity.c - who the hosts are: a number, and MAC and addresses made of it */
#include "mchost/identity.h"

#include "common/hindex.h"
#include "common/loop.h"
#include "common/out.h"
#include "common/sig.h"
#include "mchost/neighbours.h"

#include <string.h>

#define BENCH_POOL  "198.18.0.0" /* RFC 2544 C.2.2, /15 */
#define BENCH_HOSTS 131070
#define PROBED	    1024 /* more ARP requests would be a storm */
#define MOVES	    16
#define PROBE_NS    200000000

/* --- the pool ------------------------------------------------------------ */

static int bad_pool(const char *text, const char *what)
{
	return usage_error("--addresses", "'%s' %s; write 10.1.0.0/16 or 10.1.0.1-10.1.9.9", text,
			   what);
}

/* "10.1.0.0/16": without network and broadcast address. */
static int read_prefix(struct mc_addr *first, uint64_t *size, const char *text, const char *slash)
{
	uint64_t bits;

	if (parse_u64(&bits, slash + 1) || bits < 1 || bits > 30)
		return bad_pool(text, "has no prefix of 1 to 30 bits");
	*first = mc_addr_masked(first, (unsigned)bits);
	*size = (UINT64_C(1) << (32 - bits)) - 2;
	return mc_addr_add(first, first, 1) ? bad_pool(text, "is no pool") : 0;
}

static int read_last(struct mc_addr *first, uint64_t *size, const char *text, const char *dash)
{
	struct mc_addr last;

	if (mc_addr_parse(&last, dash + 1) || mc_addr_distance(size, first, &last))
		return bad_pool(text, "does not end behind its beginning");
	++*size;
	return 0;
}

static int read_pool(struct mc_addr *first, uint64_t *size, const char *text)
{
	size_t len = strcspn(text, "/-");
	int status;

	*size = 0;
	if (mc_addr_parse_n(first, text, len))
		return bad_pool(text, "is no pool of addresses");
	if (first->family != MC_IPV4)
		return usage_error("--addresses",
				   "'%s' is IPv6, where hosts have link-local "
				   "addresses made of their MACs",
				   text);
	*size = 1;
	if (text[len] == '/')
		status = read_prefix(first, size, text, text + len);
	else
		status = text[len] ? read_last(first, size, text, text + len) : 0;
	if (!status && (mc_addr_is_multicast(first) || mc_addr_is_unspecified(first)))
		return bad_pool(text, "holds no addresses of hosts");
	return status;
}

static bool overlaps(const struct mc_addr *first, uint64_t n, const struct mc_iface *i)
{
	struct mc_addr net, end, last;

	if (i->addr4.family == MC_ANY)
		return false;
	net = mc_addr_masked(&i->addr4, i->prefix4);
	if (mc_addr_add(&end, &net, (UINT64_C(1) << (32 - i->prefix4)) - 1) ||
	    mc_addr_add(&last, first, n - 1))
		return true;
	return mc_addr_cmp(first, &end) <= 0 && mc_addr_cmp(&last, &net) >= 0;
}

static int choose_given(struct identity *id, const struct config *c, const struct mc_iface *iface)
{
	char text[MC_ADDR_TEXT];
	uint64_t size;
	int status = read_pool(&id->first4, &size, c->addresses);

	if (status)
		return status;
	if (size < id->n)
		return usage_error("--addresses", "'%s' holds %llu addresses, too few for %u hosts",
				   c->addresses, (unsigned long long)size, id->n);
	if (!c->force && overlaps(&id->first4, id->n, iface))
		return usage_error("--addresses",
				   "'%s' overlaps the network of %s (%s/%u), where others live; "
				   "--force takes it all the same",
				   c->addresses, iface->name, mc_addr_format(&iface->addr4, text),
				   iface->prefix4);
	return 0;
}

/* The end of the interface's network, leaving its own address out. */
static bool choose_network(struct identity *id, const struct mc_iface *i)
{
	struct mc_addr net;
	uint64_t own, size;

	if (i->addr4.family == MC_ANY || i->prefix4 < 1 || i->prefix4 > 30)
		return false;
	net = mc_addr_masked(&i->addr4, i->prefix4);
	size = (UINT64_C(1) << (32 - i->prefix4)) - 1; /* up to the broadcast address */
	if (mc_addr_distance(&own, &net, &i->addr4) || size <= id->n)
		return false;
	/* Hosts have net+size-n .. net+size-1. */
	if (own >= size - id->n)
		size = own;
	return size > id->n && !mc_addr_add(&id->first4, &net, size - id->n);
}

static int choose_derived(struct identity *id, const struct mc_iface *iface)
{
	id->derived = true;
	if (choose_network(id, iface))
		return 0;
	if (id->n > BENCH_HOSTS)
		return usage_error("--hosts",
				   "%u hosts need a pool of addresses; give one with "
				   "--addresses, such as 10.0.0.0/8",
				   id->n);
	return mc_addr_parse(&id->first4, BENCH_POOL) || mc_addr_add(&id->first4, &id->first4, 1)
		       ? EXIT_ENV
		       : 0;
}

int identity_init(struct identity *id, const struct config *c, const struct mc_iface *iface,
		  uint32_t n)
{
	uint32_t hash = hash_bytes(&c->seed, sizeof(c->seed), 0);

	*id = (struct identity){ .n = n };
	/* Locally administered, of one host. */
	id->prefix[0] = (uint8_t)((hash & 0xfc) | 0x02);
	id->prefix[1] = (uint8_t)(hash >> 8);
	id->prefix[2] = (uint8_t)(hash >> 16);
	return c->addresses ? choose_given(id, c, iface) : choose_derived(id, iface);
}

/* --- number and address -------------------------------------------------- */

struct mc_mac identity_mac(const struct identity *id, uint32_t host)
{
	return (struct mc_mac){ { id->prefix[0], id->prefix[1], id->prefix[2],
				  (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host } };
}

static struct mc_addr link_local(const struct mc_mac *m)
{
	const uint8_t *b = m->bytes;

	/* Modified EUI-64, RFC 4291 appendix A. */
	return (struct mc_addr){ .family = MC_IPV6,
				 .bytes = { 0xfe, 0x80, [8] = b[0] ^ 2, b[1], b[2], 0xff, 0xfe,
					    b[3], b[4], b[5] } };
}

struct mc_addr identity_addr(const struct identity *id, uint32_t host, enum mc_family family)
{
	const uint8_t *f = id->first4.bytes;
	uint32_t a = (uint32_t)f[0] << 24 | (uint32_t)f[1] << 16 | (uint32_t)f[2] << 8 | f[3];
	struct mc_mac mac = identity_mac(id, host);

	if (family == MC_IPV6)
		return link_local(&mac);
	a += host;
	return (struct mc_addr){ .family = MC_IPV4,
				 .bytes = { (uint8_t)(a >> 24), (uint8_t)(a >> 16),
					    (uint8_t)(a >> 8), (uint8_t)a } };
}

uint32_t identity_of(const struct identity *id, const struct mc_addr *a)
{
	uint64_t host;
	struct mc_addr same;

	if (a->family == MC_IPV4) {
		if (mc_addr_distance(&host, &id->first4, a))
			return NOBODY;
	} else {
		host = (uint64_t)a->bytes[13] << 16 | (uint64_t)a->bytes[14] << 8 | a->bytes[15];
	}
	if (host >= id->n)
		return NOBODY;
	same = identity_addr(id, (uint32_t)host, (enum mc_family)a->family);
	return mc_addr_cmp(&same, a) ? NOBODY : (uint32_t)host;
}

/* --- are they free? ------------------------------------------------------ */

static void ask(const struct identity *id, struct link *l, uint32_t n)
{
	for (uint32_t host = 0; host < n; host++) {
		struct mc_mac mac = identity_mac(id, host);
		struct mc_addr a = identity_addr(id, host, MC_IPV4);

		arp_send(l, &(struct arp){ .request = true, .mac = mac, .target = a });
	}
	link_flush(l);
}

/* Somebody else's word about an address of ours; NOBODY when nothing came in
 * time. */
static uint32_t wait_for_answer(const struct identity *id, struct link *l, struct arp *heard)
{
	mc_nsec end = { loop_now().ns + PROBE_NS };
	struct pollfd fd = { .fd = mc_cap_fd(l->cap), .events = POLLIN };
	uint32_t host = NOBODY;
	struct mc_cap_frame f;
	mc_nsec left;

	while (host == NOBODY && (left.ns = end.ns - loop_now().ns) > 0 && !sig_stop()) {
		(void)sig_ppoll(&fd, 1, &left);
		while (host == NOBODY && mc_cap_next(l->cap, &f, NULL) == 1) {
			if (arp_read(heard, &f.data, l->vlan) &&
			    !mc_addr_is_unspecified(&heard->sender))
				host = identity_of(id, &heard->sender);
		}
	}
	return host;
}

/* Derived ones go below the address in the way, if there is room. */
static bool move_below(struct identity *id, const struct mc_addr *taken,
		       const struct mc_iface *iface)
{
	struct mc_addr net = mc_addr_masked(&iface->addr4, iface->prefix4);
	uint64_t at, own;

	if (!id->derived || mc_addr_distance(&at, &net, taken) ||
	    mc_addr_distance(&own, &net, &iface->addr4))
		return false;
	if (own < at && own >= at - (at > id->n ? id->n : at))
		at = own;
	return at > id->n && !mc_addr_add(&id->first4, &net, at - id->n);
}

int identity_probe(struct identity *id, const struct config *c, struct link *l)
{
	char addr[MC_ADDR_TEXT], mac[MC_MAC_TEXT];
	struct arp heard;

	if (c->force || l->iface.addr4.family == MC_ANY)
		return 0;
	for (int i = 0; i < MOVES; i++) {
		uint32_t host;

		ask(id, l, id->n < PROBED ? id->n : PROBED);
		host = wait_for_answer(id, l, &heard);
		if (host == NOBODY)
			return 0;
		if (!move_below(id, &heard.sender, &l->iface))
			break;
	}
	err_msg("%s: %s belongs to %s already; choose other addresses with --addresses, or --force",
		l->iface.name, mc_addr_format(&heard.sender, addr), mc_mac_format(&heard.mac, mac));
	return EXIT_ENV;
}
