/* capture.h - frames from an interface or a savefile, and savefiles to write.
 * libpcap is underneath, and stays there. */
#ifndef MC_CAPTURE_H
#define MC_CAPTURE_H

#include <mc/base.h>

MC_BEGIN_DECLS

typedef struct mc_cap mc_cap;

struct mc_cap_opts {
	size_t sz; /* sizeof(struct mc_cap_opts) */
	const char *ifname;
	const char *filter; /* pcap-filter(7), NULL: everything */
	unsigned snaplen;   /* bytes of each frame; 0: all */
	bool promiscuous;
};

/* Live capture, non-blocking.  -EPERM with the capability to grant in *why. */
MC_API MC_MUSTCHECK int mc_cap_open(mc_cap **out, const struct mc_cap_opts *o, struct mc_why *why);

/* A pcap or pcapng file; "-" is standard input. */
MC_API MC_MUSTCHECK int mc_cap_open_file(mc_cap **out, const char *path, struct mc_why *why);
MC_API void mc_cap_close(mc_cap *c);

MC_API int mc_cap_fd(const mc_cap *c); /* live only, else -1 */
MC_API uint32_t mc_cap_linktype(const mc_cap *c);

struct mc_cap_frame {
	mc_nsec when;	     /* since the Unix epoch */
	struct mc_span data; /* valid until the next call */
	uint32_t wire_len;   /* before the snap length cut it */
};

/* 1: *out filled; 0: nothing now (live) or the end (file); -EIO with *why for
 * a damaged file; -ENETDOWN when the interface is gone. */
MC_API MC_MUSTCHECK int mc_cap_next(mc_cap *c, struct mc_cap_frame *out, struct mc_why *why);

/* Frames that the capture itself lost.  Files: 0. */
MC_API uint64_t mc_cap_dropped(mc_cap *c);

typedef struct mc_capfile mc_capfile;

/* Creates a pcap file with nanosecond times; "-" is standard output. */
MC_API MC_MUSTCHECK int mc_capfile_create(mc_capfile **out, const char *path, uint32_t linktype,
					  struct mc_why *why);
MC_API MC_MUSTCHECK int mc_capfile_write(mc_capfile *f, mc_nsec when, const void *data, size_t len);

/* Flushes; the place where a full disk is noticed.  NULL is fine. */
MC_API int mc_capfile_close(mc_capfile *f);

MC_END_DECLS

#endif
