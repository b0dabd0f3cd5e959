/* opt_value.c - the text of one option to its field */
#include "common/opt.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define AT(type, field) (*(type *)(field))

static int value_uint(void *field, const char *text)
{
	return parse_u64(field, text);
}

static int value_time(void *field, const char *text)
{
	return parse_time(field, text);
}

static int value_size(void *field, const char *text)
{
	return parse_size(field, text);
}

static int value_rate(void *field, const char *text)
{
	return parse_rate(field, text);
}

static int value_range(void *field, const char *text)
{
	return parse_range(field, text);
}

static int value_percent(void *field, const char *text)
{
	return parse_percent(field, text);
}

static int value_dscp(void *field, const char *text)
{
	return parse_dscp(field, text);
}

static int value_addr(void *field, const char *text)
{
	return mc_addr_parse(field, text) < 0 ? -EINVAL : 0;
}

/* What the plain types are called, and what to write instead of a mistake. */
static const struct value_kind {
	int (*parse)(void *field, const char *text);
	const char *noun, *remedy;
} kinds[] = {
	[OPT_UINT] = { value_uint, "a number", "write digits only, as 10" },
	[OPT_TIME] = { value_time, "a time", "write 10 (seconds), 500ms, 2m or 1h" },
	[OPT_SIZE] = { value_size, "a size", "write bytes as 1472, 64k or 4M" },
	[OPT_RATE] = { value_rate, "a rate", "write 10/s, 5k/s, 20Mbit or max" },
	[OPT_RANGE] = { value_range, "a size or range", "write 64, 64..1472 or 64..1472/8" },
	[OPT_PERCENT] = { value_percent, "a share", "write 0.1% or 0.001" },
	[OPT_DSCP] = { value_dscp, "a DSCP", "write 0 to 63, or a name as ef, af41 or cs6" },
	[OPT_ADDR] = { value_addr, "an address", "write 192.0.2.1 or 2001:db8::1" },
};

static const char *limit_text(char buf[UNITS_TEXT], const struct opt *o, uint64_t limit)
{
	if (o->type == OPT_TIME)
		return format_duration(buf, (mc_nsec){ (int64_t)limit });
	snprintf(buf, UNITS_TEXT, "%" PRIu64, limit);
	return buf;
}

static int check_limits(const struct opt *o, uint64_t low, uint64_t high, const char *text,
			char *err, size_t err_size)
{
	char limit[UNITS_TEXT];

	if (low < o->min) {
		snprintf(err, err_size, "'%s' is too small; the least is %s", text,
			 limit_text(limit, o, o->min));
		return -EINVAL;
	}
	if (o->max && high > o->max) {
		snprintf(err, err_size, "'%s' is too large; the most is %s", text,
			 limit_text(limit, o, o->max));
		return -EINVAL;
	}
	return 0;
}

static int check_value(const struct opt *o, const void *field, const char *text, char *err,
		       size_t err_size)
{
	const struct range *r = field;
	uint64_t n;

	switch (o->type) {
	case OPT_UINT:
	case OPT_SIZE:
		n = AT(const uint64_t, field);
		return check_limits(o, n, n, text, err, err_size);
	case OPT_TIME:
		n = (uint64_t)AT(const mc_nsec, field).ns;
		return check_limits(o, n, n, text, err, err_size);
	case OPT_RANGE:
		return check_limits(o, r->min, r->max, text, err, err_size);
	default:
		return 0;
	}
}

static int set_plain(const struct opt *o, void *field, const char *text, char *err, size_t err_size)
{
	const struct value_kind *k = &kinds[o->type];
	int rc = k->parse(field, text);

	if (rc == 0)
		return check_value(o, field, text, err, err_size);
	if (rc == -ERANGE)
		snprintf(err, err_size, "'%s' is too large; %s", text, k->remedy);
	else
		snprintf(err, err_size, "'%s' is not %s; %s", text, k->noun, k->remedy);
	return -EINVAL;
}

/* "auto, always or never" */
static void list_choices(char *buf, size_t size, const char *const *choices)
{
	size_t len = 0;

	for (size_t i = 0; choices[i] && len < size; i++) {
		const char *before = i == 0 ? "" : choices[i + 1] ? ", " : " or ";

		len += (size_t)snprintf(buf + len, size - len, "%s%s", before, choices[i]);
	}
}

static int find_choice(const char *const *choices, const char *text, char *err, size_t err_size)
{
	char list[256] = "";

	for (int i = 0; choices[i]; i++)
		if (strcmp(choices[i], text) == 0)
			return i;
	list_choices(list, sizeof list, choices);
	snprintf(err, err_size, "'%s' is none of the choices; write %s", text, list);
	return -EINVAL;
}

static int set_color(enum color_when *field, const char *text, char *err, size_t err_size)
{
	static const char *const whens[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL
	};
	int i = text ? find_choice(whens, text, err, err_size) : COLOR_ALWAYS;

	if (i < 0)
		return i;
	*field = (enum color_when)i;
	return 0;
}

static int set_user(struct opt_user *u, const char *text, char *err, size_t err_size)
{
	const struct passwd *p = getpwnam(text);
	uint64_t number;

	if (!p && parse_u64(&number, text) == 0 && number < (uid_t)-1)
		p = getpwuid((uid_t)number);
	if (!p) {
		snprintf(err, err_size, "there is no user '%s' here", text);
		return -EINVAL;
	}
	*u = (struct opt_user){ text, p->pw_uid, p->pw_gid };
	return 0;
}

static int add_to_list(struct opt_list *l, const char *text, char *err, size_t err_size)
{
	const char **v = reallocarray(l->v, l->n + 2, sizeof *v);

	if (!v) {
		snprintf(err, err_size, "no memory for '%s'", text);
		return -ENOMEM;
	}
	v[l->n++] = text;
	v[l->n] = NULL;
	l->v = v;
	return 0;
}

int opt_value(const struct opt *o, void *field, const char *text, char *err, size_t err_size)
{
	int i;

	switch (o->type) {
	case OPT_FLAG:
		AT(bool, field) = true;
		return 0;
	case OPT_COUNT:
		AT(unsigned, field)++;
		return 0;
	case OPT_SET:
		AT(int, field) = (int)o->min;
		return 0;
	case OPT_STRING:
		AT(const char *, field) = text;
		return 0;
	case OPT_LIST:
		return add_to_list(field, text, err, err_size);
	case OPT_CHOICE:
		i = find_choice(o->choices, text, err, err_size);
		AT(int, field) = i < 0 ? 0 : i;
		return i < 0 ? i : 0;
	case OPT_COLOR:
		return set_color(field, text, err, err_size);
	case OPT_USER:
		return set_user(field, text, err, err_size);
	case OPT_HELP:
	case OPT_VERSION:
		return 0;
	default:
		return set_plain(o, field, text, err, err_size);
	}
}
