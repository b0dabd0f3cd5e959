/* brief.c - the gist of PIM, DVMRP, mtrace and the like, in a line
 *
 * What matters of them is who and how long: addresses, prefixes and times.  The
 * rest is in the tree. */
#include "igmpdump/brief.h"

#include "igmpdump/line.h"

#define BRIEF_WIDTH 120
#define BRIEF_DEPTH 16

struct brief {
	struct dump *d;
	size_t written;
	const char *nodes[BRIEF_DEPTH]; /* names of the nodes above */
	bool full;
};

/* An encoded address (RFC 7761 4.9.1) is called address; what for, its node says. */
static const char *label_of(const struct brief *b, const struct mc_field *f)
{
	if (strcmp(f->name, "address") != 0 || !f->depth || f->depth > BRIEF_DEPTH)
		return f->name;
	return b->nodes[f->depth - 1];
}

static char *put_label(char *p, const char *name)
{
	for (; *name; name++)
		*p++ = *name == '_' ? ' ' : *name;
	*p++ = ' ';
	return p;
}

static char *put_address(char *p, const struct brief *b, const struct mc_field *f)
{
	unsigned all = f->addr.family == MC_IPV4 ? 32 : 128;

	p = put_addr(p, &f->addr);
	if (f->type == MC_FIELD_ADDR || f->value == all)
		return put_name(p, b->d, &f->addr);
	*p++ = '/';
	return put_u64(p, f->value);
}

static char *put_field(char *p, const struct brief *b, const struct mc_field *f)
{
	p = put_label(p, label_of(b, f));
	if (f->type == MC_FIELD_TIME)
		return put_duration(p, (mc_nsec){ (int64_t)f->value });
	return put_address(p, b, f);
}

static void brief_field(void *data, const struct mc_field *f)
{
	struct brief *b = data;
	char *p, *from;

	if (f->depth < BRIEF_DEPTH)
		b->nodes[f->depth] = f->name;
	if (b->full ||
	    (f->type != MC_FIELD_ADDR && f->type != MC_FIELD_PREFIX && f->type != MC_FIELD_TIME))
		return;
	p = from = buf_room(&b->d->out);
	p = b->written ? PUT_LITERAL(p, ", ") : PUT_LITERAL(p, "  ");
	b->full = b->written > BRIEF_WIDTH;
	p = b->full ? PUT_LITERAL(p, "...") : put_field(p, b, f);
	b->written += (size_t)(p - from);
	buf_done(&b->d->out, p);
}

void brief_message(struct dump *d, const struct message *m)
{
	struct brief b = { .d = d };

	if (!m->f.fragment)
		(void)!mc_dissect(&m->f, brief_field, &b);
}
