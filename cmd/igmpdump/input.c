/* input.c - where frames come from: interfaces or files */
#include "igmpdump/input.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mc/iface.h>

#include "common/out.h"
#include "common/sig.h"
#include "igmpdump/crew.h"
#include "igmpdump/session.h"

/* Any group will do to ask for the default interface: this one is mcsend's. */
#define SOME_GROUP "239.255.77.67"

/* Frames taken from one interface before the next one has its turn. */
#define SHARE 4096

/* What concerns us, and may carry several headers before it: everything with
 * IPv6 hop-by-hop options (MLD: RFC 9777 5; little else has them), MLD and MRD
 * without them (a defect worth seeing), PIM over both families. */
#define CONTROL                                                                                    \
	"ip proto 2 or ip proto 103 or ip6[6] = 0 or ip6[6] = 103 or (ip6[6] = 58 and "            \
	"((ip6[40] >= 130 and ip6[40] <= 132) or ip6[40] = 143 or "                                \
	"(ip6[40] >= 151 and ip6[40] <= 153)))"
#define DATA "(ip multicast and udp) or (ip6 multicast and ip6[6] = 17)"

/* The keyword vlan moves all that follows it by a tag: each depth needs its own
 * copy.  Linux strips the outer tag, libpcap then looks for it beside the frame. */
#define TAGGED(what) what " or (vlan and (" what " or (vlan and (" what "))))"

static const char *default_filter(const struct dump *d, bool tagged)
{
	if (d->want_data)
		return tagged ? TAGGED(CONTROL " or " DATA) : CONTROL " or " DATA;
	return tagged ? TAGGED(CONTROL) : CONTROL;
}

static bool link_known(uint32_t linktype)
{
	switch (linktype) {
	case MC_LINK_NULL:
	case MC_LINK_ETHERNET:
	case MC_LINK_RAW:
	case MC_LINK_LOOP:
	case MC_LINK_SLL:
	case MC_LINK_IPV4:
	case MC_LINK_IPV6:
	case MC_LINK_SLL2:
		return true;
	}
	return false;
}

static int check_linktype(struct input *in)
{
	in->linktype = mc_cap_linktype(in->cap);
	if (link_known(in->linktype))
		return 0;
	err_msg("%s: link type %s (%u) is not one that igmpdump reads", in->name,
		mc_cap_linktype_name(in->cap), (unsigned)in->linktype);
	return EXIT_ENV;
}

static int open_interface(struct dump *d, struct input *in)
{
	struct mc_cap_opts o = { .sz = sizeof o,
				 .ifname = in->name,
				 .filter = d->c->expression,
				 .snaplen = (unsigned)d->c->snaplen,
				 .promiscuous = d->c->promiscuous,
				 .buffer = (unsigned)d->c->buffer };
	struct mc_why why = { "", "" };
	int err;

	if (!o.filter)
		o.filter = default_filter(d, true);
	err = mc_cap_open(&in->cap, &o, &why);
	/* Links without an EtherType have no tags, and libpcap refuses to look. */
	if (err == -EINVAL && !d->c->expression) {
		o.filter = default_filter(d, false);
		err = mc_cap_open(&in->cap, &o, &why);
	}
	if (err)
		return err_why(NULL, err, &why);
	err = check_linktype(in);
	if (!err && !d->c->common.quiet)
		err_msg("listening on %s (%s)", in->name, mc_cap_linktype_name(in->cap));
	return err;
}

static uint64_t size_of(const char *path)
{
	struct stat st;
	int err = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st);

	return err || st.st_size < 0 ? 0 : (uint64_t)st.st_size;
}

static int open_file(struct dump *d, struct input *in)
{
	struct mc_why why = { "", "" };
	int err = mc_cap_open_file(&in->cap, in->name, &why);

	if (err)
		return err_why(NULL, err, &why);
	if (check_linktype(in))
		return EXIT_ENV;
	in->size = size_of(in->name);
	if (d->c->expression)
		err = mc_cap_filter(in->cap, d->c->expression, &why);
	return err ? err_why(NULL, err, &why) : 0;
}

static int default_interface(struct dump *d)
{
	static struct mc_iface iface; /* the input borrows its name */
	struct mc_why why = { "", "" };
	struct mc_addr group;
	int err = mc_addr_parse(&group, SOME_GROUP);

	if (!err)
		err = mc_iface_default(&iface, &group, &why);
	if (err)
		return err_why(NULL, err, &why);
	d->inputs[0].name = iface.name;
	return 0;
}

static int name_inputs(struct dump *d)
{
	const struct config *c = d->c;
	const struct opt_list *names = d->live ? &c->common.interfaces : &c->read_files;

	d->n_inputs = names->n ? (unsigned)names->n : 1;
	d->inputs = calloc(d->n_inputs, sizeof *d->inputs);
	if (!d->inputs) {
		err_msg("no memory");
		return EXIT_ENV;
	}
	for (size_t i = 0; i < names->n; i++)
		d->inputs[i].name = names->v[i];
	return names->n ? 0 : default_interface(d);
}

int inputs_open(struct dump *d)
{
	int status = name_inputs(d);

	for (unsigned i = 0; !status && i < d->n_inputs; i++)
		status = d->live ? open_interface(d, &d->inputs[i]) : open_file(d, &d->inputs[i]);
	return status;
}

void inputs_close(struct dump *d)
{
	for (unsigned i = 0; i < d->n_inputs; i++)
		mc_cap_close(d->inputs[i].cap);
	free(d->inputs);
}

void inputs_count_drops(struct dump *d)
{
	d->counts.kernel_drops = d->counts.iface_drops = 0;
	for (unsigned i = 0; i < d->n_inputs; i++) {
		struct input *in = &d->inputs[i];

		if (in->cap) {
			in->kernel_drops = mc_cap_dropped(in->cap);
			in->iface_drops = mc_cap_iface_dropped(in->cap);
		}
		d->counts.kernel_drops += in->kernel_drops;
		d->counts.iface_drops += in->iface_drops;
	}
}

/* Frames may come through a pipe from a capture that is going on: what is known
 * must not wait for the next one. */
static void flush_before_wait(struct dump *d)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	if (poll(&fd, 1, 0) == 0)
		session_idle(d);
}

static bool is_stream(const struct input *in)
{
	struct stat st;

	return strcmp(in->name, "-") == 0 && fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
}

static int read_file(struct dump *d, unsigned i)
{
	struct input *in = &d->inputs[i];
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	bool stream = is_stream(in);
	int ret = 0;

	crew_read(d);
	while (!session_over(d) && (ret = mc_cap_next(in->cap, &f, &why)) == 1) {
		if (session_past(d, f.when))
			break;
		session_frame(d, i, &f);
		session_interim(d);
		if (stream)
			flush_before_wait(d);
	}
	if (ret >= 0)
		return 0;
	buf_flush(&d->out); /* first what is known, then where it ends */
	return err_why(in->name, ret, &why);
}

static int run_files(struct dump *d)
{
	int status = 0;

	for (unsigned i = 0; !status && i < d->n_inputs && !session_over(d); i++) {
		struct input *in = &d->inputs[i];

		status = read_file(d, i);
		mc_cap_close(in->cap);
		in->cap = NULL;
	}
	return status;
}

/* The others go on. */
static void interface_gone(struct dump *d, struct input *in, const struct mc_why *why)
{
	inputs_count_drops(d);
	buf_flush(&d->out);
	err_msg("%s: the interface is gone: %s", in->name, why->what);
	mc_cap_close(in->cap);
	in->cap = NULL;
}

/* A share of what waits at an interface; whether that was all. */
static bool drain_one(struct dump *d, unsigned i)
{
	struct input *in = &d->inputs[i];
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	int ret = 1;

	for (unsigned n = 0; n < SHARE && !session_over(d); n++) {
		ret = mc_cap_next(in->cap, &f, &why);
		if (ret != 1)
			break;
		session_frame(d, i, &f);
	}
	if (ret < 0)
		interface_gone(d, in, &why);
	return ret != 1;
}

/* One share after another, so that no interface starves. */
static bool drain(struct dump *d)
{
	bool all = true;

	for (unsigned i = 0; i < d->n_inputs; i++)
		if (d->inputs[i].cap && !drain_one(d, i))
			all = false;
	return all;
}

static void wait_for_frames(struct dump *d, struct pollfd *fds)
{
	mc_nsec timeout = session_wait(d);
	nfds_t n = 0;

	for (unsigned i = 0; i < d->n_inputs; i++)
		if (d->inputs[i].cap)
			fds[n++] = (struct pollfd){ .fd = mc_cap_fd(d->inputs[i].cap),
						    .events = POLLIN };
	(void)sig_ppoll(fds, n, &timeout);
}

static bool any_left(const struct dump *d)
{
	for (unsigned i = 0; i < d->n_inputs; i++)
		if (d->inputs[i].cap)
			return true;
	return false;
}

static int run_live(struct dump *d)
{
	struct pollfd *fds = calloc(d->n_inputs, sizeof *fds);

	if (!fds) {
		err_msg("no memory");
		return EXIT_ENV;
	}
	session_begin(d);
	while (!session_over(d) && any_left(d)) {
		bool idle = drain(d);

		session_clock(d);
		if (idle && !session_over(d) && any_left(d)) {
			session_idle(d);
			wait_for_frames(d, fds);
		}
	}
	free(fds);
	return any_left(d) ? 0 : EXIT_ENV;
}

int inputs_run(struct dump *d)
{
	return d->live ? run_live(d) : run_files(d);
}
