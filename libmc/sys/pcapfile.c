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

/* Before version 2.4 the two lengths of a frame could be the other way round. */
static bool is_usual_version(const uint8_t *p)
{
	static const uint16_t usual[2] = { 2, 4 };

	return memcmp(p, usual, sizeof(usual)) == 0;
}

/* Nanoseconds of its unit of time, or 0 when it is not for us. */
static uint32_t fraction_of(FILE *f)
{
	struct stat st;
	uint8_t head[8]; /* magic number, version */

	if (fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (pread(fileno(f), head, sizeof(head), 0) != sizeof(head) || !is_usual_version(head + 4))
		return 0;
	if (word_at(head) == nano)
		return 1;
	return word_at(head) == micro ? 1000 : 0;
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

static void frame_at(struct mc_cap_frame *out, const uint8_t *head, uint32_t fraction)
{
	out->when.ns = (int64_t)(int32_t)word_at(head) * 1000000000 +
		       (int64_t)(int32_t)word_at(head + 4) * fraction;
	out->data.p = head + FRAME_HEADER;
	out->data.len = word_at(head + 8);
	out->wire_len = word_at(head + 12);
}

static int give_up_at(struct pcapfile *r, struct mc_cap_frame *out)
{
	memset(out, 0, sizeof(*out));
	pcapfile_give_up(r);
	return -EAGAIN;
}

int pcapfile_next(struct pcapfile *r, struct mc_cap_frame *out)
{
	const uint8_t *head;
	uint32_t len;

	if (!have(r, FRAME_HEADER)) {
		if (r->end != r->at)
			return give_up_at(r, out);
		memset(out, 0, sizeof(*out));
		return 0;
	}
	len = word_at(r->buffer + r->at + 8);
	if (len > r->snaplen || !have(r, FRAME_HEADER + len))
		return give_up_at(r, out);
	head = r->buffer + r->at;
	frame_at(out, head, r->fraction);
	r->at += FRAME_HEADER + len;
	r->offset += FRAME_HEADER + len;
	return 1;
}

static ssize_t read_at(const struct pcapfile *r, void *to, size_t size)
{
	ssize_t got;

	do
		got = pread(fileno(r->f), to, size, (off_t)r->offset);
	while (got < 0 && errno == EINTR);
	return got;
}

int pcapfile_read_block(struct pcapfile *r, struct mc_cap_block *b)
{
	ssize_t got = read_at(r, b->bytes, b->size);
	size_t have = got < 0 ? 0 : (size_t)got;

	b->n = b->len = b->at = 0;
	b->fraction = r->fraction;
	while (have - b->len >= FRAME_HEADER) {
		uint32_t len = word_at(b->bytes + b->len + 8);

		if (len > r->snaplen || have - b->len - FRAME_HEADER < len)
			break;
		b->len += FRAME_HEADER + len;
		b->n++;
	}
	r->offset += b->len;
	r->at = r->end = 0;
	return b->n > 0;
}

int mc_cap_block_next(struct mc_cap_block *b, struct mc_cap_frame *out)
{
	if (b->at == b->len) {
		memset(out, 0, sizeof(*out));
		return 0;
	}
	frame_at(out, b->bytes + b->at, b->fraction);
	b->at += FRAME_HEADER + out->data.len;
	return 1;
}
