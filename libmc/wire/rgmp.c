/* rgmp.c - fields of the Router-port Group Management Protocol, RFC 3488 */
#include "wire/dissect_walk.h"

static const struct walk_name types[] = {
	{ 0xff, "hello" }, { 0xfe, "bye" }, { 0xfd, "join" }, { 0xfc, "leave" }, { 0, NULL },
};

static const struct walk_name messages[] = {
	{ 0xff, "RGMP hello" }, { 0xfe, "RGMP bye" }, { 0xfd, "RGMP join" },
	{ 0xfc, "RGMP leave" }, { 0, NULL },
};

const char *dissect_rgmp_name(const struct mc_frame *f)
{
	return walk_name_of(messages, dissect_byte(f, 0));
}

void dissect_rgmp(struct walk *w)
{
	walk_named(w, "type", 1, types);
	walk_hex(w, "reserved", 1);
	walk_checksum(w);
	walk_addr(w, "group_address", MC_IPV4);
}
