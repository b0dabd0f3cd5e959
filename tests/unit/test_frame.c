/* test_frame.c - link, IP and UDP headers of captured frames */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/frame.h>

#define ANY_LEN 65536

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Hex digits to bytes; blanks are for the eye. */
static size_t unhex(uint8_t *out, const char *hex)
{
	size_t n = 0;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		out[n++] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
		hex += 2;
	}
	return n;
}

static int parse_hex(struct mc_frame *f, uint8_t *buf, uint32_t link, const char *hex)
{
	size_t len = unhex(buf, hex);

	return mc_frame_parse(f, link, buf, len);
}

static void check_addr(const struct mc_addr *a, const char *hex)
{
	struct mc_addr expected = { 0 };

	expected.family = unhex(expected.bytes, hex) == 4 ? MC_IPV4 : MC_IPV6;
	assert_memory_equal(a, &expected, sizeof(expected));
}

/* UDP 192.0.2.1:1000 -> 233.252.0.5:5000 "hello", TTL 1, DSCP 46 */
#define UDP4                                                                                       \
	"45b80021 00004000 0111cd11 c0000201 e9fc0005"                                             \
	"03e81388 000df88e 68656c6c6f"
/* The same from 2001:db8::1 to ff15::db8:0:5 */
#define UDP6                                                                                       \
	"6b800000 000d1101 20010db8000000000000000000000001 ff150000000000000000 0db800000005"     \
	"03e81388 000d6a05 68656c6c6f"

#define ETHER "01005e7c0005 020000000001"

/* fe80::1 to ff02::1 */
#define LINK6 "fe800000000000000000000000000001 ff020000000000000000000000000001"

/* ---- IP ---- */

enum { RA = 1, BADSUM = 2, FRAG = 4 };

static const struct {
	const char *name;
	int rc;
	unsigned flags;
	uint8_t protocol;
	unsigned offset, alert;
	size_t l4; /* bytes after the IP headers */
	const char *hex;
} packets[] = {
	{ "IGMP query, no options", 0, 0, 2, 0, 0, 8,
	  "45c0001c000040000102d71dc0000201e00000011100eeff00000000" },
	{ "Router Alert", 0, RA, 2, 0, 0, 12,
	  "46c000240000400001024211c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "Router Alert with a value", 0, RA | BADSUM, 2, 0, 7, 12,
	  "46c000240000400001024211c0000201e0000001940400071164ec1e00000000027d0000" },
	{ "NOP, NOP, end", 0, BADSUM, 2, 0, 0, 12,
	  "46c000240000400001024211c0000201e0000001010100ff1164ec1e00000000027d0000" },
	{ "record route, then Router Alert", 0, RA | BADSUM, 2, 0, 0, 8,
	  "48c0002800004000010242 11c0000201e0000001 0707040000000001 94040000 1164ec1e00000000" },
	{ "header cut at 19", -MC_ETRUNC, 0, 0, 0, 0, 0, "46c000240000400001024211c0000201e00000" },
	{ "one byte short", -MC_ETRUNC, 0, 0, 0, 0, 0,
	  "46c000240000400001024211c0000201e0000001940400001164ec1e00000000027d00" },
	{ "header only", -MC_ETRUNC, 0, 0, 0, 0, 0,
	  "46c000240000400001024211c0000201e000000194040000" },
	{ "options cut", -MC_ETRUNC, 0, 0, 0, 0, 0,
	  "46c000240000400001024211c0000201e00000019404" },
	{ "header length 16", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "44c000240000400001024411c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "version 5", -MC_EUNSUPPORTED, 0, 0, 0, 0, 0,
	  "56c000240000400001023211c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "total length below the header's", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "46c000140000400001024221c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "bad header checksum", 0, RA | BADSUM, 2, 0, 0, 12,
	  "46c000240000400001021744c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "fragment at 8", 0, RA | FRAG, 2, 8, 0, 12,
	  "46c000240000000101028210c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "first fragment", 0, RA | FRAG, 2, 0, 0, 12,
	  "46c000240000200001026211c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "last possible offset", 0, RA | FRAG | BADSUM, 2, 65528, 0, 12,
	  "46c0002400001fff01028210c0000201e0000001940400001164ec1e00000000027d0000" },
	{ "Router Alert of length 1", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "46c000240000400001024214c0000201e0000001940100001164ec1e00000000027d0000" },
	{ "Router Alert of length 3", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "46c000240000400001024214c0000201e0000001940300001164ec1e00000000027d0000" },
	{ "Router Alert beyond the options", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "46c000240000400001024110c0000201e0000001010194041164ec1e00000000027d0000" },
	{ "option without a length", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "46c000240000400001024110c0000201e0000001010101941164ec1e00000000027d0000" },

	{ "MLD, Pad1 twice, then Router Alert", 0, RA, 58, 0, 0, 28,
	  "6000000000240001" LINK6
	  "3a00000005020000820079be03e8000000000000000000000000000000000000027d0000" },
	{ "Router Alert value 1", 0, RA, 58, 0, 1, 4,
	  "60000000000c0001" LINK6 "3a0005020001010082000000" },
	{ "PadN only", 0, 0, 58, 0, 0, 4, "60000000000c0001" LINK6 "3a0001040000000082000000" },
	{ "IPv6 header cut at 39", -MC_ETRUNC, 0, 0, 0, 0, 0,
	  "6000000000240001fe800000000000000000000000000001ff0200000000000000000000000000" },
	{ "IPv6 payload beyond the capture", -MC_ETRUNC, 0, 0, 0, 0, 0,
	  "60000000000c0001" LINK6 "3a00050200000100820000" },
	{ "hop-by-hop Router Alert of length 4", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "60000000000c0001" LINK6 "3a0005040000000082000000" },
	{ "hop-by-hop option beyond its header", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "60000000000c0001" LINK6 "3a0005020000010582000000" },
	{ "hop-by-hop header beyond the payload", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "60000000000c0001" LINK6 "3a0105020000010082000000" },
	{ "no payload, next header hop-by-hop", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "6000000000000001" LINK6 "3a00050200000100" },
	{ "no next header", 0, 0, 59, 0, 0, 0, "6000000000003b01" LINK6 },
	{ "no extension headers", 0, 0, 58, 0, 0, 4, "6000000000043a01" LINK6 "82000000" },
	{ "destination, routing, authentication, destination", 0, 0, 17, 0, 0, 8,
	  "6000000000383c01" LINK6
	  "2b00010400000000 3301000000000000 0000000000000000 3c02000000000001 0000000200000003"
	  "1100010400000000 03e8138800080000" },
	{ "hop-by-hop, out of its place", 0, 0, 0, 0, 0, 12,
	  "6000000000143c01" LINK6 "0000010400000000 3a00050200000100 82000000" },
	{ "first fragment, then destination", 0, FRAG, 17, 0, 0, 4,
	  "6000000000142c01" LINK6 "3c00000100000001 1100010400000000 03e81388" },
	{ "later fragment", 0, FRAG, 60, 0xfff0, 0, 8,
	  "6000000000102c01" LINK6 "3cfffff000000001 1100010400000000" },
	{ "atomic fragment", 0, 0, 17, 0, 0, 8,
	  "6000000000102c01" LINK6 "1100000600000001 1100010400000000" },
	{ "fragment header cut by the payload length", -MC_EBADLEN, 0, 0, 0, 0, 0,
	  "6000000000042c01" LINK6 "11000000" },
};

static void check_packet(size_t i, uint32_t link)
{
	struct mc_frame f, zero;
	uint8_t buf[256];
	size_t len = unhex(buf, packets[i].hex);
	int rc = mc_frame_parse(&f, link, buf, len);

	memset(&zero, 0, sizeof(zero));
	if (rc != packets[i].rc)
		fail_msg("%s: %s", packets[i].name, mc_strerror(rc));
	if (rc < 0) {
		assert_memory_equal(&f, &zero, sizeof(f));
		return;
	}
	if (f.l4.len != packets[i].l4 || f.protocol != packets[i].protocol)
		fail_msg("%s: protocol %u, %zu bytes", packets[i].name, f.protocol, f.l4.len);
	assert_int_equal(f.router_alert, !!(packets[i].flags & RA));
	assert_int_equal(f.router_alert_value, packets[i].alert);
	assert_int_equal(f.bad_header_sum, !!(packets[i].flags & BADSUM));
	assert_int_equal(f.fragment, !!(packets[i].flags & FRAG));
	assert_int_equal(f.fragment_offset, packets[i].offset);
	assert_ptr_equal(f.ip.p, buf);
	assert_int_equal(f.ip.len, len);
}

static void test_ip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		check_packet(i, MC_LINK_RAW);
		check_packet(i, packets[i].hex[0] == '6' ? MC_LINK_IPV6 : MC_LINK_IPV4);
	}
}

static void test_ip_fields(void **state)
{
	struct mc_frame f;
	uint8_t buf[128];

	(void)state;
	assert_int_equal(parse_hex(&f, buf, MC_LINK_RAW, UDP4), 0);
	assert_int_equal(f.tos, 46 << 2);
	assert_int_equal(f.ttl, 1);
	assert_false(f.bad_header_sum || f.fragment || f.has_src_mac || f.has_dst_mac);
	check_addr(&f.src, "c0000201");
	check_addr(&f.dst, "e9fc0005");
	assert_int_equal(parse_hex(&f, buf, MC_LINK_RAW, UDP6), 0);
	assert_int_equal(f.tos, 46 << 2);
	assert_int_equal(f.ttl, 1);
	check_addr(&f.src, "20010db8000000000000000000000001");
	check_addr(&f.dst, "ff1500000000000000000db800000005");
}

/* 46 bytes of Ethernet padding must not reach the protocol above. */
static void test_padding_is_not_payload(void **state)
{
	struct mc_frame f;
	struct mc_udp u;
	uint8_t buf[256];

	(void)state;
	assert_int_equal(parse_hex(&f, buf, MC_LINK_ETHERNET,
				   ETHER "0800" UDP4 "deadbeef deadbeef deadbeef"),
			 0);
	assert_int_equal(f.ip.len, 33);
	assert_int_equal(f.l4.len, 13);
	assert_int_equal(mc_udp_parse(&u, &f), 0);
	assert_int_equal(u.payload.len, 5);
	assert_int_equal(parse_hex(&f, buf, MC_LINK_ETHERNET, ETHER "86dd" UDP6 "deadbeef"), 0);
	assert_int_equal(f.ip.len, 53);
	assert_int_equal(f.l4.len, 13);
}

/* Linux: 0 for a length that does not fit the field, and only then. */
static void test_total_length_zero(void **state)
{
	uint8_t *buf = calloc(1, 70000);
	struct mc_frame f;

	(void)state;
	assert_non_null(buf);
	unhex(buf, "45000000 00004000 01110000 c0000201 e9fc0005");
	assert_int_equal(mc_frame_parse(&f, MC_LINK_RAW, buf, 70000), 0);
	assert_int_equal(f.ip.len, 70000);
	assert_int_equal(f.l4.len, 70000 - 20);
	buf[2] = buf[3] = 0xff;
	assert_int_equal(mc_frame_parse(&f, MC_LINK_RAW, buf, 70000), 0);
	assert_int_equal(f.ip.len, 65535);
	buf[2] = buf[3] = 0;
	assert_int_equal(mc_frame_parse(&f, MC_LINK_RAW, buf, 65536), 0);
	assert_int_equal(mc_frame_parse(&f, MC_LINK_RAW, buf, 65535), -MC_EBADLEN);
	assert_int_equal(mc_frame_parse(&f, MC_LINK_RAW, buf, 28), -MC_EBADLEN);
	free(buf);
}

/* ---- link ---- */

static const struct {
	const char *name;
	uint32_t link;
	int rc;
	const char *hex; /* of the link header */
	const char *ip;
	const char *dst_mac, *src_mac;
	unsigned n_vlans;
	uint16_t vlans[MC_FRAME_VLANS];
	uint32_t ifindex;
} frames[] = {
	{ "Ethernet", 1, 0, ETHER "0800", UDP4, "01005e7c0005", "020000000001", 0, { 0 }, 0 },
	{ "Ethernet, IPv6", 1, 0, ETHER "86dd", UDP6, "01005e7c0005", "020000000001", 0, { 0 }, 0 },
	{ "802.1Q with priority",
	  1,
	  0,
	  ETHER "8100 e064 0800",
	  UDP4,
	  "01005e7c0005",
	  "020000000001",
	  1,
	  { 100 },
	  0 },
	{ "802.1ad",
	  1,
	  0,
	  ETHER "88a8 0fff 8100 0001 86dd",
	  UDP6,
	  "01005e7c0005",
	  "020000000001",
	  2,
	  { 4095, 1 },
	  0 },
	{ "four tags",
	  1,
	  0,
	  ETHER "9100 0001 9100 0002 88a8 0003 8100 0004 0800",
	  UDP4,
	  "01005e7c0005",
	  "020000000001",
	  4,
	  { 1, 2, 3, 4 },
	  0 },
	{ "five tags",
	  1,
	  -MC_EUNSUPPORTED,
	  ETHER "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0800",
	  UDP4,
	  NULL,
	  NULL,
	  0,
	  { 0 },
	  0 },
	{ "ARP", 1, -MC_EUNSUPPORTED, ETHER "0806", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "an 802.3 length", 1, -MC_EUNSUPPORTED, ETHER "0026", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "EtherType and version differ",
	  1,
	  -MC_EUNSUPPORTED,
	  ETHER "86dd",
	  UDP4,
	  NULL,
	  NULL,
	  0,
	  { 0 },
	  0 },
	{ "SLL",
	  113,
	  0,
	  "0002 0001 0006 020000000001 0000 0800",
	  UDP4,
	  NULL,
	  "020000000001",
	  0,
	  { 0 },
	  0 },
	{ "SLL with a tag, no address",
	  113,
	  0,
	  "0000 0200 0000 0000000000000000 8100 0007 86dd",
	  UDP6,
	  NULL,
	  NULL,
	  1,
	  { 7 },
	  0 },
	{ "SLL, address longer than its field",
	  113,
	  0,
	  "0000 0020 0014 0102030405060708 0800",
	  UDP4,
	  NULL,
	  NULL,
	  0,
	  { 0 },
	  0 },
	{ "SLL, 802.2",
	  113,
	  -MC_EUNSUPPORTED,
	  "0000 0001 0006 020000000001 0000 0004",
	  UDP4,
	  NULL,
	  NULL,
	  0,
	  { 0 },
	  0 },
	{ "SLL2",
	  276,
	  0,
	  "0800 0000 00000102 0001 02 06 020000000001 0000",
	  UDP4,
	  NULL,
	  "020000000001",
	  0,
	  { 0 },
	  258 },
	{ "SLL2 without an address",
	  276,
	  0,
	  "86dd 0000 ffffffff 0304 00 00 0000000000000000",
	  UDP6,
	  NULL,
	  NULL,
	  0,
	  { 0 },
	  UINT32_MAX },
	{ "NULL, big endian", 0, 0, "00000002", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "NULL, little endian", 0, 0, "02000000", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "NULL, IPv6 of Linux", 0, 0, "0a000000", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "NULL, IPv6 of OpenBSD", 0, 0, "18000000", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "NULL, IPv6 of FreeBSD", 0, 0, "0000001c", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "NULL, IPv6 of Darwin", 0, 0, "1e000000", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "NULL, something else", 0, -MC_EUNSUPPORTED, "07000000", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "LOOP", 108, 0, "00000002", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "LOOP has one order only",
	  108,
	  -MC_EUNSUPPORTED,
	  "02000000",
	  UDP4,
	  NULL,
	  NULL,
	  0,
	  { 0 },
	  0 },
	{ "LOOP, IPv6", 108, 0, "00000018", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "RAW", 101, 0, "", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "IPV4", 228, 0, "", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "IPV4 with IPv6 in it", 228, -MC_EUNSUPPORTED, "", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "IPV6", 229, 0, "", UDP6, NULL, NULL, 0, { 0 }, 0 },
	{ "IPV6 with IPv4 in it", 229, -MC_EUNSUPPORTED, "", UDP4, NULL, NULL, 0, { 0 }, 0 },
	{ "802.11", 105, -MC_EUNSUPPORTED, "", UDP4, NULL, NULL, 0, { 0 }, 0 },
};

static void check_mac(bool has, const struct mc_mac *m, const char *hex)
{
	uint8_t expected[6] = { 0 };

	assert_int_equal(has, hex != NULL);
	if (hex)
		assert_int_equal(unhex(expected, hex), 6);
	assert_memory_equal(m->bytes, expected, 6);
}

static size_t build_frame(uint8_t *buf, size_t i)
{
	size_t len = unhex(buf, frames[i].hex);

	return len + unhex(buf + len, frames[i].ip);
}

static void test_link(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct mc_frame f;
		uint8_t buf[256];
		size_t len = build_frame(buf, i);
		int rc = mc_frame_parse(&f, frames[i].link, buf, len);

		if (rc != frames[i].rc)
			fail_msg("%s: %s", frames[i].name, mc_strerror(rc));
		if (rc < 0)
			continue;
		check_mac(f.has_dst_mac, &f.dst_mac, frames[i].dst_mac);
		check_mac(f.has_src_mac, &f.src_mac, frames[i].src_mac);
		assert_int_equal(f.n_vlans, frames[i].n_vlans);
		assert_memory_equal(f.vlans, frames[i].vlans, sizeof(f.vlans));
		assert_int_equal(f.ifindex, frames[i].ifindex);
		assert_int_equal(f.protocol, 17);
		assert_int_equal(f.l4.len, 13);
	}
}

/* Copies into memory of exactly that size, where a sanitizer sees overreads. */
static int parse_cut(uint32_t link, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct mc_frame f, zero;
	struct mc_udp u;
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	memset(&zero, 0, sizeof(zero));
	rc = mc_frame_parse(&f, link, copy, len);
	if (rc < 0)
		assert_memory_equal(&f, &zero, sizeof(f));
	else
		rc = mc_udp_parse(&u, &f);
	free(copy);
	return rc;
}

static void test_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		uint8_t buf[256];
		size_t len = build_frame(buf, i);

		if (frames[i].rc < 0)
			continue;
		assert_int_equal(parse_cut(frames[i].link, buf, len), 0);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(parse_cut(frames[i].link, buf, cut), -MC_ETRUNC);
	}
}

/* The same with the length field adjusted, so that the IP packet is whole and
 * what is inside it is cut. */
static void test_every_short_length(void **state)
{
	static const size_t lengths_at[] = { 2, 4 }, least[] = { 20, 40 };
	static const char *const hex[] = { UDP4, UDP6 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		uint8_t buf[128];
		size_t len = unhex(buf, hex[i]);

		for (size_t cut = 1; cut < len; cut++) {
			int rc;

			buf[lengths_at[i] + 1] = (uint8_t)(i ? cut - 40 : cut);
			rc = parse_cut(MC_LINK_RAW, buf, len);
			if (cut < least[i] && i == 0)
				assert_int_equal(rc, -MC_EBADLEN);
			else if (cut < least[i])
				assert_int_equal(rc, -MC_ETRUNC);
			else
				assert_int_equal(rc, cut < least[i] + 8 ? -MC_ETRUNC : -MC_EBADLEN);
		}
	}
}

static void test_every_extension_cut(void **state)
{
	uint8_t buf[128];
	size_t len =
		unhex(buf, "6000000000380001fe800000000000000000000000000001ff02000000000000"
			   "0000000000000001 2b00050200000100 3301000000000000 0000000000000000"
			   "3c02000000000001 0000000200000003 1100010400000000 03e8138800080000");

	(void)state;
	assert_int_equal(parse_cut(MC_LINK_RAW, buf, len), 0);
	for (size_t payload = 0; payload < len - 40; payload++) {
		buf[5] = (uint8_t)payload;
		assert_int_equal(parse_cut(MC_LINK_RAW, buf, len),
				 payload < 48 ? -MC_EBADLEN : -MC_ETRUNC);
	}
}

/* ---- UDP ---- */

static int udp_of(struct mc_udp *u, const char *hex)
{
	static uint8_t buf[256];
	struct mc_frame f;

	assert_int_equal(parse_hex(&f, buf, MC_LINK_RAW, hex), 0);
	return mc_udp_parse(u, &f);
}

#define IP4(len, frag) "450000" len "0000" frag "01110000c0000201e9fc0005"

static void test_udp(void **state)
{
	struct mc_udp u;

	(void)state;
	assert_int_equal(udp_of(&u, UDP4), 0);
	assert_int_equal(u.src_port, 1000);
	assert_int_equal(u.dst_port, 5000);
	assert_int_equal(u.payload.len, 5);
	assert_memory_equal(u.payload.p, "hello", 5);
	assert_false(u.bad_sum || u.no_sum);
	assert_int_equal(udp_of(&u, UDP6), 0);
	assert_memory_equal(u.payload.p, "hello", 5);
	assert_false(u.bad_sum || u.no_sum);
}

static void test_udp_sums(void **state)
{
	struct mc_udp u;

	(void)state;
	assert_int_equal(udp_of(&u, IP4("1e", "4000") "03e81388 000a 0000 6161"), 0);
	assert_true(u.no_sum && !u.bad_sum);
	assert_int_equal(udp_of(&u, IP4("1e", "4000") "03e81388 000a 1234 6161"), 0);
	assert_true(u.bad_sum && !u.no_sum);
	assert_int_equal(udp_of(&u, "6000000000081101 fe800000000000000000000000000001"
				    "ff020000000000000000000000000001 03e81388 0008 0000"),
			 0);
	assert_true(u.bad_sum && !u.no_sum);
}

static void test_udp_lengths(void **state)
{
	struct mc_udp u;

	(void)state;
	assert_int_equal(udp_of(&u, IP4("1e", "4000") "03e81388 0007 0000 6161"), -MC_EBADLEN);
	assert_int_equal(u.src_port, 0);
	assert_int_equal(udp_of(&u, IP4("1e", "4000") "03e81388 000b 0000 6161"), -MC_EBADLEN);
	assert_int_equal(udp_of(&u, IP4("1b", "4000") "03e81388 0008 00"), -MC_ETRUNC);
	/* Bytes behind the datagram, but inside the packet, are not payload. */
	assert_int_equal(udp_of(&u, IP4("20", "4000") "03e81388 0009 0000 61626364"), 0);
	assert_int_equal(u.payload.len, 1);
	assert_int_equal(udp_of(&u, IP4("1c", "4000") "03e81388 0008 0000"), 0);
	assert_int_equal(u.payload.len, 0);
}

static void test_udp_fragments(void **state)
{
	struct mc_udp u;

	(void)state;
	assert_int_equal(udp_of(&u, IP4("20", "2000") "03e81388 1000 1234 61626364"), 0);
	assert_int_equal(u.payload.len, 4);
	assert_false(u.bad_sum);
	assert_int_equal(udp_of(&u, IP4("20", "2001") "03e81388 1000 1234 61626364"),
			 -MC_EUNSUPPORTED);
	assert_int_equal(udp_of(&u, "45c0001c000040000102d71dc0000201e00000011100eeff00000000"),
			 -MC_EUNSUPPORTED);
}

/* ---- building ---- */

static struct mc_addr random_addr(bool v4)
{
	struct mc_addr a = { .family = v4 ? MC_IPV4 : MC_IPV6 };

	for (int i = 0; i < (v4 ? 4 : 16); i++)
		a.bytes[i] = (uint8_t)rand();
	return a;
}

static void check_round_trip(bool v4, size_t len)
{
	static uint8_t buf[48 + ANY_LEN], payload[ANY_LEN];
	struct mc_datagram_head h = {
		.src = random_addr(v4),
		.dst = random_addr(v4),
		.src_port = (uint16_t)rand(),
		.dst_port = (uint16_t)rand(),
		.ttl = (uint8_t)rand(),
		.tos = (uint8_t)rand(),
	};
	struct mc_frame f;
	struct mc_udp u;
	int head;

	for (size_t i = 0; i < len; i++)
		payload[i] = (uint8_t)rand();
	head = mc_datagram_build(buf, sizeof(buf), &h, payload, len);
	assert_int_equal(head, v4 ? 28 : 48);
	memcpy(buf + head, payload, len);
	assert_int_equal(mc_frame_parse(&f, MC_LINK_RAW, buf, (size_t)head + len), 0);
	assert_false(f.bad_header_sum || f.fragment);
	assert_memory_equal(&f.src, &h.src, sizeof(h.src));
	assert_memory_equal(&f.dst, &h.dst, sizeof(h.dst));
	assert_int_equal(f.ttl, h.ttl);
	assert_int_equal(f.tos, h.tos);
	assert_int_equal(mc_udp_parse(&u, &f), 0);
	assert_int_equal(u.src_port, h.src_port);
	assert_int_equal(u.dst_port, h.dst_port);
	assert_false(u.bad_sum || u.no_sum);
	assert_int_equal(u.payload.len, len);
	if (len)
		assert_memory_equal(u.payload.p, payload, len);
}

static void test_build(void **state)
{
	(void)state;
	srand(6);
	for (size_t len = 0; len < 200; len++) {
		check_round_trip(true, len);
		check_round_trip(false, len);
	}
	check_round_trip(true, 65507);
	check_round_trip(false, 65527);
}

static void test_build_known_bytes(void **state)
{
	struct mc_datagram_head h = { .src_port = 1000, .dst_port = 5000, .ttl = 1, .tos = 0xb8 };
	uint8_t expected[128], buf[64];
	struct mc_frame f;

	(void)state;
	assert_int_equal(parse_hex(&f, expected, MC_LINK_RAW, UDP4), 0);
	h.src = f.src;
	h.dst = f.dst;
	assert_int_equal(mc_datagram_build(buf, sizeof(buf), &h, "hello", 5), 28);
	assert_memory_equal(buf, expected, 28);
	assert_int_equal(parse_hex(&f, expected, MC_LINK_RAW, UDP6), 0);
	h.src = f.src;
	h.dst = f.dst;
	assert_int_equal(mc_datagram_build(buf, sizeof(buf), &h, "hello", 5), 48);
	assert_memory_equal(buf, expected, 48);
}

static void test_build_sum_is_never_zero(void **state)
{
	struct mc_datagram_head h = {
		.src = { .family = MC_IPV4 },
		.dst = { .family = MC_IPV4 },
	};
	uint8_t buf[28];

	(void)state;
	/* 17 + length 10 twice + this word make 0xffff, whose complement is 0. */
	assert_int_equal(mc_datagram_build(buf, sizeof(buf), &h, "\xff\xda", 2), 28);
	assert_int_equal(buf[26] << 8 | buf[27], 0xffff);
}

static void test_build_refusals(void **state)
{
	struct mc_datagram_head h = {
		.src = { .family = MC_IPV4 },
		.dst = { .family = MC_IPV6 },
	};
	uint8_t buf[48];

	(void)state;
	assert_int_equal(mc_datagram_build(buf, sizeof(buf), &h, "", 0), -MC_EBADADDR);
	h.src.family = h.dst.family = MC_ANY;
	assert_int_equal(mc_datagram_build(buf, sizeof(buf), &h, "", 0), -MC_EBADADDR);
	h.src.family = h.dst.family = MC_IPV4;
	for (size_t size = 0; size < 28; size++)
		assert_int_equal(mc_datagram_build(buf, size, &h, "", 0), -ENOSPC);
	assert_int_equal(mc_datagram_build(buf, 28, &h, "", 0), 28);
	assert_int_equal(mc_datagram_build(buf, 28, &h, NULL, 65508), -MC_EBADLEN);
	h.src.family = h.dst.family = MC_IPV6;
	for (size_t size = 0; size < 48; size++)
		assert_int_equal(mc_datagram_build(buf, size, &h, "", 0), -ENOSPC);
	assert_int_equal(mc_datagram_build(buf, 48, &h, NULL, 65528), -MC_EBADLEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip),
		cmocka_unit_test(test_ip_fields),
		cmocka_unit_test(test_padding_is_not_payload),
		cmocka_unit_test(test_total_length_zero),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_short_length),
		cmocka_unit_test(test_every_extension_cut),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_udp_sums),
		cmocka_unit_test(test_udp_lengths),
		cmocka_unit_test(test_udp_fragments),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_build_known_bytes),
		cmocka_unit_test(test_build_sum_is_never_zero),
		cmocka_unit_test(test_build_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
