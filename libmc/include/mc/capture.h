/* capture.h - frames from an interface or a savefile, and savefiles to write
 *
 * libpcap is underneath, and stays there. */
#ifndef MC_CAPTURE_H
#define MC_CAPTURE_H

#include <mc/base.h>

MC_BEGIN_DECLS

typedef struct mc_cap mc_cap;

struct mc_cap_opts {
	size_t sz;	    /* sizeof(struct mc_cap_opts) */
	const char *ifname; /* "any": all of them, as MC_LINK_SLL2, which numbers them */
	const char *filter; /* pcap-filter(7), NULL: everything */
	unsigned snaplen;   /* bytes of each frame; 0: all */
	bool promiscuous;
	unsigned buffer;    /* bytes of the ring; 0: 32 MiB */
	bool all_multicast; /* every group's frames, not only those of groups joined here */
	bool incoming;	    /* not what this host sends: then sending costs no copy either */
};

/* Live capture, non-blocking.  -EPERM with the capability to grant in *why. */
MC_API MC_MUSTCHECK int mc_cap_open(mc_cap **out, const struct mc_cap_opts *o, struct mc_why *why);

/* A pcap or pcapng file; "-" is standard input. */
MC_API MC_MUSTCHECK int mc_cap_open_file(mc_cap **out, const char *path, struct mc_why *why);

/* Ends a capture, or the reading of a file.  NULL is fine. */
MC_API void mc_cap_close(mc_cap *c);

/* To poll: readable when mc_cap_next has a frame.  Live only, else -1. */
MC_API int mc_cap_fd(const mc_cap *c);

/* The LINKTYPE_ value of its frames, for mc_frame_parse (enum mc_link). */
MC_API uint32_t mc_cap_linktype(const mc_cap *c);

/* "IEEE802_11", for a message about a link type that mc/frame.h does not read. */
MC_API const char *mc_cap_linktype_name(const mc_cap *c);

/* Frames of a file, too, can be filtered.  -EINVAL with *why. */
MC_API MC_MUSTCHECK int mc_cap_filter(mc_cap *c, const char *filter, struct mc_why *why);

struct mc_cap_frame {
	mc_nsec when;	     /* since the Unix epoch */
	struct mc_span data; /* valid until the next call */
	uint32_t wire_len;   /* before the snap length cut it */
};

/* 1: *out filled; 0: nothing now (live) or the end (file); -EIO with *why for
 * a damaged file; -ENETDOWN when the interface is down, or gone: a capture goes on
 * when it comes up again. */
MC_API MC_MUSTCHECK int mc_cap_next(mc_cap *c, struct mc_cap_frame *out, struct mc_why *why);

/* Many frames at once, as they lie in a file: for programs that read with several
 * threads.  The caller sets bytes and size, the rest is the library's. */
struct mc_cap_block {
	uint8_t *bytes;
	size_t size;
	size_t n;   /* frames in it */
	size_t len; /* bytes that they take */
	size_t at;  /* of the frame that comes next */
	uint32_t fraction;
};

/* Reads on, into a block.  1; or 0, with an empty block, when mc_cap_next must go
 * on: at the end, at what is damaged, at a frame larger than the block, and in all
 * that is not a regular file in pcap format and this host's byte order. */
MC_API MC_MUSTCHECK int mc_cap_read_block(mc_cap *c, struct mc_cap_block *b);

/* 1: *out filled, which borrows the block's bytes; 0: no more.  Needs no mc_cap. */
MC_API MC_MUSTCHECK int mc_cap_block_next(struct mc_cap_block *b, struct mc_cap_frame *out);

/* Frames that the capture itself lost.  Files: 0. */
MC_API uint64_t mc_cap_dropped(mc_cap *c);

/* Frames that the interface or its driver lost since the capture began. */
MC_API uint64_t mc_cap_iface_dropped(mc_cap *c);

typedef struct mc_capfile mc_capfile;

/* Creates a pcap file with nanosecond times; "-" is standard output.  -EIO with
 * *why. */
MC_API MC_MUSTCHECK int mc_capfile_create(mc_capfile **out, const char *path, uint32_t linktype,
					  struct mc_why *why);

/* Writes one frame, whole.  -EIO ...: disk full, and the like. */
MC_API MC_MUSTCHECK int mc_capfile_write(mc_capfile *f, mc_nsec when, const void *data, size_t len);

/* A frame as it was captured: a cut one stays a cut one. */
MC_API MC_MUSTCHECK int mc_capfile_frame(mc_capfile *f, const struct mc_cap_frame *frame);

/* So that somebody else can read the file so far. */
MC_API MC_MUSTCHECK int mc_capfile_flush(mc_capfile *f);

/* Flushes; the place where a full disk is noticed.  NULL is fine. */
MC_API int mc_capfile_close(mc_capfile *f);

MC_END_DECLS

#endif
