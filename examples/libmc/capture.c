/* capture.c - frames of an interface into a file, and read from there */
#include <mc/capture.h>
#include <poll.h>
#include <stdio.h>

static const char path[] = "/tmp/example.pcap";

static int record(const char *ifname, struct mc_why *why)
{
	struct mc_cap_opts o = { .sz = sizeof(o),
				 .ifname = ifname,
				 .filter = "udp" };
	struct mc_cap_frame frame;
	mc_capfile *file = NULL;
	struct pollfd fd = { .events = POLLIN };
	mc_cap *cap;
	int n = mc_cap_open(&cap, &o, why);

	if (n < 0)
		return n;
	n = mc_capfile_create(&file, path, mc_cap_linktype(cap), why);
	fd.fd = mc_cap_fd(cap);
	while (n == 0 && poll(&fd, 1, 5000) > 0)
		n = mc_cap_next(cap, &frame, why);
	if (n == 1)
		n = mc_capfile_frame(file, &frame);
	/* The same bytes once more, a second later. */
	frame.when.ns += 1000000000;
	if (n == 0)
		n = mc_capfile_write(file, frame.when, frame.data.p,
				     frame.data.len);
	if (n == 0)
		n = mc_capfile_flush(file);
	if (mc_cap_dropped(cap) + mc_cap_iface_dropped(cap) > 0)
		printf("frames were lost\n");
	mc_cap_close(cap);
	return mc_capfile_close(file) < 0 ? -1 : n;
}

/* Many frames with one call; other threads could take blocks apart. */
static unsigned count_at_once(void)
{
	uint8_t bytes[4096];
	struct mc_cap_block block = { .bytes = bytes,
				      .size = sizeof(bytes) };
	struct mc_why why = { "", "" };
	struct mc_cap_frame frame;
	unsigned n = 0;
	mc_cap *cap;

	if (mc_cap_open_file(&cap, path, &why) < 0)
		return 0;
	while (mc_cap_read_block(cap, &block) == 1)
		while (mc_cap_block_next(&block, &frame) == 1)
			n++;
	mc_cap_close(cap);
	return n;
}

int main(int argc, char **argv)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame frame;
	mc_nsec last = { 0 };
	mc_cap *cap;
	int n = record(argc > 1 ? argv[1] : "eth0", &why);

	if (n < 0 || mc_cap_open_file(&cap, path, &why) < 0 ||
	    mc_cap_filter(cap, "udp port 5000", &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	printf("%s\n", mc_cap_linktype_name(cap));
	while ((n = mc_cap_next(cap, &frame, &why)) == 1) {
		printf("%u bytes", frame.wire_len);
		if (last.ns)
			printf(", %.3f s later",
			       (frame.when.ns - last.ns) / 1e9);
		printf("\n");
		last = frame.when;
	}
	mc_cap_close(cap);
	printf("%u frames at once\n", count_at_once());
	remove(path);
	return n < 0;
}

/* prints:
 * EN10MB
 * 47 bytes
 * 47 bytes, 1.000 s later
 * 2 frames at once
 */
