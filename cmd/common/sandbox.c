/* sandbox.c - gives up the user, the capabilities and the system calls not needed */
#include "common/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <mc/host.h>

#include "common/out.h"
#include "common/sandbox_rules.h"

#define CALL_NAME 32

/* --- user and capabilities -------------------------------------------------- */

static int cannot_become(const char *name)
{
	err_msg("--user: cannot become %s: %s; only root can", name, mc_strerror(errno));
	return EXIT_ENV;
}

static int become_other(const struct opt_user *u)
{
	const struct passwd *p = getpwuid(u->uid);

	if (initgroups(p ? p->pw_name : u->name, u->gid) < 0 ||
	    setresgid(u->gid, u->gid, u->gid) < 0 || setresuid(u->uid, u->uid, u->uid) < 0)
		return cannot_become(u->name);
	return 0;
}

/* Who called, where the set-user-ID bit made us another. */
static int become_caller(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (uid == geteuid() && gid == getegid())
		return 0;
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
		err_msg("cannot become the user who called: %s", mc_strerror(errno));
		return EXIT_ENV;
	}
	return 0;
}

int sandbox_drop(const struct common_opts *o, uint64_t keep)
{
	struct mc_why why = { "", "" };
	const struct opt_user *u = &o->user;
	bool other = u->name && (u->uid != getuid() || u->uid != geteuid());
	int status, err;

	/* Who is not root any more has no capabilities, unless told before. */
	if (keep && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_why(NULL, -errno, NULL);
	status = other ? become_other(u) : become_caller();
	if (status)
		return status;
	err = mc_drop_privileges(keep, &why);
	return err ? err_why(NULL, err, &why) : 0;
}

/* --- system calls ----------------------------------------------------------- */

/* What this machine or this libseccomp does not know cannot be called by mistake
 * either: kernels number calls that are new to it in no list of ours. */
static int allow(scmp_filter_ctx f, const char *name, const struct scmp_arg_cmp *args, unsigned n)
{
	int nr = seccomp_syscall_resolve_name(name);
	int err =
		nr == __NR_SCMP_ERROR ? 0 : seccomp_rule_add_array(f, SCMP_ACT_ALLOW, nr, n, args);

	return err == -EDOM || err == -EEXIST ? 0 : err;
}

static int refuse(scmp_filter_ctx f, const char *name, uint32_t error)
{
	int nr = seccomp_syscall_resolve_name(name);

	return nr == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(f, SCMP_ACT_ERRNO(error), nr, 0);
}

static int allow_names(scmp_filter_ctx f, const char *names)
{
	char name[CALL_NAME];
	int err = 0;

	for (const char *p = names; !err && *(p += strspn(p, " ")); p += strcspn(p, " ")) {
		size_t len = strcspn(p, " ");

		if (len >= sizeof name)
			return -EINVAL;
		memcpy(name, p, len);
		name[len] = '\0';
		err = allow(f, name, NULL, 0);
	}
	return err;
}

static int allow_all(scmp_filter_ctx f, const struct sandbox *s)
{
	unsigned may = sandbox_implied(s->may);
	struct scmp_arg_cmp self = { 0, SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)getpid() };
	int err = allow(f, "tgkill", &self, 1); /* raise(3), abort(3) */

	if (!err)
		err = allow(f, "kill", &self, 1); /* ncurses stops itself at Ctrl-Z */
	for (size_t i = 0; !err && i < sandbox_n_plain; i++)
		if ((sandbox_plain[i].group & may) == sandbox_plain[i].group)
			err = allow_names(f, sandbox_plain[i].names);
	for (size_t i = 0; !err && i < sandbox_n_checked; i++) {
		const struct sandbox_checked *c = &sandbox_checked[i];

		if ((c->group & may) == c->group)
			err = allow(f, c->name, c->args, c->args[1].op ? 2 : 1);
	}
	/* Its flags lie in memory, where no filter sees them: the C library then
	 * takes the older call. */
	if (!err && may & SANDBOX_THREADS)
		err = refuse(f, "clone3", ENOSYS);
	return err || !s->also ? err : allow_names(f, s->also);
}

/* A kernel that cannot kill a process (Linux 4.14) kills the thread, the library's
 * third level of what kernels know. */
static uint32_t deadly(void)
{
	return seccomp_api_get() >= 3 ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_KILL_THREAD;
}

static int refuse_exec(scmp_filter_ctx f)
{
	int err = seccomp_rule_add(f, deadly(), SCMP_SYS(execve), 0);

	return err ? err : seccomp_rule_add(f, deadly(), SCMP_SYS(execveat), 0);
}

static void tune(scmp_filter_ctx f)
{
	/* Each is a help where it is known, and no loss elsewhere. */
	(void)seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0); /* it is set */
	(void)seccomp_attr_set(f, SCMP_FLTATR_API_SYSRAWRC, 1);
	/* A tree of comparisons, not a list. */
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* No foreign code runs here that could speculate: older kernels would make
	 * all stores slow for it. */
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_SSB, 1);
}

static bool is_unsupported(int err)
{
	return err == -EINVAL || err == -ENOSYS || err == -EOPNOTSUPP;
}

static int load(const struct sandbox *s, bool *supported)
{
	scmp_filter_ctx f = seccomp_init(SANDBOX_LOOSE ? SCMP_ACT_ALLOW : deadly());
	int err = f ? 0 : -ENOMEM;

	*supported = true;
	if (f) {
		tune(f);
		err = SANDBOX_LOOSE ? refuse_exec(f) : allow_all(f, s);
	}
	if (!err) {
		err = seccomp_load(f);
		*supported = !is_unsupported(err);
	}
	seccomp_release(f);
	return err;
}

int sandbox_seal(const struct common_opts *o, const struct sandbox *s)
{
	bool supported = true;
	int err = 0;

#ifdef MC_SANDBOX_HOOK
	sandbox_hook(false);
#endif
	if (!o->no_sandbox) {
		tzset(); /* what localtime_r(3) would read later */
		err = load(s, &supported);
	}
	if (err && supported) {
		err_msg("cannot give up system calls: %s; --no-sandbox does without",
			mc_strerror(err));
		return EXIT_ENV;
	}
	if (err && o->verbose)
		err_msg("the kernel has no seccomp: every system call stays allowed");
#ifdef MC_SANDBOX_HOOK
	sandbox_hook(true);
#endif
	return 0;
}

int sandbox_enter(const struct common_opts *o, const struct sandbox *s)
{
	int status = sandbox_drop(o, s->keep);

	return status ? status : sandbox_seal(o, s);
}
