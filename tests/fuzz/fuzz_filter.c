/* fuzz_filter.c - any text as --filter of igmpdump, and any frame against what was read
 *
 * The first byte chooses the link type, the second says how long the text is; its lines
 * are the terms.  The frame follows. */
#include "igmpdump/filter.h"
#include "igmpdump/input.h"
#include "igmpdump/links.h"
#include "igmpdump/message.h"

#include "messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TERMS 6

static const uint32_t linktypes[] = { MC_LINK_ETHERNET, MC_LINK_RAW,  MC_LINK_SLL,  MC_LINK_SLL2,
				      MC_LINK_NULL,	MC_LINK_LOOP, MC_LINK_IPV4, MC_LINK_IPV6 };

static struct config config;
static struct input input = { .name = "fuzz.pcap" };
static struct dump dump = { .c = &config, .inputs = &input, .n_inputs = 1 };

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* Asked again it says the same; without terms all passes. */
static void match(struct message *m)
{
	size_t n = dump.filter.n;
	struct filter_facts none = { .link = 0 };
	bool all;

	m->link = links_find(&dump, 0, &m->f);
	check(m->link != UINT32_MAX);
	none.link = m->link;
	all = filter_message(&dump, m);
	(void)filter_facts(&dump, &none);
	dump.filter.n = 0;
	check(filter_message(&dump, m) && filter_facts(&dump, &none));
	dump.filter.n = n;
	check(filter_message(&dump, m) == all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message m;
	const char *words[TERMS];
	struct opt_list terms = { words, 0 };
	char text[256] = "", *rest = text, *word;
	size_t len = size > 1 ? data[1] : 0;
	unsigned before = messages;
	int status;

	if (size < 2 + len)
		return 0;
	memcpy(text, data + 2, len);
	while (terms.n < TERMS && (word = strsep(&rest, "\n")))
		words[terms.n++] = word;
	status = filter_parse(&dump.filter, &terms);
	check((status == 0) == (messages == before));
	input.linktype = linktypes[data[0] & 7];
	m.data = (struct mc_span){ data + 2 + len, size - 2 - len };
	m.wire_len = (uint32_t)m.data.len;
	if (!status) {
		enum message_class class = message_read(&m, input.linktype);

		if (class == MESSAGE_CONTROL || class == MESSAGE_UNREADABLE)
			match(&m);
	}
	filter_free(&dump.filter);
	return 0;
}
