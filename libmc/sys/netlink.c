/* netlink.c - rtnetlink through libmnl: route look-up and link changes */
#include "sys/netlink.h"
#include "sys/sockaddr.h"
#include "sys/why.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

static int oif_attr(const struct nlattr *attr, void *data)
{
	int *oif = data;

	if (mnl_attr_get_type(attr) == RTA_OIF && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		*oif = (int)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int route_message(const struct nlmsghdr *nlh, void *data)
{
	if (nlh->nlmsg_type == RTM_NEWROUTE)
		mnl_attr_parse(nlh, sizeof(struct rtmsg), oif_attr, data);
	return MNL_CB_OK;
}

static int route_ask(struct mnl_socket *nl, const struct mc_addr *dst)
{
	char buf[8192];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;
	size_t len = dst->family == MC_IPV4 ? 4 : 16;
	int oif = 0;
	ssize_t n;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = 1;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = (unsigned char)af_of(dst->family);
	rtm->rtm_dst_len = (unsigned char)(len * 8);
	mnl_attr_put(nlh, RTA_DST, len, dst->bytes);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (n < 0)
		return -errno;
	/* An error answer means: no route. */
	if (mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(nl), route_message, &oif) < 0)
		return 0;
	return oif;
}

int netlink_route_oif(const struct mc_addr *dst)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int ret;

	if (!nl)
		return -errno;
	ret = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : route_ask(nl, dst);
	mnl_socket_close(nl);
	return ret;
}

struct mc_ifwatch {
	struct mnl_socket *nl;
	size_t have; /* bytes of the datagram being read */
	struct nlmsghdr *at;
	char buf[16384];
};

int mc_ifwatch_open(mc_ifwatch **out, struct mc_why *why)
{
	mc_ifwatch *w = calloc(1, sizeof(*w));

	*out = NULL;
	if (!w)
		return why_set(why, -ENOMEM, "no memory to watch interfaces");
	w->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!w->nl || mnl_socket_bind(w->nl, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		mc_ifwatch_close(w);
		return why_set(why, err, "cannot watch interfaces: %s", mc_strerror(err));
	}
	*out = w;
	return 0;
}

int mc_ifwatch_addresses(mc_ifwatch *w, struct mc_why *why)
{
	const unsigned groups[] = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR };

	for (size_t i = 0; i < 2; i++) {
		unsigned group = groups[i];

		if (mnl_socket_setsockopt(w->nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
			return why_set(why, -errno, "cannot watch addresses: %s",
				       mc_strerror(-errno));
	}
	return 0;
}

void mc_ifwatch_close(mc_ifwatch *w)
{
	if (!w)
		return;
	if (w->nl)
		mnl_socket_close(w->nl);
	free(w);
}

int mc_ifwatch_fd(const mc_ifwatch *w)
{
	return mnl_socket_get_fd(w->nl);
}

static int name_attr(const struct nlattr *attr, void *data)
{
	struct mc_iface_event *ev = data;

	if (mnl_attr_get_type(attr) == IFLA_IFNAME && mnl_attr_validate(attr, MNL_TYPE_STRING) >= 0)
		strncpy(ev->name, mnl_attr_get_str(attr), sizeof(ev->name) - 1);
	return MNL_CB_OK;
}

static bool address_event(struct mc_iface_event *ev, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR)
		return false;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa))
		return false;
	memset(ev, 0, sizeof(*ev));
	ev->index = ifa->ifa_index;
	ev->change = MC_IFACE_ADDRESS;
	return true;
}

/* True when the message is about a link that a user of the watch knows. */
static bool link_event(struct mc_iface_event *ev, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return false;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return false;
	/* A bridge announces its ports leaving as AF_BRIDGE deletions: the
	 * interface itself is still there. */
	if (ifi->ifi_family != AF_UNSPEC)
		return false;
	memset(ev, 0, sizeof(*ev));
	ev->index = (unsigned)ifi->ifi_index;
	if (nlh->nlmsg_type == RTM_DELLINK)
		ev->change = MC_IFACE_GONE;
	else
		ev->change = (ifi->ifi_flags & IFF_UP) && (ifi->ifi_flags & IFF_RUNNING)
				     ? MC_IFACE_UP
				     : MC_IFACE_DOWN;
	mnl_attr_parse(nlh, sizeof(*ifi), name_attr, ev);
	return true;
}

int mc_ifwatch_next(mc_ifwatch *w, struct mc_iface_event *out)
{
	for (;;) {
		int left = (int)w->have;

		while (mnl_nlmsg_ok(w->at, left)) {
			struct nlmsghdr *nlh = w->at;

			w->at = mnl_nlmsg_next(nlh, &left);
			w->have = left > 0 ? (size_t)left : 0;
			if (link_event(out, nlh) || address_event(out, nlh))
				return 1;
		}
		w->have = 0;
		memset(out, 0, sizeof(*out));

		ssize_t n = mnl_socket_recvfrom(w->nl, w->buf, sizeof(w->buf));

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		w->have = (size_t)n;
		w->at = (struct nlmsghdr *)w->buf;
	}
}
