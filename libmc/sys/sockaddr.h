/* sockaddr.h - struct mc_addr to and from what the socket calls take */
#ifndef SYS_SOCKADDR_H
#define SYS_SOCKADDR_H

#include <mc/addr.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>

static inline int af_of(enum mc_family f)
{
	return f == MC_IPV4 ? AF_INET : AF_INET6;
}

static inline int level_of(enum mc_family f)
{
	return f == MC_IPV4 ? IPPROTO_IP : IPPROTO_IPV6;
}

/* ifindex becomes the scope id of an IPv6 address; returns the length. */
static inline socklen_t sockaddr_fill(struct sockaddr_storage *ss, const struct mc_addr *a,
				      uint16_t port, unsigned ifindex)
{
	memset(ss, 0, sizeof(*ss));
	if (a->family == MC_IPV4) {
		struct sockaddr_in *in = (struct sockaddr_in *)ss;

		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, a->bytes, 4);
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	in6->sin6_scope_id = ifindex;
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof(*in6);
}

/* MC_ANY for any other family. */
static inline void sockaddr_read(struct mc_addr *a, uint16_t *port,
				 const struct sockaddr_storage *ss)
{
	memset(a, 0, sizeof(*a));
	*port = 0;
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

		a->family = MC_IPV4;
		memcpy(a->bytes, &in->sin_addr, 4);
		*port = ntohs(in->sin_port);
	} else if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

		a->family = MC_IPV6;
		memcpy(a->bytes, &in6->sin6_addr, 16);
		*port = ntohs(in6->sin6_port);
	}
}

#endif
