/* capture.c - frames through libpcap, and the only door to it */
#include "sys/pcapfile.h"
#include "sys/why.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <mc/capture.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 32 MiB of ring: one second of 200,000 small frames and more. */
#define RING_BYTES  (32 * 1024 * 1024)
#define WHOLE_FRAME 262144
#define FILE_BUFFER (256 * 1024)

struct mc_cap {
	pcap_t *p;
	char *buffer;	      /* of the file, when libpcap reads it */
	struct pcapfile file; /* open: it reads, not libpcap */
	bool live;
	uint32_t linktype;
	uint64_t dropped; /* the kernel's counters are 32 bits: add the differences */
	uint64_t iface_dropped;
	uint32_t seen, iface_seen;
};

struct mc_capfile {
	pcap_t *p;
	pcap_dumper_t *d;
};

static int open_failed(int code, const char *ifname, const pcap_t *p, struct mc_why *why)
{
	switch (code) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		why_set(why, 0, "no permission to capture on %s", ifname);
		why_fix(why, "run as root, or grant it: setcap cap_net_raw+ep PROGRAM");
		return -EPERM;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		why_set(why, 0, "no interface '%s'", ifname);
		why_fix(why, "'ip link' lists them");
		return -ENODEV;
	case PCAP_ERROR_IFACE_NOT_UP:
		why_set(why, 0, "interface %s is down", ifname);
		why_fix(why, "ip link set %s up", ifname);
		return -ENETDOWN;
	default:
		return why_set(why, -EIO, "cannot capture on %s: %s", ifname,
			       pcap_geterr((pcap_t *)(uintptr_t)p));
	}
}

static int set_filter(pcap_t *p, const char *filter, struct mc_why *why)
{
	struct bpf_program prog;

	if (!filter)
		return 0;
	if (pcap_compile(p, &prog, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return why_set(why, -EINVAL, "filter '%s': %s", filter, pcap_geterr(p));
	int ret = pcap_setfilter(p, &prog);

	pcap_freecode(&prog);
	return ret < 0 ? why_set(why, -EIO, "filter '%s': %s", filter, pcap_geterr(p)) : 0;
}

static mc_cap *cap_new(pcap_t *p, bool live)
{
	mc_cap *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->p = p;
	c->live = live;
	c->linktype = (uint32_t)pcap_datalink(p);
	/* Raw IP is DLT 12 in memory on Linux, LINKTYPE 101 in files. */
	if (c->linktype == DLT_RAW)
		c->linktype = 101;
	return c;
}

static int configure(pcap_t *p, const struct mc_cap_opts *o)
{
	bool sized = o->sz >= offsetof(struct mc_cap_opts, buffer) + sizeof(o->buffer);

	pcap_set_snaplen(p, o->snaplen ? (int)o->snaplen : WHOLE_FRAME);
	pcap_set_promisc(p, o->promiscuous);
	pcap_set_timeout(p, 10);
	pcap_set_buffer_size(p, sized && o->buffer ? (int)o->buffer : RING_BYTES);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	return pcap_activate(p);
}

/* Lasts as long as the socket, however the program ends. */
static int take_all_groups(pcap_t *p, const struct mc_cap_opts *o, struct mc_why *why)
{
	struct packet_mreq m = { .mr_type = PACKET_MR_ALLMULTI };

	if (o->sz < offsetof(struct mc_cap_opts, all_multicast) + sizeof(o->all_multicast) ||
	    !o->all_multicast)
		return 0;
	m.mr_ifindex = (int)if_nametoindex(o->ifname);
	if (setsockopt(pcap_fileno(p), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m)) < 0)
		return why_set(why, -errno, "cannot receive all groups on %s: %s", o->ifname,
			       mc_strerror(-errno));
	return 0;
}

/* Before Linux 4.20 libpcap drops them here, after they were copied. */
static void skip_outgoing(pcap_t *p, const struct mc_cap_opts *o)
{
	int one = 1;

	if (o->sz < offsetof(struct mc_cap_opts, incoming) + sizeof(o->incoming) || !o->incoming)
		return;
	(void)setsockopt(pcap_fileno(p), SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	(void)pcap_setdirection(p, PCAP_D_IN);
}

static int activate(pcap_t *p, const struct mc_cap_opts *o, struct mc_why *why)
{
	char err[PCAP_ERRBUF_SIZE];
	int code = configure(p, o);

	if (code < 0)
		return open_failed(code, o->ifname, p, why);
	if (strcmp(o->ifname, "any") == 0 && pcap_set_datalink(p, DLT_LINUX_SLL2) < 0)
		return why_set(why, -EIO, "cannot capture on any: %s", pcap_geterr(p));
	if (pcap_setnonblock(p, 1, err) < 0)
		return why_set(why, -EIO, "cannot capture on %s: %s", o->ifname, err);
	skip_outgoing(p, o);
	code = take_all_groups(p, o, why);
	return code ? code : set_filter(p, o->filter, why);
}

int mc_cap_open(mc_cap **out, const struct mc_cap_opts *o, struct mc_why *why)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(o->ifname, err);
	int ret;

	*out = NULL;
	if (!p)
		return why_set(why, -ENOMEM, "cannot capture on %s: %s", o->ifname, err);
	ret = activate(p, o, why);
	if (ret == 0) {
		*out = cap_new(p, true);
		if (!*out)
			ret = why_set(why, -ENOMEM, "no memory to capture on %s", o->ifname);
	}
	if (ret < 0)
		pcap_close(p);
	return ret;
}

/* libpcap reads through stdio, in pieces of 4 KiB: as many system calls as there
 * are thirty small frames.  Standard input is duplicated, so that closing it
 * leaves nothing behind that points at the buffer. */
static FILE *open_buffered(const char *path, char *buffer)
{
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
					: open(path, O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "rb");

	if (f)
		setvbuf(f, buffer, _IOFBF, FILE_BUFFER);
	else if (fd >= 0)
		close(fd);
	return f;
}

/* Captures are often kept like this. */
static void why_compressed(FILE *f, struct mc_why *why)
{
	static const struct {
		const char *magic, *command;
	} kinds[] = {
		{ "\x1f\x8b", "zcat" },
		{ "BZh", "bzcat" },
		{ "\xfd\x37zXZ", "xzcat" },
		{ "\x28\xb5\x2f\xfd", "zstdcat" },
	};
	char head[8] = "";

	if (fseek(f, 0, SEEK_SET) != 0 || fread(head, 1, sizeof(head), f) == 0)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(head, kinds[i].magic, strlen(kinds[i].magic)) == 0)
			why_fix(why, "pipe it through %s", kinds[i].command);
}

static pcap_t *open_offline(const char *path, char *buffer, struct mc_why *why)
{
	char err[PCAP_ERRBUF_SIZE];
	FILE *f = open_buffered(path, buffer);
	pcap_t *p;

	if (!f) {
		why_set(why, 0, "cannot read capture '%s': %s", path, mc_strerror(errno));
		return NULL;
	}
	p = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, err);
	if (!p) {
		why_set(why, 0, "cannot read capture '%s': %s", path, err);
		why_compressed(f, why);
		fclose(f);
	}
	return p;
}

int mc_cap_open_file(mc_cap **out, const char *path, struct mc_why *why)
{
	char *buffer = malloc(FILE_BUFFER);
	pcap_t *p;

	*out = NULL;
	if (!buffer)
		return why_set(why, -ENOMEM, "no memory to read '%s'", path);
	p = open_offline(path, buffer, why);
	if (p)
		*out = cap_new(p, false);
	if (*out) {
		(*out)->buffer = buffer;
		/* Without memory for it, libpcap reads. */
		(void)pcapfile_open(&(*out)->file, pcap_file(p), (uint32_t)pcap_snapshot(p));
		return 0;
	}
	if (p)
		pcap_close(p);
	free(buffer);
	return p ? why_set(why, -ENOMEM, "no memory to read '%s'", path) : -EIO;
}

void mc_cap_close(mc_cap *c)
{
	if (!c)
		return;
	pcap_close(c->p);
	pcapfile_close(&c->file);
	free(c->buffer);
	free(c);
}

int mc_cap_fd(const mc_cap *c)
{
	return c->live ? pcap_get_selectable_fd(c->p) : -1;
}

uint32_t mc_cap_linktype(const mc_cap *c)
{
	return c->linktype;
}

const char *mc_cap_linktype_name(const mc_cap *c)
{
	const char *name = pcap_datalink_val_to_name(pcap_datalink(c->p));

	return name ? name : "without a name";
}

int mc_cap_filter(mc_cap *c, const char *filter, struct mc_why *why)
{
	if (c->file.buffer)
		pcapfile_give_up(&c->file);
	return set_filter(c->p, filter, why);
}

static int next_of_libpcap(mc_cap *c, struct mc_cap_frame *out, struct mc_why *why)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int code = pcap_next_ex(c->p, &h, &data);

	memset(out, 0, sizeof(*out));
	if (code == 0 || code == PCAP_ERROR_BREAK)
		return 0;
	if (code < 0)
		return why_set(why, c->live ? -ENETDOWN : -EIO, "%s", pcap_geterr(c->p));
	/* With nanosecond precision tv_usec holds nanoseconds. */
	out->when.ns = (int64_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec;
	out->data.p = data;
	out->data.len = h->caplen;
	out->wire_len = h->len;
	return 1;
}

int mc_cap_next(mc_cap *c, struct mc_cap_frame *out, struct mc_why *why)
{
	if (c->file.buffer) {
		int ret = pcapfile_next(&c->file, out);

		if (ret != -EAGAIN)
			return ret;
	}
	return next_of_libpcap(c, out, why);
}

int mc_cap_read_block(mc_cap *c, struct mc_cap_block *b)
{
	if (c->file.buffer)
		return pcapfile_read_block(&c->file, b);
	b->n = b->len = b->at = 0;
	return 0;
}

static void count_drops(mc_cap *c)
{
	struct pcap_stat st;

	if (!c->live || pcap_stats(c->p, &st) < 0)
		return;
	c->dropped += (uint32_t)(st.ps_drop - c->seen);
	c->seen = st.ps_drop;
	c->iface_dropped += (uint32_t)(st.ps_ifdrop - c->iface_seen);
	c->iface_seen = st.ps_ifdrop;
}

uint64_t mc_cap_dropped(mc_cap *c)
{
	count_drops(c);
	return c->dropped;
}

uint64_t mc_cap_iface_dropped(mc_cap *c)
{
	count_drops(c);
	return c->iface_dropped;
}

int mc_capfile_create(mc_capfile **out, const char *path, uint32_t linktype, struct mc_why *why)
{
	mc_capfile *f = calloc(1, sizeof(*f));
	int dlt = linktype == 101 ? DLT_RAW : (int)linktype;

	*out = NULL;
	if (!f)
		return why_set(why, -ENOMEM, "no memory to write '%s'", path);
	f->p = pcap_open_dead_with_tstamp_precision(dlt, WHOLE_FRAME, PCAP_TSTAMP_PRECISION_NANO);
	f->d = f->p ? pcap_dump_open(f->p, path) : NULL;
	if (!f->d) {
		why_set(why, 0, "cannot write capture: %s", f->p ? pcap_geterr(f->p) : "no memory");
		if (f->p)
			pcap_close(f->p);
		free(f);
		return -EIO;
	}
	*out = f;
	return 0;
}

static int write_result(mc_capfile *f)
{
	if (!ferror(pcap_dump_file(f->d)))
		return 0;
	return errno ? -errno : -EIO;
}

static int write_frame(mc_capfile *f, mc_nsec when, const void *data, size_t len, uint32_t wire_len)
{
	struct pcap_pkthdr h = { 0 };

	h.ts.tv_sec = when.ns / 1000000000;
	h.ts.tv_usec = when.ns % 1000000000;
	h.caplen = (bpf_u_int32)len;
	h.len = wire_len;
	errno = 0;
	pcap_dump((u_char *)f->d, &h, data);
	return write_result(f);
}

int mc_capfile_write(mc_capfile *f, mc_nsec when, const void *data, size_t len)
{
	return write_frame(f, when, data, len, (uint32_t)len);
}

int mc_capfile_frame(mc_capfile *f, const struct mc_cap_frame *frame)
{
	return write_frame(f, frame->when, frame->data.p, frame->data.len, frame->wire_len);
}

int mc_capfile_flush(mc_capfile *f)
{
	errno = 0;
	(void)pcap_dump_flush(f->d);
	return write_result(f);
}

int mc_capfile_close(mc_capfile *f)
{
	int ret;

	if (!f)
		return 0;
	ret = mc_capfile_flush(f);
	pcap_dump_close(f->d);
	pcap_close(f->p);
	free(f);
	return ret;
}
