/* main.c - igmpdump: show membership messages, and what is wrong with them */
#include "igmpdump/opts.h"

#include <stdlib.h>
#include <unistd.h>

#include <mc/host.h>

#include "common/out.h"
#include "common/sig.h"
#include "igmpdump/confine.h"
#include "igmpdump/exec.h"
#include "igmpdump/input.h"
#include "igmpdump/line.h"
#include "igmpdump/links.h"
#include "igmpdump/rotate.h"
#include "igmpdump/session.h"
#include "igmpdump/state.h"

#define OUT_BLOCK (64 * 1024)

/* Options that contradict each other. */
static int check(const struct config *c)
{
	bool rotates = c->rotate_size || c->rotate_time.ns || c->rotate_count;
	bool to_stdout = c->write_file && strcmp(c->write_file, "-") == 0;

	if (c->common.interfaces.n && c->read_files.n)
		return usage_error("--interface", "a capture is read (--read): choose one");
	if (rotates && (!c->write_file || to_stdout))
		return usage_error("--write", "rotation needs a file name");
	if (c->rotate_files && !rotates)
		return usage_error("--rotate-files", "needs --rotate-size, --rotate-time or "
						     "--rotate-count");
	if (to_stdout && (c->common.json || c->summary || c->members || c->events || c->streams))
		return usage_error("--write", "'-' would mix with the text; name a file or a pipe");
	if (c->stamps > 5)
		return usage_error("--stamp", "-ttttt is the most");
	return 0;
}

/* What is shown, and what has to be tracked for it. */
static void plan(struct dump *d)
{
	const struct config *c = d->c;
	bool views = c->summary || c->members || c->events || c->streams;
	bool to_stdout = c->write_file && strcmp(c->write_file, "-") == 0;

	d->live = c->read_files.n == 0;
	d->color = out_color();
	d->show_messages = !views && !to_stdout && !c->common.quiet;
	d->show_summary = c->summary || c->members || c->streams ||
			  (d->live && !c->events && !to_stdout && !c->common.quiet);
	d->track_members =
		d->live || views || c->exec || c->fail_on || filter_has_issue(&d->filter);
	d->want_data = c->streams;
	d->src_width = d->dst_width = sizeof "255.255.255.255" - 1;
}

/* The operands as one pcap filter. */
static char *join(const struct opt_args *args)
{
	size_t len = 1;
	char *text, *p;

	for (int i = 0; i < args->n; i++)
		len += strlen(args->v[i]) + 1;
	text = p = calloc(1, len);
	for (int i = 0; text && i < args->n; i++) {
		if (i)
			*p++ = ' ';
		p = put_s(p, args->v[i]);
	}
	return text;
}

/* Opens what needs privileges, gives them up, then looks at packets. */
static int open_all(struct dump *d)
{
	int status = inputs_open(d);

	if (!status && d->c->write_file)
		status = rotate_open(&d->rotate, d->c, d->inputs[0].linktype);
	if (!status)
		status = confine(d->c);
	return status ? status : state_open(&d->state, d);
}

/* Lost frames are told even when nothing else is. */
static void tell_drops(struct dump *d)
{
	const struct counts *n = &d->counts;

	inputs_count_drops(d);
	if (n->kernel_drops || n->iface_drops)
		warn_msg("%llu frames lost between the kernel and igmpdump, %llu by the interface; "
			 "a larger --buffer may help",
			 (unsigned long long)n->kernel_drops, (unsigned long long)n->iface_drops);
	else if (d->live && !d->c->common.quiet)
		err_msg("%llu %s, %llu %s, none lost", UNITS_N(n->frames, "frame"),
			UNITS_N(n->messages, "message"));
}

static int run(struct dump *d)
{
	int status = filter_parse(&d->filter, &d->c->filters);
	int closed;

	plan(d);
	d->names = names_open();
	if (!status && buf_open(&d->out, STDOUT_FILENO, OUT_BLOCK) < 0) {
		err_msg("no memory");
		status = EXIT_ENV;
	}
	if (!status && d->c->exec)
		status = exec_open(&d->exec, d->c);
	if (!status)
		status = open_all(d);
	if (!status) {
		status = inputs_run(d);
		session_end(d);
		tell_drops(d);
		if (!status && d->failed)
			status = EXIT_FALSE;
	}
	state_close(d->state);
	exec_close(d->exec);
	closed = rotate_close(d->rotate);
	inputs_close(d);
	links_free(&d->links);
	filter_free(&d->filter);
	free(d->names);
	buf_close(&d->out);
	return closed ? closed : status;
}

int main(int argc, char **argv)
{
	static struct config c = { .exec_jobs = DEFAULT_EXEC_JOBS,
				   .max_members = DEFAULT_MAX_MEMBERS };
	static struct dump d;
	struct opt_args args;
	char *expression = NULL;
	int status = opt_parse(&program, argc, argv, &c, &args);

	if (status != OPT_RUN)
		return status;
	mc_raise_nofile(); /* captures to read are all opened at the start */
	sig_init();
	d.c = &c;
	status = check(&c);
	if (!status && args.n)
		c.expression = expression = join(&args);
	if (!status)
		status = run(&d);
	free(expression);
	opt_free(&program, &c);
	return out_finish(status);
}
