/* nl.h - a bounded cursor over netlink messages and their attributes */
#ifndef KERN_NL_H
#define KERN_NL_H

#include <mc/addr.h>
#include <string.h>
#include <linux/netlink.h>

struct nl_msg {
	uint16_t type, flags;
	uint32_t seq;
	struct mc_span body;
};

struct nl_attr {
	uint16_t type; /* without NLA_F_NESTED and NLA_F_NET_BYTEORDER */
	struct mc_span body;
};

static inline void nl_skip(struct mc_span *s, size_t n)
{
	if (n > s->len)
		n = s->len;
	s->p += n;
	s->len -= n;
}

/* Takes the next message off; 0 at the end, or where it is no message. */
static inline int nl_msg_next(struct nl_msg *out, struct mc_span *s)
{
	struct nlmsghdr h;

	if (s->len < sizeof(h))
		return 0;
	memcpy(&h, s->p, sizeof(h));
	if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > s->len)
		return 0;
	out->type = h.nlmsg_type;
	out->flags = h.nlmsg_flags;
	out->seq = h.nlmsg_seq;
	out->body = (struct mc_span){ s->p + sizeof(h), h.nlmsg_len - sizeof(h) };
	nl_skip(s, NLMSG_ALIGN((size_t)h.nlmsg_len));
	return 1;
}

/* Takes the header of a family off, a structure in front of the attributes. */
static inline bool nl_head(void *out, size_t size, struct mc_span *s)
{
	if (s->len < size)
		return false;
	memcpy(out, s->p, size);
	nl_skip(s, NLMSG_ALIGN(size));
	return true;
}

static inline int nl_attr_next(struct nl_attr *out, struct mc_span *s)
{
	struct nlattr a;

	if (s->len < sizeof(a))
		return 0;
	memcpy(&a, s->p, sizeof(a));
	if (a.nla_len < sizeof(a) || a.nla_len > s->len)
		return 0;
	out->type = a.nla_type & NLA_TYPE_MASK;
	out->body = (struct mc_span){ s->p + sizeof(a), a.nla_len - sizeof(a) };
	nl_skip(s, NLA_ALIGN((size_t)a.nla_len));
	return 1;
}

/* Numbers of any width up to 64 bits, in the host's byte order; 0: another. */
static inline uint64_t nl_uint(const struct nl_attr *a)
{
	uint8_t b;
	uint16_t h;
	uint32_t w;
	uint64_t d;

	switch (a->body.len) {
	case 1:
		return memcpy(&b, a->body.p, 1), b;
	case 2:
		return memcpy(&h, a->body.p, 2), h;
	case 4:
		return memcpy(&w, a->body.p, 4), w;
	case 8:
		return memcpy(&d, a->body.p, 8), d;
	default:
		return 0;
	}
}

/* 4 or 16 bytes; MC_ANY for anything else. */
static inline struct mc_addr nl_addr(const struct nl_attr *a)
{
	if (a->body.len != 4 && a->body.len != 16)
		return (struct mc_addr){ 0 };
	return mc_addr_from_bytes(a->body.len == 4 ? MC_IPV4 : MC_IPV6, a->body.p);
}

/* Text, cut to size, all of out written. */
static inline void nl_text(char *out, size_t size, const struct nl_attr *a)
{
	size_t n = strnlen((const char *)a->body.p, a->body.len);

	memset(out, 0, size);
	memcpy(out, a->body.p, n < size ? n : size - 1);
}

/* A time in 1/100 s (USER_HZ), which is how rtnetlink counts. */
static inline mc_nsec nl_ticks(const struct nl_attr *a)
{
	uint64_t n = nl_uint(a);

	return (mc_nsec){ n > INT64_MAX / 10000000 ? INT64_MAX : (int64_t)n * 10000000 };
}

/* RTM_NEWMULTICAST and RTM_DELMULTICAST, which older headers lack. */
#define NL_NEWMULTICAST 56
#define NL_DELMULTICAST 57

#endif
