/* sandbox_rules.c - the system calls of each group of sandbox.h */
#include "common/sandbox_rules.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <linux/wireless.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "common/sandbox.h"

unsigned sandbox_implied(unsigned may)
{
	if (may & SANDBOX_NAMESPACES)
		may |= SANDBOX_INTERFACES;
	if (may & SANDBOX_CAPTURES)
		may |= SANDBOX_CAPTURE;
	if (may & (SANDBOX_INTERFACES | SANDBOX_CAPTURE))
		may |= SANDBOX_SOCKETS;
	return may;
}

const struct sandbox_plain sandbox_plain[] = {
	/* What is open. */
	{ 0, "read readv write writev pread64 lseek _llseek close fcntl fcntl64 fstat fstat64" },
	{ 0, "poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64" },
	/* Memory, as malloc(3) wants it; never to be executed, see below. */
	{ 0, "brk munmap mremap madvise" },
	/* Time: the vDSO does without calls, but not with every clock source. */
	{ 0, "clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time" },
	{ 0, "nanosleep clock_nanosleep clock_nanosleep_time64 restart_syscall sched_yield" },
	/* Signals, locks, the end. */
	{ 0, "rt_sigaction rt_sigprocmask rt_sigreturn sigreturn sigaltstack" },
	{ 0, "futex futex_time64 rseq set_robust_list exit exit_group" },
	/* More of the same with what is open, as other C libraries do it. */
	{ 0, "pwrite64 preadv pwritev preadv2 pwritev2 fsync fdatasync fadvise64 fadvise64_64" },
	{ 0, "dup dup2 dup3 pipe pipe2 mincore mlock munlock msync membarrier" },
	{ 0, "rt_sigpending rt_sigtimedwait rt_sigsuspend setitimer getitimer alarm pause" },
	/* What the machine is like: qsort(3) asks how much memory there is. */
	{ 0, "sysinfo uname getrusage times getcpu getrlimit ugetrlimit sched_getparam" },
	{ 0, "sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority" },
	/* Who we are, which tells nobody anything. */
	{ 0, "getppid getpgrp getpgid getsid getgroups getgroups32 getresuid getresuid32" },
	{ 0, "getpid gettid getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32" },
	{ 0, "getrandom sched_getaffinity" },
	{ SANDBOX_SOCKETS, "recvfrom recvmsg recvmmsg recvmmsg_time64 recv" },
	{ SANDBOX_SOCKETS, "sendto sendmsg sendmmsg send" },
	{ SANDBOX_SOCKETS, "getsockopt setsockopt getsockname shutdown" },
	{ SANDBOX_SOCKETS, "epoll_wait epoll_pwait epoll_pwait2 epoll_ctl" },
	{ SANDBOX_INTERFACES, "bind" },
	{ SANDBOX_CAPTURES, "bind eventfd2" },
	{ SANDBOX_READ_FILES, "getdents64 readlink readlinkat access faccessat faccessat2" },
	{ SANDBOX_READ_FILES, "newfstatat fstatat64 stat stat64 lstat lstat64 statx" },
	{ SANDBOX_READ_FILES, "statfs statfs64 fstatfs fstatfs64" },
	{ SANDBOX_WRITE_FILES, "open openat rename renameat renameat2 unlink unlinkat" },
	{ SANDBOX_CHILDREN, "wait4 waitid" },
	{ SANDBOX_PROCESSES, "pidfd_open pidfd_getfd" },
};

/* Arguments are 32 bits wide: what a register holds above them is anything. */
#define MASKED(arg, mask, value)                                                                   \
	{                                                                                          \
		arg, SCMP_CMP_MASKED_EQ, mask, (value) & (mask)                                    \
	}
#define IS(arg, value) MASKED(arg, UINT32_MAX, value)
#define TYPE_MASK      (~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))
#define READS	       (O_ACCMODE | O_CREAT | O_TRUNC)
#define IS_NEW	       (O_CREAT | O_EXCL)

#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

#define IOCTL(group, request)                                                                      \
	{                                                                                          \
		group, "ioctl",                                                                    \
		{                                                                                  \
			IS(1, request)                                                             \
		}                                                                                  \
	}
#define SOCKET(group, domain, type)                                                                \
	{                                                                                          \
		group, "socket",                                                                   \
		{                                                                                  \
			IS(0, domain), MASKED(1, TYPE_MASK, type)                                  \
		}                                                                                  \
	}

const struct sandbox_checked sandbox_checked[] = {
	{ 0, "mmap", { MASKED(2, PROT_EXEC, 0) } },
	{ 0, "mmap2", { MASKED(2, PROT_EXEC, 0) } },
	{ 0, "mprotect", { MASKED(2, PROT_EXEC, 0) } },
	/* fstat(3), which newer C libraries make of these. */
	{ 0, "newfstatat", { MASKED(3, AT_EMPTY_PATH, AT_EMPTY_PATH) } },
	{ 0, "fstatat64", { MASKED(3, AT_EMPTY_PATH, AT_EMPTY_PATH) } },
	{ 0, "statx", { MASKED(2, AT_EMPTY_PATH, AT_EMPTY_PATH) } },
	{ 0, "prctl", { IS(0, PR_SET_TIMERSLACK) } },
#ifdef PR_SET_VMA /* the C library names its memory so */
	{ 0, "prctl", { IS(0, PR_SET_VMA) } },
#endif
	/* isatty(3) and the terminal's size */
	IOCTL(0, TCGETS),
#ifdef TCGETS2
	IOCTL(0, TCGETS2),
	IOCTL(SANDBOX_TERMINAL, TCSETS2),
	IOCTL(SANDBOX_TERMINAL, TCSETSW2),
	IOCTL(SANDBOX_TERMINAL, TCSETSF2),
#endif
	IOCTL(0, TIOCGWINSZ),
	IOCTL(SANDBOX_TERMINAL, TCSETS),
	IOCTL(SANDBOX_TERMINAL, TCSETSW),
	IOCTL(SANDBOX_TERMINAL, TCSETSF),
	IOCTL(SANDBOX_TERMINAL, TCFLSH),
	IOCTL(SANDBOX_TERMINAL, FIONREAD),
	/* The library looks for interfaces with such sockets, and sends nothing. */
	SOCKET(SANDBOX_INTERFACES, AF_UNIX, SOCK_DGRAM),
	SOCKET(SANDBOX_INTERFACES, AF_INET, SOCK_DGRAM),
	SOCKET(SANDBOX_INTERFACES, AF_INET6, SOCK_DGRAM),
	SOCKET(SANDBOX_INTERFACES, AF_NETLINK, SOCK_RAW),
	SOCKET(SANDBOX_INTERFACES, AF_NETLINK, SOCK_DGRAM),
	IOCTL(SANDBOX_INTERFACES, SIOCGIFNAME),
	IOCTL(SANDBOX_INTERFACES, SIOCGIFINDEX),
	IOCTL(SANDBOX_INTERFACES, SIOCGIFMTU),
	/* Is it still there, and up? */
	IOCTL(SANDBOX_CAPTURE, SIOCGIFFLAGS),
	IOCTL(SANDBOX_CAPTURE, SIOCGIFINDEX),
	IOCTL(SANDBOX_CAPTURE, SIOCGIFNAME),
	SOCKET(SANDBOX_CAPTURES, AF_PACKET, SOCK_RAW),
	SOCKET(SANDBOX_CAPTURES, AF_PACKET, SOCK_DGRAM),
	SOCKET(SANDBOX_CAPTURES, AF_UNIX, SOCK_RAW), /* libpcap looks interfaces up */
	SOCKET(SANDBOX_CAPTURES, AF_UNIX, SOCK_DGRAM),
	SOCKET(SANDBOX_CAPTURES, AF_INET, SOCK_DGRAM),
	IOCTL(SANDBOX_CAPTURES, SIOCGIFHWADDR),
	IOCTL(SANDBOX_CAPTURES, SIOCGIFMTU),
	IOCTL(SANDBOX_CAPTURES, SIOCETHTOOL),
	IOCTL(SANDBOX_CAPTURES, SIOCGIWNAME),
	{ SANDBOX_READ_FILES, "open", { MASKED(1, READS, O_RDONLY) } },
	{ SANDBOX_READ_FILES, "openat", { MASKED(2, READS, O_RDONLY) } },
	{ SANDBOX_NEW_FILES, "open", { MASKED(1, IS_NEW, IS_NEW) } },
	{ SANDBOX_NEW_FILES, "openat", { MASKED(2, IS_NEW, IS_NEW) } },
	{ SANDBOX_THREADS,
	  "clone",
	  { MASKED(CLONE_FLAGS, CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_THREAD) } },
	{ SANDBOX_NAMESPACES, "setns", { IS(1, CLONE_NEWNET) } },
	IOCTL(SANDBOX_NAMESPACES, NS_GET_NSTYPE),
};

const size_t sandbox_n_plain = sizeof sandbox_plain / sizeof *sandbox_plain;
const size_t sandbox_n_checked = sizeof sandbox_checked / sizeof *sandbox_checked;
