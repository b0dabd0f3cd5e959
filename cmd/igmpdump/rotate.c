/* rotate.c - writing captures, in one file or a row of them */
#include "igmpdump/rotate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/out.h"

/* Of the format pcap: for the size of a file before it is written. */
#define FILE_HEADER  24
#define FRAME_HEADER 16

struct rotate {
	const struct config *c;
	mc_capfile *file;
	uint32_t linktype;
	uint64_t number; /* of the file, from 1 */
	uint64_t bytes, frames;
	mc_nsec begun; /* the first frame's time, kept in steps of --rotate-time */
	bool rotating, broken;
};

/* capture.pcap: capture-000017.pcap */
static void name_of(const struct rotate *r, uint64_t number, char name[PATH_MAX])
{
	const char *path = r->c->write_file, *slash = strrchr(path, '/');
	const char *dot = strrchr(path, '.');

	if (!r->rotating) {
		snprintf(name, PATH_MAX, "%s", path);
		return;
	}
	if (!dot || dot == path || (slash && dot <= slash + 1))
		dot = path + strlen(path);
	snprintf(name, PATH_MAX, "%.*s-%06llu%s", (int)(dot - path), path,
		 (unsigned long long)number, dot);
}

static int begin_file(struct rotate *r)
{
	struct mc_why why = { "", "" };
	char name[PATH_MAX];
	int err;

	name_of(r, ++r->number, name);
	err = mc_capfile_create(&r->file, name, r->linktype, &why);
	if (err) {
		r->broken = true;
		return err_why("--write", err, &why);
	}
	r->bytes = FILE_HEADER;
	r->frames = 0;
	return 0;
}

static bool to_stdout(const struct rotate *r)
{
	return strcmp(r->c->write_file, "-") == 0;
}

/* Of standard output, out_finish() tells; and a reader may close it. */
static void fail(struct rotate *r, int err)
{
	char name[PATH_MAX];

	name_of(r, r->number, name);
	if (to_stdout(r))
		out_note_error(err);
	else
		err_msg("--write: %s: %s; the capture is incomplete", name, mc_strerror(err));
	r->broken = true;
}

static void end_file(struct rotate *r)
{
	int err = mc_capfile_close(r->file);

	r->file = NULL;
	if (err && !r->broken)
		fail(r, err);
}

static void forget_oldest(struct rotate *r)
{
	char name[PATH_MAX];

	if (!r->c->rotate_files || r->number <= r->c->rotate_files)
		return;
	name_of(r, r->number - r->c->rotate_files, name);
	if (unlink(name) < 0 && errno != ENOENT)
		warn_msg("--rotate-files: %s: %s", name, mc_strerror(errno));
}

static bool is_full(const struct rotate *r, const struct mc_cap_frame *f)
{
	const struct config *c = r->c;

	if (!r->frames)
		return false;
	return (c->rotate_size && r->bytes + FRAME_HEADER + f->data.len > c->rotate_size) ||
	       (c->rotate_count && r->frames >= c->rotate_count) ||
	       (c->rotate_time.ns && f->when.ns - r->begun.ns >= c->rotate_time.ns);
}

static void next_file(struct rotate *r)
{
	end_file(r);
	if (!r->broken && begin_file(r) == 0)
		forget_oldest(r);
}

/* The next period begins where the last one ended, or at a frame after a pause. */
static void note_time(struct rotate *r, mc_nsec when)
{
	int64_t period = r->c->rotate_time.ns, passed = when.ns - r->begun.ns;

	if (r->frames)
		return;
	if (period && r->number > 1 && passed >= period && passed < 2 * period)
		r->begun.ns += period;
	else
		r->begun = when;
}

int rotate_open(struct rotate **out, const struct config *c, uint32_t linktype)
{
	struct rotate *r = calloc(1, sizeof *r);
	int status;

	*out = NULL;
	if (!r) {
		err_msg("no memory");
		return EXIT_ENV;
	}
	r->c = c;
	r->linktype = linktype;
	r->rotating = c->rotate_size || c->rotate_time.ns || c->rotate_count;
	status = begin_file(r);
	if (status)
		free(r);
	else
		*out = r;
	return status;
}

void rotate_write(struct rotate *r, uint32_t linktype, const struct mc_cap_frame *f)
{
	int err;

	if (!r->broken && linktype != r->linktype) {
		err_msg("--write: a pcap file has one link type, and the inputs have several");
		r->broken = true;
	}
	if (!r->broken && is_full(r, f))
		next_file(r);
	if (r->broken)
		return;
	note_time(r, f->when);
	err = mc_capfile_frame(r->file, f);
	if (err)
		fail(r, err);
	r->bytes += FRAME_HEADER + f->data.len;
	r->frames++;
}

void rotate_flush(struct rotate *r)
{
	int err = r->broken ? 0 : mc_capfile_flush(r->file);

	if (err)
		fail(r, err);
}

bool rotate_broken(const struct rotate *r)
{
	return r->broken;
}

int rotate_close(struct rotate *r)
{
	int status;

	if (!r)
		return 0;
	end_file(r);
	status = r->broken && !to_stdout(r) ? EXIT_ENV : 0;
	free(r);
	return status;
}
