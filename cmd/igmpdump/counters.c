/* counters.c - messages by protocol, version and type, of each link */
#include "igmpdump/counters.h"

#include "igmpdump/message.h"

#define UNREADABLE 4 /* beside the versions 0..3 */

static unsigned protocol_number(const struct message *m)
{
	if (!m->has_ip)
		return 0;
	switch (m->f.protocol) {
	case MC_PROTO_IGMP:
		return 1;
	case MC_PROTO_ICMPV6:
		return 2;
	default:
		return 3;
	}
}

static unsigned version_of(const struct message *m)
{
	if (m->fault != MC_FAULT_NONE)
		return UNREADABLE;
	return m->parsed ? m->gm.version & 3 : 0;
}

/* PIM shares its first byte with its version. */
static unsigned type_of(const struct message *m)
{
	if (m->fault != MC_FAULT_NONE || !m->f.l4.len)
		return 0;
	return m->f.protocol == MC_PROTO_PIM ? m->f.l4.p[0] & 15u : m->f.l4.p[0];
}

static uint8_t new_kind(struct kinds *k, const struct message *m, unsigned version)
{
	struct kind *kind;

	if (k->n == KINDS_MAX) {
		k->v[KINDS_MAX - 1] = (struct kind){ "other", "other", "other", 0 };
		return KINDS_MAX;
	}
	kind = &k->v[k->n++];
	kind->protocol = message_protocol(m);
	kind->name = version == UNREADABLE ? "unreadable" : mc_message_name(&m->f);
	kind->type = version && version != UNREADABLE ? mc_gm_kind_name(m->gm.kind) : kind->name;
	kind->version = version == UNREADABLE ? 0 : (uint8_t)version;
	return (uint8_t)k->n;
}

void counters_add(struct counters *c, struct kinds *k, const struct message *m)
{
	unsigned version = version_of(m);
	uint8_t *number = &k->number[protocol_number(m)][version][type_of(m)];

	if (!*number)
		*number = new_kind(k, m, version);
	c->n[*number - 1]++;
}
