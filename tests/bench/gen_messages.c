/* gen_messages.c - writes a capture of many mixed membership messages
 *
 *   gen_messages [COUNT [SEED]] >FILE
 *
 * 4096 hosts, 2048 groups of each family, 64 of them of interest to a host;
 * IGMPv1 to v3 and MLDv1, MLDv2; reports with 1 to 8 records of 0 to 3 sources.  Checksums, lengths, MAC
 * addresses, TTL and Router Alert are right.  Built by hand and not with libmc:
 * what measures a decoder should not share its mistakes.  The same arguments
 * give the same bytes. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS  4096
#define GROUPS 2048
#define CHOICE 64	   /* groups of a host */
#define START  1750000000u /* seconds since the epoch */

struct packet {
	uint8_t bytes[1514];
	size_t len;
};

static uint64_t state;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled" */
static uint32_t below(uint32_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dull >> 32) % n);
}

static void add(struct packet *p, const void *bytes, size_t n)
{
	memcpy(p->bytes + p->len, bytes, n);
	p->len += n;
}

static void add8(struct packet *p, unsigned v)
{
	p->bytes[p->len++] = (uint8_t)v;
}

static void add16(struct packet *p, unsigned v)
{
	add8(p, v >> 8);
	add8(p, v);
}

static void put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static uint32_t sum(const uint8_t *p, size_t n, uint32_t s)
{
	for (; n > 1; n -= 2, p += 2)
		s += (uint32_t)(p[0] << 8 | p[1]);
	return n ? s + (uint32_t)(p[0] << 8) : s;
}

static unsigned fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

/* ---- addresses: of a family, by number ---- */

struct ip {
	uint8_t bytes[16];
	size_t len;
};

static struct ip host4(unsigned n)
{
	return (struct ip){ { 10, 20, (uint8_t)(n >> 8), (uint8_t)n }, 4 };
}

static struct ip group4(unsigned n)
{
	return (struct ip){ { 239, 1, (uint8_t)(n >> 8), (uint8_t)n }, 4 };
}

static struct ip source4(unsigned n)
{
	return (struct ip){ { 192, 0, 2, (uint8_t)n }, 4 };
}

static struct ip well4(unsigned last)
{
	return (struct ip){ { 224, 0, 0, (uint8_t)last }, 4 };
}

static struct ip host6(unsigned n)
{
	return (struct ip){
		{ 0xfe, 0x80, [8] = 2, [11] = 0xff, 0xfe, [14] = (uint8_t)(n >> 8), (uint8_t)n }, 16
	};
}

static struct ip group6(unsigned n)
{
	return (struct ip){ { 0xff, 0x15, [12] = 0x80, [14] = (uint8_t)(n >> 8), (uint8_t)n }, 16 };
}

static struct ip source6(unsigned n)
{
	return (struct ip){ { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)n }, 16 };
}

static struct ip well6(unsigned last)
{
	return (struct ip){ { 0xff, 2, [15] = (uint8_t)last }, 16 };
}

/* ---- headers ---- */

static void add_ethernet(struct packet *p, const struct ip *src, const struct ip *dst)
{
	if (dst->len == 4) {
		add(p, (uint8_t[]){ 1, 0, 0x5e, dst->bytes[1] & 0x7f }, 4);
		add(p, dst->bytes + 2, 2);
	} else {
		add(p, (uint8_t[]){ 0x33, 0x33 }, 2);
		add(p, dst->bytes + 12, 4);
	}
	add(p, (uint8_t[]){ 2, 0, 0, 0 }, 4);
	add(p, src->bytes + src->len - 2, 2);
	add16(p, dst->len == 4 ? 0x0800 : 0x86dd);
}

static void add_ipv4(struct packet *p, const struct ip *src, const struct ip *dst, size_t payload)
{
	size_t at = p->len;

	add(p, (uint8_t[]){ 0x46, 0xc0 }, 2);
	add16(p, (unsigned)(24 + payload));
	add(p, (uint8_t[]){ 0, 0, 0x40, 0, 1, 2, 0, 0 }, 8);
	add(p, src->bytes, 4);
	add(p, dst->bytes, 4);
	add(p, (uint8_t[]){ 0x94, 4, 0, 0 }, 4); /* Router Alert */
	put16(p->bytes + at + 10, fold(sum(p->bytes + at, 24, 0)));
}

static void add_ipv6(struct packet *p, const struct ip *src, const struct ip *dst, size_t payload)
{
	add(p, (uint8_t[]){ 0x60, 0, 0, 0 }, 4);
	add16(p, (unsigned)(8 + payload));
	add(p, (uint8_t[]){ 0, 1 }, 2);
	add(p, src->bytes, 16);
	add(p, dst->bytes, 16);
	add(p, (uint8_t[]){ 58, 0, 5, 2, 0, 0, 1, 0 }, 8); /* Router Alert, PadN */
}

/* The frame of a message whose checksum field is still zero. */
static void frame(struct packet *p, struct packet *msg, const struct ip *src, const struct ip *dst)
{
	uint32_t pseudo = 0;

	p->len = 0;
	add_ethernet(p, src, dst);
	if (dst->len == 4) {
		add_ipv4(p, src, dst, msg->len);
	} else {
		add_ipv6(p, src, dst, msg->len);
		pseudo = sum(src->bytes, 16, sum(dst->bytes, 16, (uint32_t)msg->len + 58));
	}
	put16(msg->bytes + 2, fold(sum(msg->bytes, msg->len, pseudo)));
	add(p, msg->bytes, msg->len);
}

/* ---- messages ---- */

static void add_header(struct packet *m, unsigned type, unsigned code)
{
	m->len = 0;
	add8(m, type);
	add8(m, code);
	add16(m, 0);
}

static void add_sources(struct packet *m, bool v6, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct ip s = v6 ? source6(1 + below(250)) : source4(1 + below(250));

		add(m, s.bytes, s.len);
	}
}

/* The k-th group that a host may join. */
static unsigned choice(unsigned host, unsigned k)
{
	return (host * 37 + k % CHOICE * 31) % GROUPS;
}

static void new_report(struct packet *m, bool v6, unsigned host)
{
	unsigned n = 1 + below(8), first = below(CHOICE);

	add_header(m, v6 ? 143 : 0x22, 0);
	add16(m, 0);
	add16(m, n);
	for (unsigned i = 0; i < n; i++) {
		unsigned number = choice(host, first + i);
		struct ip g = v6 ? group6(number) : group4(number);
		unsigned type = 1 + below(6);
		/* ALLOW and BLOCK of nothing would say nothing. */
		unsigned sources = type >= 5 ? 1 + below(3) : below(3);

		add8(m, type);
		add8(m, 0);
		add16(m, sources);
		add(m, g.bytes, g.len);
		add_sources(m, v6, sources);
	}
}

static void query(struct packet *m, bool v6, const struct ip *group, unsigned version)
{
	add_header(m, v6 ? 130 : 0x11, v6 || version == 1 ? 0 : 100);
	if (v6) {
		add16(m, 10000);
		add16(m, 0);
	}
	add(m, group->bytes, group->len);
	if (version == (v6 ? 2u : 3u))
		add(m, (uint8_t[]){ 2, 125, 0, 0 }, 4);
}

/* IGMPv1, v2 or MLDv1: one group in it. */
static void old_message(struct packet *m, bool v6, unsigned type, const struct ip *group)
{
	add_header(m, type, 0);
	if (v6)
		add(m, (uint8_t[]){ 0, 0, 0, 0 }, 4);
	add(m, group->bytes, group->len);
}

static void make4(struct packet *p, struct packet *m, unsigned dice)
{
	unsigned host = 1 + below(HOSTS);
	struct ip src = host4(host), group = group4(choice(host, below(CHOICE))), dst = group;

	if (dice < 60) {
		new_report(m, false, host);
		dst = well4(22);
	} else if (dice < 72) {
		old_message(m, false, 0x16, &group);
	} else if (dice < 77) {
		old_message(m, false, 0x17, &group);
		dst = well4(2);
	} else if (dice < 80) {
		old_message(m, false, 0x12, &group);
	} else {
		src = host4(0);
		if (below(2)) {
			memset(group.bytes, 0, 4);
			dst = well4(1);
		}
		query(m, false, &group, 3);
	}
	frame(p, m, &src, &dst);
}

static void make6(struct packet *p, struct packet *m, unsigned dice)
{
	unsigned host = 1 + below(HOSTS);
	struct ip src = host6(host), group = group6(choice(host, below(CHOICE))), dst = group;

	if (dice < 95) {
		new_report(m, true, host);
		dst = well6(22);
	} else if (dice < 97) {
		old_message(m, true, 131, &group);
	} else if (dice < 98) {
		old_message(m, true, 132, &group);
		dst = well6(2);
	} else {
		src = host6(0);
		if (below(2)) {
			memset(group.bytes, 0, 16);
			dst = well6(1);
		}
		query(m, true, &group, 2);
	}
	frame(p, m, &src, &dst);
}

static void write32(uint32_t v)
{
	fwrite(&v, sizeof v, 1, stdout);
}

static void write_file_header(void)
{
	write32(0xa1b2c3d4);
	write32(4u << 16 | 2);
	write32(0);
	write32(0);
	write32(65535);
	write32(1);
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000000;
	struct packet p = { .len = 0 }, message;
	uint64_t now = 0;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 7;
	write_file_header();
	for (unsigned long i = 0; i < count; i++) {
		unsigned dice = below(100);

		if (dice < 83)
			make4(&p, &message, dice);
		else
			make6(&p, &message, dice);
		now += 1 + below(50);
		write32((uint32_t)(START + now / 1000000));
		write32((uint32_t)(now % 1000000));
		write32((uint32_t)p.len);
		write32((uint32_t)p.len);
		fwrite(p.bytes, 1, p.len, stdout);
	}
	return fflush(stdout) != 0 || ferror(stdout);
}
