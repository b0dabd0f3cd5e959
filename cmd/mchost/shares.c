/* shares.c - "v2:30%,v3:70%", "10%@30s", and numbers of hosts */
#include "mchost/shares.h"

#include "common/out.h"
#include "common/units.h"

#include <stdio.h>
#include <string.h>

static int name_number(const char *p, size_t len, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], p, len))
			return i;
	return -1;
}

static void list_names(char *buf, size_t size, const char *const *names)
{
	size_t used = 0;

	for (int i = 0; names[i] && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? ", " : "", names[i]);
}

/* "v2:30%", len characters. */
static int read_one(struct shares *out, const char *option, const char *p, size_t len,
		    const char *const *names)
{
	const char *colon = memchr(p, ':', len);
	size_t name_len = colon ? (size_t)(colon - p) : len;
	int i = name_number(p, name_len, names);
	char known[160], share[32] = "100%";

	list_names(known, sizeof(known), names);
	if (i < 0)
		return usage_error(option, "'%.*s' is none of %s", (int)name_len, p, known);
	if (out->named[i])
		return usage_error(option, "'%s' stands there twice", names[i]);
	if (colon)
		snprintf(share, sizeof(share), "%.*s", (int)(len - name_len - 1), colon + 1);
	if (!strchr(share, '%') || parse_percent(&out->of[i], share))
		return usage_error(option, "'%s' is not a share; write %s:30%%", share, names[i]);
	out->named[i] = true;
	return 0;
}

int shares_parse(struct shares *out, const char *option, const char *text, const char *const *names)
{
	int status = 0;

	*out = (struct shares){ .of = { 0 } };
	for (;;) {
		size_t len = strcspn(text, ",");

		status = read_one(out, option, text, len, names);
		if (status || !text[len])
			return status;
		text += len + 1;
	}
}

bool shares_count(uint64_t *out, const char *text, uint64_t n)
{
	double share;

	*out = n;
	if (!strcmp(text, "all"))
		return true;
	if (!strchr(text, '%'))
		return !parse_u64(out, text);
	if (parse_percent(&share, text))
		return false;
	*out = (uint64_t)(share * (double)n + 0.5);
	return true;
}
