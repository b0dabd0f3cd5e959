/* dissect_inner.c - the IP packet that a Register carries: its header, then bytes */
#include "wire/dissect_walk.h"

enum {
	IPV4_MIN = 20,
	IPV6_HEADER = 40,
};

static void ipv4(struct walk *w, bool null)
{
	size_t here = w->c.left;
	uint64_t first = walk_raw(w, "version", 1), total, fragment;
	size_t header = (first & 15) * 4;

	walk_bits(w, "version", first >> 4, NULL);
	walk_bits(w, "header_length", header, NULL);
	walk_hex(w, "tos", 1);
	total = walk_uint(w, "total_length", 2);
	walk_hex(w, "identification", 2);
	fragment = walk_raw(w, "fragment_offset", 2);
	walk_bits(w, "fragment_flags", fragment >> 13, NULL);
	walk_bits(w, "fragment_offset", (fragment & 0x1fff) * 8, NULL);
	walk_uint(w, "ttl", 1);
	walk_uint(w, "protocol", 1);
	walk_hex(w, "checksum", 2);
	walk_addr(w, "source_address", MC_IPV4);
	walk_addr(w, "destination_address", MC_IPV4);
	if (w->rc)
		return;
	if (header < IPV4_MIN)
		walk_fault(w, "options", -MC_EBADLEN, "the header length is below 20");
	else if (header > IPV4_MIN)
		walk_bytes(w, "options", header - IPV4_MIN, NULL);
	walk_rest(w, "data", NULL);
	if (!null && total > here)
		walk_fault(w, "data", -MC_ETRUNC, "the packet inside is longer");
}

static void ipv6(struct walk *w, bool null)
{
	uint64_t first = walk_raw(w, "version", 4), length;
	size_t payload;

	walk_bits(w, "version", first >> 28, NULL);
	walk_bits(w, "traffic_class", first >> 20 & 0xff, NULL);
	walk_bits(w, "flow_label", first & 0xfffff, NULL);
	length = walk_uint(w, "payload_length", 2);
	walk_uint(w, "next_header", 1);
	walk_uint(w, "hop_limit", 1);
	walk_addr(w, "source_address", MC_IPV6);
	walk_addr(w, "destination_address", MC_IPV6);
	payload = w->c.left;
	walk_rest(w, "data", NULL);
	if (!null && length > payload)
		walk_fault(w, "data", -MC_ETRUNC, "the packet inside is longer");
}

static void inner(struct walk *w, unsigned null)
{
	switch (walk_peek(w, 0) >> 4) {
	case 4:
		ipv4(w, null);
		return;
	case 6:
		ipv6(w, null);
		return;
	}
	walk_fault(w, "version", -MC_EBADLEN, "neither IPv4 nor IPv6");
}

void dissect_inner(struct walk *w, bool null)
{
	walk_node(w, "inner_packet", null ? "dummy header" : NULL, inner, null);
}
