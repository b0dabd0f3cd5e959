/* pcapfile.c - the usual kind of capture file, read in big pieces */
#include "sys/pcapfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_HEADER = 24,
	FRAME_HEADER = 16,
	FRAME_MAX = 262144, /* libpcap's own limit */
	BUFFER = 2 * FRAME_MAX,
	PIECE = 64 * 1024, /* what is read at once should still be in the cache when it is used */
};

static const uint32_t micro = 0xa1b2c3d4, nano = 0xa1b23c4d; /* magic numbers */

static uint32_t word_at(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Nanoseconds of its unit of time, or 0 when it is not for us. */
static uint32_t fraction_of(FILE *f)
{
	struct stat st;
	uint8_t magic[4];

	if (fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (pread(fileno(f), magic, sizeof(magic), 0) != sizeof(magic))
		return 0;
	if (word_at(magic) == nano)
		return 1;
	return word_at(magic) == micro ? 1000 : 0;
}

int pcapfile_open(struct pcapfile *r, FILE *f, uint32_t snaplen)
{
	memset(r, 0, sizeof(*r));
	r->fraction = fraction_of(f);
	/* Standard input may stand anywhere in its file. */
	if (!r->fraction || ftello(f) != FILE_HEADER)
		return 0;
	r->buffer = malloc(BUFFER);
	if (!r->buffer)
		return -ENOMEM;
	r->f = f;
	r->offset = FILE_HEADER;
	r->snaplen = snaplen < FRAME_MAX ? snaplen : FRAME_MAX;
	return 1;
}

void pcapfile_close(struct pcapfile *r)
{
	free(r->buffer);
	memset(r, 0, sizeof(*r));
}

void pcapfile_give_up(struct pcapfile *r)
{
	(void)fseeko(r->f, (off_t)r->offset, SEEK_SET);
	pcapfile_close(r);
}

/* Reads on until n bytes are there; whether they are. */
static bool fill(struct pcapfile *r, size_t n)
{
	memmove(r->buffer, r->buffer + r->at, r->end - r->at);
	r->end -= r->at;
	r->at = 0;
	while (r->end < n) {
		ssize_t got =
			pread(fileno(r->f), r->buffer + r->end, PIECE, (off_t)(r->offset + r->end));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		r->end += (size_t)got;
	}
	return true;
}

static bool have(struct pcapfile *r, size_t n)
{
	return r->end - r->at >= n || fill(r, n);
}

static void take(struct pcapfile *r, struct mc_cap_frame *out, uint32_t len)
{
	const uint8_t *head = r->buffer + r->at;

	out->when.ns = (int64_t)(int32_t)word_at(head) * 1000000000 +
		       (int64_t)(int32_t)word_at(head + 4) * r->fraction;
	out->data.p = head + FRAME_HEADER;
	out->data.len = len;
	out->wire_len = word_at(head + 12);
	r->at += FRAME_HEADER + len;
	r->offset += FRAME_HEADER + len;
}

int pcapfile_next(struct pcapfile *r, struct mc_cap_frame *out)
{
	uint32_t len;

	memset(out, 0, sizeof(*out));
	if (!have(r, FRAME_HEADER)) {
		if (r->end == r->at)
			return 0;
		pcapfile_give_up(r);
		return -EAGAIN;
	}
	len = word_at(r->buffer + r->at + 8);
	if (len > r->snaplen || !have(r, FRAME_HEADER + len)) {
		pcapfile_give_up(r);
		return -EAGAIN;
	}
	take(r, out, len);
	return 1;
}
