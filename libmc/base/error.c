/* error.c - the sentences for error codes, and the version */
#include <mc/base.h>
#include <string.h>

static const char *own_text(enum mc_err e)
{
	/* No default: a new code without a text is a compiler warning. */
	switch (e) {
	case MC_ETRUNC:
		return "truncated";
	case MC_EBADLEN:
		return "impossible length";
	case MC_EBADADDR:
		return "not an IPv4 or IPv6 address";
	case MC_ENOTGROUP:
		return "not a multicast group";
	case MC_EBADSPEC:
		return "malformed group notation";
	case MC_ENOTPROBE:
		return "not a probe";
	case MC_EBADSUM:
		return "checksum mismatch";
	case MC_ENOTMEMBER:
		return "not a member of that group on that interface";
	case MC_EUNSUPPORTED:
		return "unsupported";
	}
	return NULL;
}

const char *mc_strerror(int err)
{
	int code = err < 0 ? -err : err;
	const char *text = code >= MC_ETRUNC ? own_text((enum mc_err)code) : strerror(code);

	return text ? text : "unknown error";
}

const char *mc_version(void)
{
	return MC_VERSION;
}
