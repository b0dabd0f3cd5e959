/* dissect_check.h - what holds of every walk, and walks as text; for unit tests,
 * golden tests and fuzzing */
#ifndef MC_TEST_DISSECT_CHECK_H
#define MC_TEST_DISSECT_CHECK_H

#include <mc/dissect.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECK_DEPTHS 16
#define CHECK_BYTES  65536

struct dissect_check {
	const struct mc_frame *f;
	const char *wrong; /* the first rule that did not hold */
	const char *name;  /* and the field */
	size_t fields, faults;
	int depth;
	uint32_t begin[CHECK_DEPTHS], end[CHECK_DEPTHS]; /* of the open nodes */
	uint8_t covered[CHECK_BYTES];
};

static inline void check_rule(struct dissect_check *c, const struct mc_field *field, bool ok,
			      const char *rule)
{
	if (!ok && !c->wrong) {
		c->wrong = rule;
		c->name = field->name;
	}
}

static inline bool check_name(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static inline bool check_within(struct mc_span inner, struct mc_span outer)
{
	return !inner.len || (inner.p >= outer.p && inner.p + inner.len <= outer.p + outer.len);
}

static inline void check_field(void *data, const struct mc_field *field)
{
	struct dissect_check *c = data;
	uint32_t end = field->offset + field->len;
	int depth = field->depth;

	check_rule(c, field, c->faults == 0, "nothing follows a fault");
	check_rule(c, field, check_name(field->name), "names are JSON keys");
	check_rule(c, field, end <= c->f->l4.len, "fields lie in the message");
	check_rule(c, field, depth <= c->depth && depth < CHECK_DEPTHS, "a node opens each depth");
	check_rule(c, field, (c->fields++ == 0) == (depth == 0), "one field has depth 0");
	check_rule(c, field, check_within(field->bytes, c->f->l4), "bytes are the message's");
	check_rule(c, field, (field->type == MC_FIELD_FAULT) <= (field->text != NULL),
		   "a fault has a text");
	if (c->wrong)
		return;
	if (depth > 0 && field->type != MC_FIELD_FAULT)
		check_rule(c, field,
			   field->offset >= c->begin[depth - 1] && end <= c->end[depth - 1],
			   "fields lie in their node");
	if (field->type == MC_FIELD_NODE) {
		c->begin[depth] = field->offset;
		c->end[depth] = end;
		c->depth = depth + 1;
		return;
	}
	c->depth = depth;
	c->faults += field->type == MC_FIELD_FAULT;
	memset(c->covered + field->offset, 1, field->len);
}

/* NULL, or the rule that the walk of this frame breaks. */
static inline const char *check_walk(struct dissect_check *c, const struct mc_frame *f, int *rc)
{
	memset(c, 0, sizeof(*c));
	c->f = f;
	*rc = mc_dissect(f, check_field, c);
	if (c->wrong)
		return c->wrong;
	if (*rc == -MC_EUNSUPPORTED)
		return c->fields ? "what is unsupported has no fields" : NULL;
	if (*rc != 0 && *rc != -MC_ETRUNC && *rc != -MC_EBADLEN)
		return "an error of another kind";
	if ((*rc != 0) != (c->faults == 1))
		return "an error is a fault field";
	if (mc_dissect(f, NULL, NULL) != *rc)
		return "the verdict needs no visitor";
	if (memchr(c->covered, 0, f->l4.len))
		return "every byte is in a field";
	return NULL;
}

struct dissect_text {
	char *buf;
	size_t size, len;
	bool places; /* begin lines with offset+length */
	const char *path[CHECK_DEPTHS];
};

__attribute__((format(printf, 2, 3))) static inline void text_put(struct dissect_text *t,
								  const char *fmt, ...)
{
	__builtin_va_list args;
	int n;

	__builtin_va_start(args, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, args);
	__builtin_va_end(args);
	if (n > 0)
		t->len += (size_t)n < t->size - t->len ? (size_t)n : t->size - t->len - 1;
}

static inline void text_value(struct dissect_text *t, const struct mc_field *field)
{
	char addr[MC_ADDR_TEXT];

	switch (field->type) {
	case MC_FIELD_NODE:
	case MC_FIELD_ADDR:
	case MC_FIELD_PREFIX:
		if (field->addr.family == MC_ANY)
			return;
		text_put(t, "=%s", mc_addr_format(&field->addr, addr));
		if (field->type != MC_FIELD_ADDR)
			text_put(t, "/%" PRIu64, field->value);
		return;
	case MC_FIELD_HEX:
		text_put(t, "=0x%" PRIx64, field->value);
		return;
	case MC_FIELD_TIME:
		text_put(t, "=%" PRIu64 "ms", field->value / 1000000);
		return;
	case MC_FIELD_BYTES:
		text_put(t, "=");
		for (size_t i = 0; i < field->bytes.len; i++)
			text_put(t, "%02x", field->bytes.p[i]);
		return;
	case MC_FIELD_FAULT:
		text_put(t, "=FAULT");
		return;
	case MC_FIELD_UINT:
	case MC_FIELD_BOOL:
		text_put(t, "=%" PRIu64, field->value);
		return;
	}
}

/* "4+4 igmp.group_address=233.252.0.5 (text)" */
static inline void text_field(void *data, const struct mc_field *field)
{
	struct dissect_text *t = data;

	t->path[field->depth] = field->name;
	if (t->places)
		text_put(t, "%u+%u ", field->offset, field->len);
	for (int i = 0; i <= field->depth; i++)
		text_put(t, "%s%s", i ? "." : "", t->path[i]);
	text_value(t, field);
	if (field->text)
		text_put(t, " (%s)", field->text);
	text_put(t, "\n");
}

#endif
