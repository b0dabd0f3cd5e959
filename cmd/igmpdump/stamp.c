/* stamp.c - the time at the beginning of a line, as -t asks */
#include "igmpdump/stamp.h"

#include <time.h>

#define SECOND 1000000000

static char *put_fraction(char *p, const struct dump *d, uint32_t ns)
{
	*p++ = '.';
	return d->c->nano ? put_nine(p, ns) : put_six(p, ns / 1000);
}

/* The text of a second is made once: localtime_r takes a microsecond. */
static char *put_clock(char *p, const struct dump *d, mc_nsec when)
{
	static _Thread_local struct put_second second;
	uint64_t ns = (uint64_t)when.ns - second.begins;

	if (ns >= SECOND || !second.len) {
		struct put_parts now = put_split(when);
		time_t t = (time_t)now.second;
		struct tm tm;

		localtime_r(&t, &tm);
		second.len = strftime(second.text, sizeof second.text,
				      d->c->stamps == STAMP_DATE ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S",
				      &tm);
		second.begins = (uint64_t)when.ns - now.ns;
		ns = now.ns;
	}
	memcpy(p, second.text, sizeof second.text);
	return put_fraction(p + second.len, d, (uint32_t)ns);
}

static char *put_span(char *p, const struct dump *d, int64_t ns)
{
	uint64_t s;

	*p++ = ns < 0 ? '-' : ' ';
	if (ns < 0)
		ns = -ns;
	s = (uint64_t)ns / SECOND;
	p = put_digits(p, s / 3600, s >= 360000 ? 6 : 2);
	*p++ = ':';
	p = put_digits(p, s / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, s % 60, 2);
	return put_fraction(p, d, (uint32_t)(ns % SECOND));
}

static char *put_epoch(char *p, const struct dump *d, mc_nsec when)
{
	struct put_parts now = put_split(when);

	return put_fraction(put_i64(p, now.second), d, now.ns);
}

static char *put_kind(char *p, const struct dump *d, mc_nsec when)
{
	switch (d->c->stamps) {
	case STAMP_EPOCH:
		return put_epoch(p, d, when);
	case STAMP_DELTA:
		return put_span(p, d, when.ns - d->previous.ns);
	case STAMP_ELAPSED:
		return put_span(p, d, when.ns - d->origin.ns);
	default:
		return put_clock(p, d, when);
	}
}

char *put_stamp(char *p, struct dump *d, mc_nsec when)
{
	if (d->c->stamps == STAMP_NONE)
		return p;
	if (!d->stamped) {
		d->stamped = true;
		d->origin = d->previous = when;
	}
	p = put_kind(p, d, when);
	d->previous = when;
	*p++ = ' ';
	return p;
}
