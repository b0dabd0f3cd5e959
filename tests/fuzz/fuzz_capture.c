/* fuzz_capture.c - any bytes as a capture file
 *
 * Usual files are read by libmc itself, others by libpcap, and any by libpcap when a
 * filter was set: both must find the same frames.  What was read is written, and must
 * read the same again. */
#include <mc/capture.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input.h"

#define FRAMES 64 /* what is told of more */

struct seen {
	struct mc_cap_frame frames[FRAMES];
	uint64_t sum[FRAMES]; /* of their bytes */
	uint32_t linktype;
	unsigned n;
	int end; /* 0, or the error */
};

/* Files that are there for one input. */
static int files[2] = { -1, -1 };

static void name_of(char name[32], int fd)
{
	snprintf(name, 32, "/proc/self/fd/%d", fd);
}

static int file(unsigned i, const uint8_t *data, size_t size)
{
	if (files[i] < 0)
		files[i] = memfd_create("capture", MFD_CLOEXEC);
	require(files[i] >= 0 && ftruncate(files[i], 0) == 0);
	require(pwrite(files[i], data, size, 0) == (ssize_t)size);
	return files[i];
}

static uint64_t sum(struct mc_span s)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.p[i]) * 1099511628211u;
	return h;
}

static void take_frame(struct seen *s, const struct mc_cap_frame *f)
{
	if (s->n < FRAMES) {
		s->frames[s->n] = *f;
		s->sum[s->n] = sum(f->data);
	}
	s->n++;
}

/* The error of opening, or 0. */
static int read_file(struct seen *s, int fd, bool by_libpcap)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	char name[32];
	mc_cap *c;
	int ret;

	memset(s, 0, sizeof(*s));
	name_of(name, fd);
	ret = mc_cap_open_file(&c, name, &why);
	if (ret < 0) {
		require(c == NULL && why.what[0]);
		return ret;
	}
	s->linktype = mc_cap_linktype(c);
	require(mc_cap_fd(c) == -1 && mc_cap_linktype_name(c)[0]);
	if (by_libpcap)
		require(mc_cap_filter(c, NULL, NULL) == 0);
	while ((ret = mc_cap_next(c, &f, &why)) == 1)
		take_frame(s, &f);
	require(ret == 0 || why.what[0]);
	require(f.data.len == 0 && f.data.p == NULL);
	s->end = ret;
	require(mc_cap_dropped(c) == 0);
	mc_cap_close(c);
	return 0;
}

static void check_same(const struct seen *a, const struct seen *b)
{
	require(a->n == b->n);
	for (unsigned i = 0; i < a->n && i < FRAMES; i++) {
		require(a->frames[i].when.ns == b->frames[i].when.ns);
		require(a->frames[i].data.len == b->frames[i].data.len);
		require(a->frames[i].wire_len == b->frames[i].wire_len);
		require(a->sum[i] == b->sum[i]);
	}
}

/* A savefile has 32 bits for seconds, and they count from 1970 to 2038. */
static bool fits(const struct mc_cap_frame *f)
{
	return f->when.ns >= 0 && f->when.ns / 1000000000 <= INT32_MAX;
}

static bool copy_frames(mc_capfile *out, mc_cap *in)
{
	struct mc_cap_frame f;
	bool fit = true;

	while (mc_cap_next(in, &f, NULL) == 1) {
		fit = fit && fits(&f);
		require(mc_capfile_frame(out, &f) == 0);
	}
	return fit;
}

static void check_copy(int from, const struct seen *seen)
{
	int to = file(1, NULL, 0);
	char name[32], copy[32];
	struct seen again;
	mc_capfile *out;
	mc_cap *in;
	bool fit;

	name_of(name, from);
	name_of(copy, to);
	if (mc_capfile_create(&out, copy, seen->linktype, NULL) < 0)
		return; /* a link type that libpcap does not write */
	require(mc_cap_open_file(&in, name, NULL) == 0);
	fit = copy_frames(out, in);
	mc_cap_close(in);
	require(mc_capfile_close(out) == 0);
	if (!fit)
		return;
	require(read_file(&again, to, false) == 0 && again.end == 0);
	require(again.linktype == seen->linktype);
	check_same(&again, seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen ours, libpcaps;
	int fd = file(0, data, size), ret = read_file(&ours, fd, false);

	require(read_file(&libpcaps, fd, true) == ret);
	if (ret < 0)
		return 0;
	require(ours.linktype == libpcaps.linktype && ours.end == libpcaps.end);
	check_same(&ours, &libpcaps);
	check_copy(fd, &ours);
	return 0;
}
