/* force.c - another IGMP or MLD version for a while, put back whatever happens */
#include "mcrecv/force.h"

#include "common/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* One sysctl that was changed. */
struct forced {
	char ifname[MC_IFNAME];
	enum mc_family family;
	int old;
	int lock; /* held open as long as the value is ours */
};

struct keeper {
	struct forced *v;
	unsigned n;
	int status; /* what the parent is told */
};

/* Two programs that force the same sysctl would put back each other's value. */
static int take_lock(struct forced *f)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/%s/force_%s_version", (int)f->family,
		 f->ifname, f->family == MC_IPV4 ? "igmp" : "mld");
	f->lock = open(path, O_RDONLY | O_CLOEXEC);
	if (f->lock >= 0 && flock(f->lock, LOCK_EX | LOCK_NB) < 0) {
		err_msg("%s: another program is forcing the version; wait for it", f->ifname);
		return EXIT_ENV;
	}
	return 0;
}

static int force_one(struct keeper *k, const char *ifname, enum mc_family family, int version)
{
	struct mc_why why = { "", "" };
	struct forced *f = &k->v[k->n];
	int err;

	*f = (struct forced){ .family = family };
	snprintf(f->ifname, sizeof(f->ifname), "%s", ifname);
	err = take_lock(f);
	if (err)
		return err;
	err = mc_gm_version_force(ifname, family, version, &f->old, &why);
	if (err)
		return err_why(family == MC_IPV4 ? "--igmp-version" : "--mld-version", err, &why);
	k->n++;
	return 0;
}

static int force_all(struct keeper *k, const struct config *c, const struct joins *j)
{
	int status = 0;

	for (unsigned i = 0; !status && i < j->n_ifaces; i++) {
		const struct join_iface *f = &j->ifaces[i];

		if (f->v4 && c->igmp_version)
			status = force_one(k, f->iface.name, MC_IPV4, (int)c->igmp_version);
		if (!status && f->v6 && c->mld_version)
			status = force_one(k, f->iface.name, MC_IPV6, (int)c->mld_version);
	}
	return status;
}

static void restore_all(const struct keeper *k)
{
	struct mc_why why = { "", "" };
	int ignored;

	for (unsigned i = k->n; i-- > 0;) {
		int err = mc_gm_version_force(k->v[i].ifname, k->v[i].family, k->v[i].old, &ignored,
					      &why);

		/* A vanished interface took its sysctl along. */
		if (err && err != -ENODEV)
			err_why("cannot put the version back", err, &why);
	}
}

/* The child: out of the terminal's reach, it waits for the parent's end. */
static void keep(const struct config *c, const struct joins *j, int report, int line)
{
	struct keeper k = { .v = calloc(2 * j->n_ifaces + 1, sizeof(*k.v)) };
	char byte;

	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	prctl(PR_SET_NAME, "mcrecv-keeper");
	k.status = k.v ? force_all(&k, c, j) : EXIT_ENV;
	if (write(report, &k.status, sizeof(k.status)) != sizeof(k.status))
		k.status = EXIT_ENV;
	close(report);
	while (k.status == 0 && read(line, &byte, 1) < 0 && errno == EINTR)
		;
	restore_all(&k);
	_exit(0);
}

static int start_keeper(struct force *f, const struct config *c, const struct joins *j,
			const int report[2], const int line[2])
{
	int status = EXIT_ENV;

	f->keeper = fork();
	if (f->keeper == 0) {
		close(report[0]);
		close(line[1]);
		keep(c, j, report[1], line[0]);
	}
	close(report[1]);
	close(line[0]);
	f->line = line[1];
	if (f->keeper < 0)
		err_msg("cannot start a process: %s", mc_strerror(errno));
	else if (read(report[0], &status, sizeof(status)) != sizeof(status))
		err_msg("the process that puts the version back died");
	close(report[0]);
	if (status && f->keeper > 0)
		force_end(f);
	return status;
}

int force_begin(struct force *f, const struct config *c, const struct joins *j)
{
	int report[2], line[2];

	*f = (struct force){ 0, -1 };
	if (!c->igmp_version && !c->mld_version)
		return 0;
	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(line, O_CLOEXEC) < 0) {
		err_msg("cannot open a pipe: %s", mc_strerror(errno));
		return EXIT_ENV;
	}
	return start_keeper(f, c, j, report, line);
}

void force_end(struct force *f)
{
	if (f->keeper <= 0)
		return;
	close(f->line);
	while (waitpid(f->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	f->keeper = 0;
}
