/* pim_hello.c - options of the PIM Hello message, RFC 7761 4.9.2 */
#include "wire/pim.h"

enum {
	HOLDTIME = 1,
	LAN_PRUNE_DELAY = 2,
	DR_PRIORITY = 19,
	GENERATION_ID = 20,
	STATE_REFRESH = 21,
	ADDRESS_LIST = 24,
	OLD_ADDRESS_LIST = 65001, /* Cisco, before there was a number */
};

static const struct walk_name options[] = {
	{ HOLDTIME, "holdtime" },
	{ LAN_PRUNE_DELAY, "LAN prune delay" },
	{ 18, "DR priority (deprecated)" },
	{ DR_PRIORITY, "DR priority" },
	{ GENERATION_ID, "generation ID" },
	{ STATE_REFRESH, "state refresh capable" }, /* RFC 3973 4.7.5.4 */
	{ 22, "bidirectional capable" },	    /* RFC 5015 3.7.4 */
	{ ADDRESS_LIST, "address list" },
	{ 26, "join attribute" },		     /* RFC 5384 3.3.1 */
	{ 27, "PIM over TCP capable" },		     /* RFC 6559 3.1 */
	{ 28, "PIM over SCTP capable" },	     /* RFC 6559 3.2 */
	{ 29, "pop count" },			     /* RFC 6807 2 */
	{ 30, "MT-ID" },			     /* RFC 6420 4.1 */
	{ 31, "interface ID" },			     /* RFC 6395 2 */
	{ 32, "ECMP redirect" },		     /* RFC 6754 5.1 */
	{ 34, "DR load balancing capability" },	     /* RFC 8775 5 */
	{ 35, "DR load balancing list" },	     /* RFC 8775 5 */
	{ 36, "hierarchical join/prune attribute" }, /* RFC 7887 4 */
	{ 40, "packed assert capability" },	     /* RFC 9466 3.1 */
	{ OLD_ADDRESS_LIST, "address list (old)" },
	{ 0, NULL },
};

static void lan_prune_delay(struct walk *w)
{
	uint64_t delay = walk_raw(w, "propagation_delay", 2);

	walk_bit(w, "t", delay & 0x8000, "join suppression can be disabled");
	walk_part(w, &(struct mc_field){ .name = "propagation_delay",
					 .type = MC_FIELD_TIME,
					 .value = (delay & 0x7fff) * NSEC_PER_MSEC });
	walk_time(w, "override_interval", 2, NSEC_PER_MSEC);
}

/* Unknown options, and those that are a mere presence, have no fields. */
static void value(struct walk *w, uint64_t type)
{
	switch (type) {
	case HOLDTIME:
		walk_holdtime(w, "goodbye");
		return;
	case LAN_PRUNE_DELAY:
		lan_prune_delay(w);
		return;
	case DR_PRIORITY:
		walk_uint(w, "dr_priority", 4);
		return;
	case GENERATION_ID:
		walk_hex(w, "generation_id", 4);
		return;
	case STATE_REFRESH:
		walk_uint(w, "state_refresh_version", 1);
		walk_time(w, "state_refresh_interval", 1, NSEC_PER_SEC);
		walk_hex(w, "reserved", 2);
		return;
	case ADDRESS_LIST:
	case OLD_ADDRESS_LIST:
		while (walk_more(w))
			pim_encoded(w, "secondary_address", PIM_UNICAST);
		return;
	}
}

static void option(struct walk *w, unsigned arg)
{
	uint64_t type = walk_named(w, "option_type", 2, options);
	struct cur outer = walk_enter(w, "option_value", walk_uint(w, "option_length", 2));

	(void)arg;
	w->inside = true;
	value(w, type);
	w->inside = false;
	walk_leave(w, outer, "option_value");
}

void pim_hello(struct walk *w)
{
	while (walk_more(w)) {
		uint64_t type = (uint64_t)walk_peek(w, 0) << 8 | walk_peek(w, 1);

		walk_node(w, "option", walk_name_of(options, type), option, 0);
	}
}
