/* fuzz_igmpdump.c - whole frames through all views of igmpdump
 *
 * The first byte chooses the link type and whether the capture cut the frame;
 * the frame follows.  Beside crashes: what is written must be text, the JSON must
 * nest, and addresses must read as libmc writes them. */
#include "igmpdump/json_message.h"
#include "igmpdump/line.h"
#include "igmpdump/links.h"
#include "igmpdump/message.h"
#include "igmpdump/input.h"
#include "igmpdump/tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUT 0x80

static const uint32_t linktypes[] = { MC_LINK_ETHERNET, MC_LINK_RAW,  MC_LINK_SLL,  MC_LINK_SLL2,
				      MC_LINK_NULL,	MC_LINK_LOOP, MC_LINK_IPV4, MC_LINK_IPV6 };

static struct config config;
static struct input input = { .name = "fuzz\"\n.pcap" };
static struct dump dump = { .c = &config, .inputs = &input, .n_inputs = 1 };

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* One line, printable, strings closed, brackets in pairs. */
static void check_json(const char *p, size_t len)
{
	char open[64];
	size_t depth = 0;
	bool in_string = false;

	check(len > 2 && p[len - 1] == '\n');
	for (size_t i = 0; i < len - 1; i++) {
		check((unsigned char)p[i] >= ' ');
		if (in_string && p[i] == '\\') {
			i++;
		} else if (p[i] == '"') {
			in_string = !in_string;
		} else if (!in_string && (p[i] == '{' || p[i] == '[')) {
			check(depth < sizeof open);
			open[depth++] = p[i] == '{' ? '}' : ']';
		} else if (!in_string && (p[i] == '}' || p[i] == ']')) {
			check(depth > 0 && open[--depth] == p[i]);
		}
	}
	check(depth == 0 && !in_string);
}

static void check_text(const char *p, size_t len)
{
	check(len > 0 && p[len - 1] == '\n');
	for (size_t i = 0; i < len; i++)
		check((unsigned char)p[i] >= ' ' || p[i] == '\n');
}

static void check_address(const struct mc_addr *a)
{
	char text[MC_ADDR_TEXT], ours[BUF_SLACK];
	size_t len = (size_t)(put_addr(ours, a) - ours);

	mc_addr_format(a, text);
	check(len == strlen(text) && memcmp(ours, text, len) == 0);
}

static void show(const struct message *m)
{
	buf_reset(&dump.out);
	line_message(&dump, m);
	tree_message(&dump, m);
	line_issues(&dump, m);
	check_text(dump.out.start, buf_len(&dump.out));
	buf_reset(&dump.out);
	json_message(&dump, m);
	check_json(dump.out.start, buf_len(&dump.out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message m;
	enum message_class class;

	if (!size)
		return 0;
	if (!dump.out.start)
		check(buf_open(&dump.out, -1, 65536) == 0);
	config.common.verbose = data[0] >> 3 & 1;
	input.linktype = linktypes[data[0] & 7];
	m.frame = 1;
	m.data = (struct mc_span){ data + 1, size - 1 };
	m.wire_len = (uint32_t)size - 1 + (data[0] & CUT ? 1000 : 0);
	class = message_read(&m, input.linktype);
	if (class != MESSAGE_CONTROL && class != MESSAGE_UNREADABLE)
		return 0;
	m.link = links_find(&dump, 0, &m.f);
	check(m.link != UINT32_MAX);
	check_address(&m.f.src);
	check_address(&m.f.dst);
	show(&m);
	return 0;
}
