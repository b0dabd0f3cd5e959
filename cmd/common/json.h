/* json.h - writes JSON Lines, one event after another, in constant memory.
 *
 *   struct json w;
 *   json_init(&w, stdout);
 *   json_event_begin(&w, "interval", now);
 *   json_u64(&w, "packets", 10);
 *   json_array_begin(&w, "streams");
 *   json_object_begin(&w, NULL);
 *   json_addr(&w, "group", &g);
 *   json_object_end(&w);
 *   json_array_end(&w);
 *   json_event_end(&w);
 *
 * key: never NULL in an object, always NULL in an array; anything else is an
 * assertion.  After a failed write all calls do nothing; the error stays in
 * w.err, and when the file is stdout, out.h knows it too (out_broken(),
 * out_finish()).  A live line (term.h) is removed before an event. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdio.h>

#include <mc/addr.h>

#define JSON_DEPTH 16

struct json {
	FILE *f;
	bool lazy; /* set it: flush when the buffer is full, not after every event */
	int err;   /* of the first failed write, negated errno */

	/* private */
	unsigned depth;
	bool in_array[JSON_DEPTH];
	bool not_first[JSON_DEPTH];
};

void json_init(struct json *w, FILE *f);

/* {"v":1,"event":"interval","time":"2026-...Z", and whatever follows. */
void json_event_begin(struct json *w, const char *event, mc_nsec since_epoch);

/* Ends the line and flushes it.  0 or w->err. */
int json_event_end(struct json *w);

void json_object_begin(struct json *w, const char *key);
void json_object_end(struct json *w);
void json_array_begin(struct json *w, const char *key);
void json_array_end(struct json *w);

/* Bytes that are not UTF-8 become U+FFFD.  NULL is null. */
void json_str(struct json *w, const char *key, const char *s);
void json_strn(struct json *w, const char *key, const char *s, size_t len);
void json_u64(struct json *w, const char *key, uint64_t v);
void json_i64(struct json *w, const char *key, int64_t v);
void json_ns(struct json *w, const char *key, mc_nsec v);    /* a number of nanoseconds */
void json_double(struct json *w, const char *key, double v); /* NaN and infinity: null */
void json_bool(struct json *w, const char *key, bool v);
void json_null(struct json *w, const char *key);
void json_time(struct json *w, const char *key, mc_nsec since_epoch);	  /* RFC 3339 */
void json_addr(struct json *w, const char *key, const struct mc_addr *a); /* MC_ANY: null */
void json_addrs(struct json *w, const char *key, const struct mc_addr *v, size_t n);
void json_mac(struct json *w, const char *key, const struct mc_mac *m);

#endif
