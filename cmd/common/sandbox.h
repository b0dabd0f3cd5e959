/* sandbox.h - what a program may still do once its descriptors are open
 *
 * A program opens what it needs, calls sandbox_enter(), and only then looks at
 * bytes of others: as the user who called or of --user, without capabilities, and
 * with the system calls of its steady state.  Any other one kills it (SIGSYS). */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include "common/opt.h"

/* Built with a sanitizer, or for coverage (-DMC_SANDBOX_LOOSE): their runtimes
 * open, write and fork as the program ends.  Then only execve is refused. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(MC_SANDBOX_LOOSE) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||  \
	__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                     \
	__has_feature(memory_sanitizer)
#define SANDBOX_LOOSE 1
#else
#define SANDBOX_LOOSE 0
#endif

/* Memory, time, signals, the end, and reading and writing what is open are always
 * allowed; these on top. */
enum sandbox_group {
	SANDBOX_SOCKETS = 1 << 0,     /* send, receive, set and ask, with open sockets */
	SANDBOX_INTERFACES = 1 << 1,  /* sockets, and look interfaces up anew (mc/iface.h) */
	SANDBOX_CAPTURE = 1 << 2,     /* sockets, and go on with open captures */
	SANDBOX_TERMINAL = 1 << 3,    /* change its modes */
	SANDBOX_READ_FILES = 1 << 4,  /* open for reading */
	SANDBOX_NEW_FILES = 1 << 5,   /* create files where there are none */
	SANDBOX_WRITE_FILES = 1 << 6, /* create, overwrite, rename and remove */
	SANDBOX_CHILDREN = 1 << 7,    /* wait for those there are */
	SANDBOX_PROCESSES = 1 << 8,   /* duplicate sockets of others (mc/sockets.h) */
	SANDBOX_NAMESPACES = 1 << 9,  /* interfaces, and enter network namespaces */
	SANDBOX_THREADS = 1 << 11,    /* start some; no processes */
	SANDBOX_CAPTURES = 1 << 10,   /* capture, and open more of them */
};

struct sandbox {
	unsigned may;	  /* sandbox_group, or'ed */
	const char *also; /* single calls by name, separated by blanks; or NULL */
	uint64_t keep;	  /* capabilities, as mc_drop_privileges() wants them */
};

/* Both halves.  0, or the exit status after a message. */
int sandbox_enter(const struct common_opts *o, const struct sandbox *s);

/* Becomes the user and gives up capabilities. */
int sandbox_drop(const struct common_opts *o, uint64_t keep);

/* Gives up system calls, unless --no-sandbox.  Where the kernel has no seccomp, a
 * note with -v is all that happens. */
int sandbox_seal(const struct common_opts *o, const struct sandbox *s);

/* Of a build for tests: tries what should not work, once sealed. */
void sandbox_hook(bool sealed);

#endif
