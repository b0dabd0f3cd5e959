/* gmversion.c - the IGMP and MLD versions that the kernel speaks */
#include "kern/procnet.h"
#include "sys/gmversion.h"
#include "sys/procread.h"
#include "sys/why.h"

#include <errno.h>
#include <fcntl.h>
#include <mc/iface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void knob_path(char *buf, size_t size, const char *ifname, enum mc_family family)
{
	if (family == MC_IPV4)
		snprintf(buf, size, "net/ipv4/conf/%s/force_igmp_version", ifname);
	else
		snprintf(buf, size, "net/ipv6/conf/%s/force_mld_version", ifname);
}

static long knob(const char *ifname, enum mc_family family)
{
	char path[96];

	knob_path(path, sizeof(path), ifname, family);
	return sysctl_read(path);
}

int gm_version_forced(const char *ifname, enum mc_family family)
{
	long all = knob("all", family), own = knob(ifname, family);

	if (own < 0)
		return -ENODEV;
	return own > 0 ? (int)own : all > 0 ? (int)all : 0;
}

static int igmp_version(const char *ifname)
{
	int fd = proc_net_open("igmp"), err, found = -ENODEV;
	struct procnet_group g = { 0 };
	proc_buf buf = { 0 };
	struct text text;

	if (fd < 0)
		return fd;
	err = proc_read(&text, &buf, fd);
	close(fd);
	while (!err && found < 0 && procnet_igmp_next(&g, &text))
		if (g.group.family == MC_ANY && strcmp(g.ifname, ifname) == 0)
			found = g.version;
	VEC_FREE(&buf);
	return err ? err : found;
}

int mc_gm_version_get(struct mc_gm_version *out, const char *ifname, enum mc_family family)
{
	int forced = gm_version_forced(ifname, family);

	memset(out, 0, sizeof(*out));
	if (forced < 0)
		return forced;
	out->forced = forced;
	if (family == MC_IPV6) {
		out->version = out->forced == 1 ? 1 : 2;
		return 0;
	}
	int v = igmp_version(ifname);

	if (v < 0) {
		memset(out, 0, sizeof(*out));
		return v;
	}
	out->version = v;
	return 0;
}

int mc_gm_version_force(const char *ifname, enum mc_family family, int version, int *old,
			struct mc_why *why)
{
	char path[96], full[128], text[16];
	long was = knob(ifname, family);
	int fd, err = 0;

	*old = 0;
	knob_path(path, sizeof(path), ifname, family);
	if (was < 0)
		return why_set(why, -ENODEV, "no sysctl %s: has %s IPv%d?", path, ifname,
			       (int)family);
	snprintf(full, sizeof(full), "/proc/sys/%s", path);
	fd = open(full, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		err = -errno;
	int len = snprintf(text, sizeof(text), "%d\n", version);

	if (!err && write(fd, text, (size_t)len) != len)
		err = errno ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
	if (err) {
		why_set(why, 0, "cannot set %s to %d: %s", path, version, mc_strerror(err));
		why_fix(why, "that needs root");
		return err;
	}
	*old = (int)was;
	return 0;
}
