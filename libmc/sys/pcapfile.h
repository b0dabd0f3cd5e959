/* pcapfile.h - the usual kind of capture file, read in big pieces */
#ifndef SYS_PCAPFILE_H
#define SYS_PCAPFILE_H

#include <stdio.h>

#include <mc/capture.h>

/* A regular file in the format of pcap-savefile(5), in this host's byte order.
 * libpcap, which reads everything, takes a hundred nanoseconds for a frame: two
 * calls of stdio and a copy.  Here frames stay where the file was read to. */
struct pcapfile {
	FILE *f; /* libpcap's; only looked at with pread(2) */
	uint8_t *buffer;
	size_t at, end;	 /* what is not yet handed out */
	uint64_t offset; /* in the file, of `at` */
	uint32_t snaplen;
	uint32_t fraction; /* nanoseconds of the unit after the seconds */
};

/* 1 when the file is of that kind; 0 when libpcap has to read it; -ENOMEM.  It
 * stands behind its header. */
int pcapfile_open(struct pcapfile *r, FILE *f, uint32_t snaplen);
void pcapfile_close(struct pcapfile *r);

/* 1: *out filled; 0: the end; -EAGAIN: something is wrong at this place, and the
 * file now stands there for libpcap to say what. */
int pcapfile_next(struct pcapfile *r, struct mc_cap_frame *out);

/* As mc_cap_read_block(). */
int pcapfile_read_block(struct pcapfile *r, struct mc_cap_block *b);

/* Lets libpcap go on where this reader stands. */
void pcapfile_give_up(struct pcapfile *r);

#endif
