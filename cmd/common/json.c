/* json.c - JSON Lines writer */
#include "common/json.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/out.h"
#include "common/term.h"
#include "common/units.h"

void json_init(struct json *w, FILE *f)
{
	memset(w, 0, sizeof *w);
	w->f = f;
}

static void note_error(struct json *w)
{
	if (w->err)
		return;
	w->err = errno ? -errno : -EIO;
	if (w->f == stdout)
		out_note_error(-w->err);
}

static void put_n(struct json *w, const char *s, size_t len)
{
	if (w->err || len == 0)
		return;
	errno = 0;
	if (fwrite(s, 1, len, w->f) != len)
		note_error(w);
}

static void put(struct json *w, const char *s)
{
	put_n(w, s, strlen(s));
}

/* Length of the UTF-8 sequence at s, 0 if it is none (RFC 3629 4: neither
 * overlong forms nor surrogates nor anything above U+10FFFF). */
static size_t utf8_len(const unsigned char *s, size_t len)
{
	size_t need = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	unsigned char low = 0x80, high = 0xbf;

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4 || need > len)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < need; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return need;
}

static void put_control(struct json *w, unsigned char c)
{
	static const char short_forms[] = "\bb\nn\rr\tt\ff";
	char text[8];

	for (size_t i = 0; short_forms[i]; i += 2) {
		if ((unsigned char)short_forms[i] == c) {
			snprintf(text, sizeof text, "\\%c", short_forms[i + 1]);
			put(w, text);
			return;
		}
	}
	snprintf(text, sizeof text, "\\u%04x", c);
	put(w, text);
}

static void put_string(struct json *w, const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t done = 0, i = 0; /* [done, i) needs no escape and is not written yet */

	put(w, "\"");
	while (i < len) {
		size_t n = utf8_len(p + i, len - i);

		if (n && p[i] >= ' ' && p[i] != '"' && p[i] != '\\' && p[i] != 0x7f) {
			i += n;
			continue;
		}
		put_n(w, s + done, i - done);
		if (!n)
			put(w, "\\ufffd");
		else if (p[i] == '"' || p[i] == '\\')
			put(w, p[i] == '"' ? "\\\"" : "\\\\");
		else
			put_control(w, p[i]);
		done = ++i;
	}
	put_n(w, s + done, i - done);
	put(w, "\"");
}

/* The comma, and in an object the key. */
static void begin_value(struct json *w, const char *key)
{
	assert(w->depth > 0 && "a value outside of an event");
	assert(w->in_array[w->depth] == (key == NULL) && "keys belong to objects");
	if (w->not_first[w->depth])
		put(w, ",");
	w->not_first[w->depth] = true;
	if (key) {
		put_string(w, key, strlen(key));
		put(w, ":");
	}
}

static void push(struct json *w, bool array)
{
	assert(w->depth + 1 < JSON_DEPTH && "nested too deeply");
	w->depth++;
	w->in_array[w->depth] = array;
	w->not_first[w->depth] = false;
	put(w, array ? "[" : "{");
}

static void pop(struct json *w, bool array)
{
	assert(w->depth > 0 && w->in_array[w->depth] == array && "ends something else");
	w->depth--;
	put(w, array ? "]" : "}");
}

void json_event_begin(struct json *w, const char *event, mc_nsec since_epoch)
{
	assert(w->depth == 0 && "an event within an event");
	term_clear();
	push(w, false);
	json_u64(w, "v", 1);
	json_str(w, "event", event);
	json_time(w, "time", since_epoch);
}

int json_event_end(struct json *w)
{
	assert(w->depth == 1 && "something is still open");
	pop(w, false);
	put(w, "\n");
	errno = 0;
	if (!w->err && !w->lazy && fflush(w->f) != 0)
		note_error(w);
	return w->err;
}

void json_object_begin(struct json *w, const char *key)
{
	begin_value(w, key);
	push(w, false);
}

void json_object_end(struct json *w)
{
	assert(w->depth > 1 && "json_event_end ends an event");
	pop(w, false);
}

void json_array_begin(struct json *w, const char *key)
{
	begin_value(w, key);
	push(w, true);
}

void json_array_end(struct json *w)
{
	pop(w, true);
}

void json_strn(struct json *w, const char *key, const char *s, size_t len)
{
	begin_value(w, key);
	put_string(w, s, len);
}

void json_str(struct json *w, const char *key, const char *s)
{
	if (s)
		json_strn(w, key, s, strlen(s));
	else
		json_null(w, key);
}

void json_u64(struct json *w, const char *key, uint64_t v)
{
	char text[24];

	begin_value(w, key);
	snprintf(text, sizeof text, "%" PRIu64, v);
	put(w, text);
}

void json_i64(struct json *w, const char *key, int64_t v)
{
	char text[24];

	begin_value(w, key);
	snprintf(text, sizeof text, "%" PRId64, v);
	put(w, text);
}

void json_ns(struct json *w, const char *key, mc_nsec v)
{
	json_i64(w, key, v.ns);
}

/* The fewest digits that read back as v. */
static void put_double(struct json *w, double v)
{
	char text[40], *comma;

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	/* Where the locale has a decimal comma. */
	comma = strchr(text, ',');
	if (comma)
		*comma = '.';
	put(w, text);
}

void json_double(struct json *w, const char *key, double v)
{
	if (!isfinite(v)) {
		json_null(w, key);
		return;
	}
	begin_value(w, key);
	put_double(w, v);
}

void json_bool(struct json *w, const char *key, bool v)
{
	begin_value(w, key);
	put(w, v ? "true" : "false");
}

void json_null(struct json *w, const char *key)
{
	begin_value(w, key);
	put(w, "null");
}

void json_time(struct json *w, const char *key, mc_nsec since_epoch)
{
	char text[UNITS_TEXT];

	json_str(w, key, format_time(text, since_epoch));
}

void json_addr(struct json *w, const char *key, const struct mc_addr *a)
{
	char text[MC_ADDR_TEXT];

	json_str(w, key, a->family == MC_ANY ? NULL : mc_addr_format(a, text));
}

void json_addrs(struct json *w, const char *key, const struct mc_addr *v, size_t n)
{
	json_array_begin(w, key);
	for (size_t i = 0; i < n; i++)
		json_addr(w, NULL, &v[i]);
	json_array_end(w);
}

void json_mac(struct json *w, const char *key, const struct mc_mac *m)
{
	char text[MC_MAC_TEXT];

	json_str(w, key, mc_mac_format(m, text));
}
