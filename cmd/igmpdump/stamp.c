/* stamp.c - the time at the beginning of a line, as -t asks */
#include "igmpdump/stamp.h"

#include <time.h>

#define SECOND 1000000000

static char *put_fraction(char *p, const struct dump *d, int64_t ns)
{
	*p++ = '.';
	if (d->c->nano)
		return put_digits(p, (uint64_t)ns, 9);
	return put_digits(p, (uint64_t)ns / 1000, 6);
}

/* The text of a second is made once: localtime_r takes a microsecond. */
static char *put_clock(char *p, int64_t second, bool date)
{
	static int64_t known = INT64_MIN;
	static char text[32];
	static size_t len;

	if (second != known) {
		time_t t = (time_t)second;
		struct tm tm;

		localtime_r(&t, &tm);
		len = date ? strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm)
			   : strftime(text, sizeof text, "%H:%M:%S", &tm);
		known = second;
	}
	return put_n(p, text, len);
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
	return put_fraction(p, d, ns % SECOND);
}

static char *put_kind(char *p, const struct dump *d, mc_nsec when, int64_t second, int64_t ns)
{
	switch (d->c->stamps) {
	case STAMP_EPOCH:
		return put_fraction(put_i64(p, second), d, ns);
	case STAMP_DELTA:
		return put_span(p, d, when.ns - d->previous.ns);
	case STAMP_ELAPSED:
		return put_span(p, d, when.ns - d->origin.ns);
	case STAMP_DATE:
		return put_fraction(put_clock(p, second, true), d, ns);
	default:
		return put_fraction(put_clock(p, second, false), d, ns);
	}
}

char *put_stamp(char *p, struct dump *d, mc_nsec when)
{
	int64_t ns = when.ns % SECOND, second = when.ns / SECOND;

	if (d->c->stamps == STAMP_NONE)
		return p;
	if (ns < 0) {
		ns += SECOND;
		second--;
	}
	if (!d->stamped) {
		d->stamped = true;
		d->origin = d->previous = when;
	}
	p = put_kind(p, d, when, second, ns);
	d->previous = when;
	*p++ = ' ';
	return p;
}
