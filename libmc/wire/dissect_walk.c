/* dissect_walk.c - read a field, report it with its place */
#include "wire/dissect_walk.h"

static uint32_t offset_of(const struct walk *w, const uint8_t *p)
{
	return p ? (uint32_t)(p - w->all.p) : 0;
}

static void report(struct walk *w, struct mc_field field)
{
	field.depth = w->depth;
	if (w->fn && !w->rc)
		w->fn(w->data, &field);
}

/* A field of the bytes that were read last. */
static struct mc_field placed(const struct walk *w, const char *name, enum mc_field_type type)
{
	return (struct mc_field){
		.name = name,
		.type = type,
		.offset = offset_of(w, w->last.p),
		.len = (uint32_t)w->last.len,
	};
}

const char *walk_name_of(const struct walk_name *names, uint64_t value)
{
	for (; names->text; names++)
		if (names->value == value)
			return names->text;
	return NULL;
}

bool walk_more(const struct walk *w)
{
	return !w->rc && w->c.left > 0;
}

uint8_t walk_peek(const struct walk *w, size_t ahead)
{
	struct cur c = w->c;

	cur_skip(&c, ahead);
	return cur_u8(&c);
}

/* What the fault leaves unread belongs to it, up to the end of the message. */
void walk_fault(struct walk *w, const char *name, int rc, const char *text)
{
	if (w->rc)
		return;
	w->last = (struct mc_span){ w->c.p, 0 };
	if (w->c.p)
		w->last.len = w->all.len - (size_t)(w->c.p - w->all.p);

	struct mc_field field = placed(w, name, MC_FIELD_FAULT);

	field.text = text;
	field.bytes = w->last;
	report(w, field);
	w->rc = rc;
	w->c.left = 0;
	w->c.bad = true;
}

static bool take(struct walk *w, const char *name, size_t n)
{
	if (w->rc)
		return false;
	if (n > w->c.left) {
		if (w->inside)
			walk_fault(w, name, -MC_EBADLEN, "does not fit the length given for it");
		else
			walk_fault(w, name, -MC_ETRUNC, "the message ends here");
		return false;
	}
	w->last.p = w->c.p;
	w->last.len = n;
	return true;
}

uint64_t walk_raw(struct walk *w, const char *name, size_t size)
{
	uint64_t value = 0;

	if (take(w, name, size))
		while (size--)
			value = value << 8 | cur_u8(&w->c);
	return value;
}

static uint64_t number(struct walk *w, const char *name, size_t size, enum mc_field_type type)
{
	uint64_t value = walk_raw(w, name, size);
	struct mc_field field = placed(w, name, type);

	field.value = value;
	report(w, field);
	return value;
}

uint64_t walk_uint(struct walk *w, const char *name, size_t size)
{
	return number(w, name, size, MC_FIELD_UINT);
}

uint64_t walk_hex(struct walk *w, const char *name, size_t size)
{
	return number(w, name, size, MC_FIELD_HEX);
}

uint64_t walk_named(struct walk *w, const char *name, size_t size, const struct walk_name *names)
{
	uint64_t value = walk_raw(w, name, size);

	walk_bits(w, name, value, walk_name_of(names, value));
	return value;
}

uint64_t walk_time(struct walk *w, const char *name, size_t size, uint64_t unit)
{
	uint64_t value = walk_raw(w, name, size);
	struct mc_field field = placed(w, name, MC_FIELD_TIME);

	field.value = value * unit;
	report(w, field);
	return value;
}

void walk_holdtime(struct walk *w, const char *zero)
{
	uint64_t value = walk_raw(w, "holdtime", 2);
	struct mc_field field = placed(w, "holdtime", MC_FIELD_TIME);

	field.value = value * NSEC_PER_SEC;
	if (value == 0)
		field.text = zero;
	else if (value == 0xffff)
		field.text = "never times out";
	report(w, field);
}

void walk_checksum(struct walk *w)
{
	uint64_t value = walk_raw(w, "checksum", 2);
	struct mc_field field = placed(w, "checksum", MC_FIELD_HEX);

	field.value = value;
	field.text = w->checksum;
	report(w, field);
}

static struct mc_addr read_addr(struct walk *w, const char *name, enum mc_family family)
{
	if (take(w, name, family == MC_IPV4 ? 4 : 16))
		cur_addr(&w->c, family, &w->addr);
	return w->addr;
}

void walk_addr_or(struct walk *w, const char *name, enum mc_family family, const char *zero)
{
	struct mc_addr addr = read_addr(w, name, family);
	struct mc_field field = placed(w, name, MC_FIELD_ADDR);

	field.addr = addr;
	if (mc_addr_is_unspecified(&addr))
		field.text = zero;
	report(w, field);
}

void walk_addr(struct walk *w, const char *name, enum mc_family family)
{
	walk_addr_or(w, name, family, NULL);
}

void walk_prefix(struct walk *w, const char *name, enum mc_family family, unsigned bits)
{
	struct mc_addr addr = read_addr(w, name, family);
	struct mc_field field = placed(w, name, MC_FIELD_PREFIX);

	w->prefix = bits;
	field.addr = addr;
	field.value = bits;
	report(w, field);
}

void walk_bytes(struct walk *w, const char *name, size_t n, const char *text)
{
	struct mc_field field;

	if (!take(w, name, n))
		return;
	field = placed(w, name, MC_FIELD_BYTES);
	field.text = text;
	field.bytes = cur_take(&w->c, n);
	report(w, field);
}

void walk_rest(struct walk *w, const char *name, const char *text)
{
	if (walk_more(w))
		walk_bytes(w, name, w->c.left, text);
}

void walk_part(struct walk *w, const struct mc_field *field)
{
	struct mc_field out = placed(w, field->name, field->type);

	out.value = field->value;
	out.text = field->text;
	out.addr = field->addr;
	report(w, out);
}

void walk_bit(struct walk *w, const char *name, bool value, const char *text)
{
	walk_part(w, &(struct mc_field){ .name = name,
					 .type = MC_FIELD_BOOL,
					 .value = value,
					 .text = value ? text : NULL });
}

void walk_bits(struct walk *w, const char *name, uint64_t value, const char *text)
{
	walk_part(w, &(struct mc_field){
			     .name = name, .type = MC_FIELD_UINT, .value = value, .text = text });
}

void walk_derived_time(struct walk *w, const char *name, uint64_t ns, const char *text)
{
	struct mc_field field = placed(w, name, MC_FIELD_TIME);

	field.len = 0;
	field.value = ns;
	field.text = text;
	report(w, field);
}

struct walk walk_measure(const struct walk *w, walk_body *body, unsigned arg)
{
	struct walk silent = *w;

	silent.fn = NULL;
	if (w->fn)
		body(&silent, arg);
	return silent;
}

void walk_open(struct walk *w, const char *name, const struct walk *measured, const char *text)
{
	size_t len = w->c.left - measured->c.left;

	w->last = (struct mc_span){ w->c.p, len };

	struct mc_field field = placed(w, name, MC_FIELD_NODE);

	field.text = text;
	field.addr = measured->addr;
	field.value = measured->prefix;
	report(w, field);
	w->depth++;
}

void walk_close(struct walk *w)
{
	w->depth--;
}

void walk_node(struct walk *w, const char *name, const char *text, walk_body *body, unsigned arg)
{
	struct walk measured;

	if (!take(w, name, 1))
		return;
	measured = walk_measure(w, body, arg);
	measured.addr = (struct mc_addr){ 0 };
	measured.prefix = 0;
	walk_open(w, name, &measured, text);
	body(w, arg);
	walk_close(w);
}

struct cur walk_enter(struct walk *w, const char *name, size_t n)
{
	struct cur outer = w->c;

	if (take(w, name, n)) {
		cur_skip(&outer, n);
		w->c.left = n;
	}
	return outer;
}

void walk_leave(struct walk *w, struct cur outer, const char *rest)
{
	walk_rest(w, rest, NULL);
	if (!w->rc)
		w->c = outer;
}
