/* format.c - writing quantities for people */
#include "common/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Three significant digits and the unit, for 0 <= v < 1000.  Not printf("%.2f"):
 * the decimal point must not depend on the locale. */
static void put_digits(char buf[UNITS_TEXT], double v, const char *unit)
{
	unsigned n;

	if (v < 9.995) {
		n = (unsigned)(v * 100 + 0.5);
		snprintf(buf, UNITS_TEXT, "%u.%02u%s", n / 100, n % 100, unit);
	} else if (v < 99.95) {
		n = (unsigned)(v * 10 + 0.5);
		snprintf(buf, UNITS_TEXT, "%u.%u%s", n / 10, n % 10, unit);
	} else {
		snprintf(buf, UNITS_TEXT, "%u%s", (unsigned)(v + 0.5), unit);
	}
}

/* v with the prefix that leaves one to three digits before the point. */
static void put_scaled(char buf[UNITS_TEXT], double v, double base, const char *const *units)
{
	size_t i = 0;

	/* NaN ends here too; what is beyond the last unit is shown as its most. */
	if (!(v > 0))
		v = 0;
	while (v >= 999.5 && units[i + 1]) {
		v /= base;
		i++;
	}
	put_digits(buf, v < 999 ? v : 999, units[i]);
}

const char *format_count(char buf[UNITS_TEXT], double n)
{
	static const char *const units[] = { "", " k", " M", " G", " T", " P", " E", NULL };

	if (n >= 0 && n < 999.5)
		snprintf(buf, UNITS_TEXT, "%u", (unsigned)(n + 0.5));
	else
		put_scaled(buf, n, 1000, units);
	return buf;
}

const char *format_bytes(char buf[UNITS_TEXT], uint64_t n)
{
	static const char *const units[] = { " B",   " KiB", " MiB", " GiB",
					     " TiB", " PiB", " EiB", NULL };

	if (n < 1000)
		snprintf(buf, UNITS_TEXT, "%u B", (unsigned)n);
	else
		put_scaled(buf, (double)n, 1024, units);
	return buf;
}

const char *format_bps(char buf[UNITS_TEXT], double bits_a_second)
{
	static const char *const units[] = { " bit/s",	" kbit/s", " Mbit/s",
					     " Gbit/s", " Tbit/s", NULL };

	put_scaled(buf, bits_a_second, 1000, units);
	return buf;
}

const char *format_pps(char buf[UNITS_TEXT], double packets_a_second)
{
	static const char *const units[] = { " pps", " kpps", " Mpps", " Gpps", NULL };

	put_scaled(buf, packets_a_second, 1000, units);
	return buf;
}

const char *format_rate(char buf[UNITS_TEXT], const struct rate *r)
{
	switch (r->unit) {
	case RATE_PACKETS:
		return format_pps(buf, r->value);
	case RATE_BITS:
		return format_bps(buf, r->value);
	case RATE_MAX:
		return strcpy(buf, "max");
	case RATE_NONE:
		break;
	}
	return strcpy(buf, "-");
}

const char *format_percent(char buf[UNITS_TEXT], double share)
{
	unsigned n;

	if (!(share > 0))
		share = 0;
	if (share > 1000)
		share = 1000;
	n = (unsigned)(share * 10000 + 0.5);
	/* A loss that is there must not read as none. */
	if (n == 0 && share > 0)
		return strcpy(buf, "<0.01 %");
	snprintf(buf, UNITS_TEXT, "%u.%02u %%", n / 100, n % 100);
	return buf;
}

/* From a minute up: two whole units. */
static void put_long_duration(char buf[UNITS_TEXT], const char *sign, uint64_t seconds)
{
	if (seconds < 3600)
		snprintf(buf, UNITS_TEXT, "%s%u m %u s", sign, (unsigned)(seconds / 60),
			 (unsigned)(seconds % 60));
	else if (seconds < 86400)
		snprintf(buf, UNITS_TEXT, "%s%u h %u m", sign, (unsigned)(seconds / 3600),
			 (unsigned)(seconds / 60 % 60));
	else
		snprintf(buf, UNITS_TEXT, "%s%" PRIu64 " d %u h", sign, seconds / 86400,
			 (unsigned)(seconds / 3600 % 24));
}

const char *format_duration(char buf[UNITS_TEXT], mc_nsec d)
{
	static const char *const units[] = { " ns", " us", " ms", " s", NULL };
	const char *sign = d.ns < 0 ? "-" : "";
	uint64_t ns = d.ns < 0 ? -(uint64_t)d.ns : (uint64_t)d.ns;
	char digits[UNITS_TEXT];

	if (ns < 1000) {
		snprintf(buf, UNITS_TEXT, "%s%u ns", sign, (unsigned)ns);
	} else if (ns < 59950000000) {
		put_scaled(digits, (double)ns, 1000, units);
		snprintf(buf, UNITS_TEXT, "%s%.20s", sign, digits);
	} else {
		put_long_duration(buf, sign, (ns + 500000000) / 1000000000);
	}
	return buf;
}

const char *format_time(char buf[UNITS_TEXT], mc_nsec since_epoch)
{
	const int64_t second = 1000000000;
	time_t t = (time_t)(since_epoch.ns / second);
	int64_t ns = since_epoch.ns % second;
	struct tm tm;
	size_t len;

	if (ns < 0) {
		ns += second;
		t--;
	}
	gmtime_r(&t, &tm);
	len = strftime(buf, UNITS_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, UNITS_TEXT - len, ".%09uZ", (unsigned)ns);
	return buf;
}
