/* groups.h - operands to group specs. */
#ifndef COMMON_GROUPS_H
#define COMMON_GROUPS_H

#include <mc/spec.h>

struct groups {
	struct mc_spec *v;
	size_t n;
};

/* Parses n operands; specs without a port get default_port (0: leave it 0).
 * 0, or the exit status after a message on stderr:
 *
 *   mcrecv: group '239.1.1.1:5000x': not a port
 *     239.1.1.1:5000x
 *                   ^
 */
int groups_parse(struct groups *out, char *const *text, size_t n, uint16_t default_port);

/* Warns of groups whose MAC is that of a link-local control group: switches
 * flood it, so the group leaks to everybody.  Ranges always hold some of them and are
 * not complained about. */
void groups_warn_aliases(const struct groups *g);

void groups_free(struct groups *g);

/* The groups of all specs together; UINT64_MAX when they do not fit. */
uint64_t groups_total(const struct groups *g);

/* The one family of all groups, or MC_ANY when they are mixed or none. */
enum mc_family groups_family(const struct groups *g);

#endif
