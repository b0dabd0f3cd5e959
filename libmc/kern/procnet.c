/* procnet.c - /proc/net: memberships, source filters, sockets */
#include "kern/procnet.h"

#define TICK_NS (1000000000 / 100) /* times in /proc are in 1/100 s (USER_HZ) */

/* Flags in igmp6, include/net/if_inet6.h. */
#define MAF_TIMER_RUNNING 0x01
#define MAF_LAST_REPORTER 0x02

static mc_nsec ticks(uint64_t n)
{
	if (n > INT64_MAX / TICK_NS)
		n = 0;
	return (mc_nsec){ (int64_t)n * TICK_NS };
}

static bool take_index(uint32_t *out, struct text *line)
{
	return text_u32(out, line, 10) && *out;
}

static bool take_name(char out[MC_IFNAME], struct text *line, char stop)
{
	struct text word;

	memset(out, 0, MC_IFNAME);
	if (!text_word(&word, line, stop) || word.len >= MC_IFNAME)
		return false;
	memcpy(out, word.p, word.len);
	return true;
}

/* An IPv4 address that was printed as one number in the host's byte order. */
static bool take_native4(struct mc_addr *out, struct text *line)
{
	uint32_t raw;

	if (!text_u32(&raw, line, 16))
		return false;
	*out = mc_addr_from_bytes(MC_IPV4, &raw);
	return true;
}

/* "0xe0000001" */
static bool take_0x(struct mc_addr *out, struct text *line)
{
	uint8_t bytes[4];

	text_skip_blanks(line);
	if (!text_char(line, '0') || !text_char(line, 'x') || !text_hex(bytes, line, 4))
		return false;
	*out = mc_addr_from_bytes(MC_IPV4, bytes);
	return true;
}

static bool take_hex6(struct mc_addr *out, struct text *line)
{
	uint8_t bytes[16];

	if (!text_hex(bytes, line, 16))
		return false;
	*out = mc_addr_from_bytes(MC_IPV6, bytes);
	return true;
}

/* "2\teth0      :     1      V3" */
static bool igmp_interface(struct procnet_group *out, struct text line)
{
	struct procnet_group g = { 0 };
	uint32_t count, version;

	if (!take_index(&g.ifindex, &line) || !take_name(g.ifname, &line, ':'))
		return false;
	text_skip_blanks(&line);
	if (!text_char(&line, ':') || !text_u32(&count, &line, 10))
		return false;
	text_skip_blanks(&line);
	if (!text_char(&line, 'V') || !text_u32(&version, &line, 10) || version > 3)
		return false;
	g.version = (int)version;
	*out = g;
	return true;
}

/* "\t\t\t\t010000E0     1 0:00000000\t\t0" */
static bool igmp_group(struct procnet_group *out, struct text line)
{
	uint32_t running, reporter;
	uint64_t left;

	if (!take_native4(&out->group, &line) || !text_u32(&out->users, &line, 10))
		return false;
	if (!text_u32(&running, &line, 10) || !text_char(&line, ':') ||
	    !text_number(&left, &line, 16) || !text_u32(&reporter, &line, 10))
		return false;
	out->timer_running = running;
	out->timer = ticks(running ? left : 0);
	out->reporter = reporter;
	return true;
}

int procnet_igmp_next(struct procnet_group *out, struct text *t)
{
	struct procnet_group g = *out;
	struct text line;

	while (text_line(&line, t)) {
		if (line.len && line.p[0] == '\t') {
			if (!g.ifindex || !igmp_group(&g, line))
				continue;
		} else if (!igmp_interface(&g, line)) {
			continue;
		}
		*out = g;
		return 1;
	}
	return 0;
}

/* "4    eth0            ff020000000000000000000000000001     1 0000000C 0" */
static bool igmp6_group(struct procnet_group *out, struct text line)
{
	uint32_t flags;
	uint64_t left = 0;

	memset(out, 0, sizeof(*out));
	if (!take_index(&out->ifindex, &line) || !take_name(out->ifname, &line, ' ') ||
	    !take_hex6(&out->group, &line) || !text_u32(&out->users, &line, 10) ||
	    !text_u32(&flags, &line, 16))
		return false;
	/* Negative for a moment, when the timer is just firing. */
	if (!text_number(&left, &line, 10))
		left = 0;
	out->timer_running = flags & MAF_TIMER_RUNNING;
	out->timer = ticks(out->timer_running ? left : 0);
	out->reporter = flags & MAF_LAST_REPORTER;
	return true;
}

int procnet_igmp6_next(struct procnet_group *out, struct text *t)
{
	struct text line;

	while (text_line(&line, t))
		if (igmp6_group(out, line))
			return 1;
	memset(out, 0, sizeof(*out));
	return 0;
}

/* "  4   eth0 0xe8010101 0x0a000001      1      0"; the name is cut. */
static int mcfilter_next(struct procnet_source *out, struct text *t,
			 bool (*take)(struct mc_addr *, struct text *))
{
	struct text line, name;

	while (text_line(&line, t)) {
		memset(out, 0, sizeof(*out));
		if (take_index(&out->ifindex, &line) && text_word(&name, &line, ' ') &&
		    take(&out->group, &line) && take(&out->source, &line) &&
		    text_u32(&out->including, &line, 10) && text_u32(&out->excluding, &line, 10))
			return 1;
	}
	memset(out, 0, sizeof(*out));
	return 0;
}

int procnet_mcfilter_next(struct procnet_source *out, struct text *t)
{
	return mcfilter_next(out, t, take_0x);
}

int procnet_mcfilter6_next(struct procnet_source *out, struct text *t)
{
	return mcfilter_next(out, t, take_hex6);
}

/* "0100007F:0277" or 32 digits and a port: words of 32 bits, each printed as a
 * number in the host's byte order. */
static bool take_endpoint(struct mc_addr *addr, uint16_t *port, struct text *line)
{
	uint32_t words[4], n = 0, p;
	struct text word;

	if (!text_word(&word, line, ':') || !text_char(line, ':'))
		return false;
	while (word.len >= 8 && n < 4) {
		struct text part = text_of(word.p, 8);

		if (!text_u32(&words[n++], &part, 16) || part.len)
			return false;
		text_skip(&word, 8);
	}
	if (word.len || (n != 1 && n != 4) || !text_u32(&p, line, 16) || p > UINT16_MAX)
		return false;
	*addr = mc_addr_from_bytes(n == 1 ? MC_IPV4 : MC_IPV6, words);
	*port = (uint16_t)p;
	return true;
}

/* "  338: LOCAL REMOTE 07 TX:RX 00:00000000 00000000  UID  0 INODE 2 PTR DROPS" */
static bool socket_line(struct procnet_socket *out, struct text line)
{
	struct mc_addr remote;
	uint16_t rport;
	uint32_t v;
	uint64_t w;
	struct text skipped;

	memset(out, 0, sizeof(*out));
	if (!text_u32(&v, &line, 10) || !text_char(&line, ':') ||
	    !take_endpoint(&out->local, &out->port, &line) ||
	    !take_endpoint(&remote, &rport, &line) || !text_u32(&v, &line, 16))
		return false;
	if (!text_number(&w, &line, 16) || !text_char(&line, ':') ||
	    !text_u32(&out->queued_bytes, &line, 16))
		return false;
	for (int i = 0; i < 2; i++) /* timer, retransmissions */
		if (!text_word(&skipped, &line, ' '))
			return false;
	if (!text_u32(&out->uid, &line, 10) || !text_number(&w, &line, 10) ||
	    !text_number(&out->inode, &line, 10))
		return false;
	for (int i = 0; i < 2; i++) /* references, pointer */
		if (!text_word(&skipped, &line, ' '))
			return false;
	return text_number(&out->drops, &line, 10);
}

int procnet_socket_next(struct procnet_socket *out, struct text *t)
{
	struct text line;

	while (text_line(&line, t))
		if (socket_line(out, line))
			return 1;
	memset(out, 0, sizeof(*out));
	return 0;
}

bool procnet_task_read(struct procnet_task *out, struct text t)
{
	const char *name_end = t.len ? memrchr(t.p, ')', t.len) : NULL;
	struct text word;

	memset(out, 0, sizeof(*out));
	if (!name_end)
		return false;
	text_skip(&t, (size_t)(name_end + 1 - t.p));
	if (!text_word(&word, &t, '\n'))
		return false;
	out->state = word.p[0];
	for (int i = 4; i < 9; i++) /* parent, group, session, terminal, its group */
		if (!text_word(&word, &t, '\n'))
			return false;
	return text_u32(&out->flags, &t, 10);
}
