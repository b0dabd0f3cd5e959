/* issues.c - the table of all that can be wrong, and sets of it */
#include <mc/issue.h>
#include <string.h>

const char *mc_severity_name(enum mc_severity s)
{
	switch (s) {
	case MC_NOTE:
		return "note";
	case MC_WARNING:
		return "warning";
	case MC_ERROR:
		break;
	}
	return "error";
}

/* RFC 9776 stands for IGMPv3 and RFC 9777 for MLDv2 throughout; older versions
 * are cited where the rule is theirs. */
/* clang-format off */
static const struct mc_issue_row rows[MC_ISSUE_MAX] = {
	[MC_ISSUE_CHECKSUM] = {
		"bad-checksum", MC_ERROR,
		"the IGMP or MLD checksum does not match",
		"Hosts, routers and switches discard the message.",
		"RFC 9776 4.1.2, RFC 9777 5.1.2" },
	[MC_ISSUE_IP_CHECKSUM] = {
		"bad-ip-checksum", MC_ERROR,
		"the checksum of the IPv4 header does not match",
		"The packet is discarded before anybody looks at the message.",
		"RFC 1122 3.2.1.2, RFC 4541 2.1.2" },
	[MC_ISSUE_IP_HEADER] = {
		"bad-ip-header", MC_ERROR,
		"a length in the IP header, its options or its extensions is impossible",
		"The packet is discarded before anybody looks at the message.",
		"RFC 791 3.1, RFC 2113 2.1, RFC 8200 4, RFC 2711 2.1" },
	[MC_ISSUE_TTL] = {
		"ttl-not-1", MC_ERROR,
		"the TTL or hop limit is not 1",
		"MLD receivers must discard the message, and careful IGMP receivers do. "
		"A larger value may have come from beyond a router, or been forged there.",
		"RFC 9776 4, RFC 9777 5 and 6.2, RFC 2236 2" },
	[MC_ISSUE_NO_ROUTER_ALERT] = {
		"no-router-alert", MC_ERROR,
		"the Router Alert option is missing",
		"MLD receivers must discard the message, and IGMP routers that require the "
		"option do too: the join or the query is without effect there.",
		"RFC 9776 4 and 9.2, RFC 9777 5 and 6.2, RFC 2236 2, RFC 4286 3" },
	[MC_ISSUE_ROUTER_ALERT_VALUE] = {
		"router-alert-value", MC_ERROR,
		"the Router Alert option has another value than 0",
		"The value names what routers should look for, and this one does not name "
		"IGMP or MLD: the message counts as one without the option.",
		"RFC 2113 2.1, RFC 2711 2.1, RFC 9777 5" },
	[MC_ISSUE_TOS] = {
		"tos-not-c0", MC_WARNING,
		"the TOS of an IGMPv3 message is not 0xc0 (Internetwork Control)",
		"In a congested network the message waits, or is dropped, with the data.",
		"RFC 9776 4" },
	[MC_ISSUE_FRAGMENT] = {
		"fragmented", MC_WARNING,
		"the message is fragmented",
		"Switches and most routers read unfragmented messages only. What does not "
		"fit the MTU belongs in several reports.",
		"RFC 9776 4.2.17, RFC 9777 5.2.16" },
	[MC_ISSUE_DESTINATION] = {
		"wrong-destination", MC_ERROR,
		"the message is not sent to the address that its type requires",
		"It misses those it is meant for: hosts that do not answer the query, routers "
		"and switches that do not learn of the membership.",
		"RFC 9776 4.1.12 and 4.2.15, RFC 9777 5.1.15 and 5.2.15, RFC 4286 3" },
	[MC_ISSUE_GROUP_DESTINATION] = {
		"group-not-destination", MC_ERROR,
		"the message is not sent to the group that it is about",
		"Members of the group do not hear it, so a query finds no members, and a report "
		"does not keep others from reporting. Older hosts ignore it.",
		"RFC 2236 9, RFC 2710 8, RFC 9776 4.1.12, RFC 9777 5.1.15" },
	[MC_ISSUE_MAC] = {
		"mac-not-from-group", MC_ERROR,
		"the destination MAC is not the one of the destination group",
		"Network cards that filter on the group's MAC drop the frame, and switches send "
		"it to the wrong ports.",
		"RFC 1112 6.4, RFC 2464 7, RFC 6085" },
	[MC_ISSUE_LEAVE_DESTINATION] = {
		"leave-not-to-all-routers", MC_WARNING,
		"a leave is not sent to all routers",
		"Old hosts sent it to the group; routers should accept that, but some do not, "
		"and the stream then runs on until the membership expires.",
		"RFC 2236 3 and 9, RFC 2710 8" },
	[MC_ISSUE_QUERY_SOURCE_ZERO] = {
		"query-from-unspecified", MC_WARNING,
		"a query comes from 0.0.0.0",
		"It is a switch that stands in for a querier. Such queries keep memberships "
		"alive, but win no election and lead no data to the sender: without a real "
		"querier nothing forwards between networks.",
		"RFC 4541 2.1.1" },
	[MC_ISSUE_SOURCE_NOT_LINK_LOCAL] = {
		"source-not-link-local", MC_ERROR,
		"an MLD message does not come from a link-local address",
		"Hosts and routers must discard it. Only reports may come from ::, before the "
		"sender has an address.",
		"RFC 9777 5.1.14 and 5.2.14, RFC 2710 3, RFC 3590 4" },
	[MC_ISSUE_SOURCE_NOT_UNICAST] = {
		"source-not-unicast", MC_ERROR,
		"the sender's address is a multicast or broadcast address",
		"Receivers discard the packet, or learn a member that cannot exist.",
		"RFC 1112 7.2, RFC 9776 4.2.14, RFC 4291 2.7" },
	[MC_ISSUE_QUERY_LENGTH] = {
		"query-length", MC_ERROR,
		"the query is longer than the old versions and shorter than the new",
		"Receivers must ignore it: nobody answers.",
		"RFC 9776 7.1, RFC 9777 8.1" },
	[MC_ISSUE_RECORD_COUNT] = {
		"record-count", MC_ERROR,
		"the report announces more records than it holds",
		"Careful receivers discard the whole report, others take its first records.",
		"RFC 9776 4.2.4, RFC 9777 5.2.4" },
	[MC_ISSUE_SOURCE_COUNT] = {
		"source-count", MC_ERROR,
		"a list announces more sources than the message holds",
		"Careful receivers discard the message, others read past its end.",
		"RFC 9776 4.1.8 and 4.2.8, RFC 9777 5.1.10 and 5.2.8" },
	[MC_ISSUE_TRUNCATED] = {
		"truncated", MC_ERROR,
		"the message ends before its fields do",
		"Receivers discard it. If other messages are cut as well, the snap length of "
		"the capture is too small.",
		"RFC 2236 2, RFC 9776 4, RFC 9777 5" },
	[MC_ISSUE_RECORD_TYPE] = {
		"unknown-record-type", MC_WARNING,
		"a record is of an unknown type",
		"Receivers skip the record: what it should have joined or left, it does not.",
		"RFC 9776 4.2.13, RFC 9777 5.2.13" },
	[MC_ISSUE_DUPLICATE_RECORD] = {
		"duplicate-record", MC_WARNING,
		"a group is in two records of one report, which are not an ALLOW and a BLOCK",
		"The last one wins in some receivers and the union in others.",
		"RFC 9776 4.2.17 and 5.1, RFC 9777 5.2.16 and 6.1" },
	[MC_ISSUE_RECORD_SOURCE] = {
		"record-source-not-unicast", MC_ERROR,
		"a source in a list is not a unicast address",
		"No packet can come from it. Receivers ignore the source or the record.",
		"RFC 9776 4.1.9 and 4.2.10, RFC 9777 5.1.11 and 5.2.10" },
	[MC_ISSUE_QUERY_SOURCES] = {
		"general-query-with-sources", MC_ERROR,
		"a general query lists sources",
		"Sources mean nothing without a group. Linux ignores such a query, others take "
		"it for a general one.",
		"RFC 9776 4.1.11, RFC 9777 5.1.13" },
	[MC_ISSUE_GROUP] = {
		"group-not-multicast", MC_ERROR,
		"the group is not a multicast address",
		"Receivers ignore the message or the record.",
		"RFC 2236 6, RFC 9776 4.1.3 and 4.2.9, RFC 9777 5.1.5 and 5.2.9" },
	[MC_ISSUE_REPORT_ALL_HOSTS] = {
		"report-for-all-hosts", MC_ERROR,
		"a membership of the all-hosts group is reported",
		"Every host is a member without saying so. Some switches prune the group to "
		"those who reported it, and cut the others off from general queries.",
		"RFC 1112 Appendix I, RFC 2236 6, RFC 9776 5, RFC 9777 6" },
	[MC_ISSUE_REPORT_LINK_LOCAL] = {
		"report-for-link-local", MC_NOTE,
		"a membership of a group in 224.0.0.0/24 is reported",
		"Hosts do that, but no router forwards these groups and switches must flood "
		"them, so it only fills the tables of switches.",
		"RFC 9776 5, RFC 4541 2.1.2" },
	[MC_ISSUE_REPORT_SCOPE] = {
		"report-for-reserved-scope", MC_ERROR,
		"a membership of a group of scope 0 or 1 is reported",
		"Such groups never leave the host, so nothing can be delivered.",
		"RFC 9777 6, RFC 4291 2.7, RFC 7346 2" },
	[MC_ISSUE_SSM_ASM_JOIN] = {
		"ssm-group-without-source", MC_WARNING,
		"a group of the source-specific range is joined without naming sources",
		"Routers ignore the join: no data comes. The host needs a source, or the network "
		"another group; an IGMPv2 or MLDv1 host cannot join such a group at all.",
		"RFC 4604 2.2.2 and 3.1, RFC 4607 4.2, RFC 9776 4.2.13" },
	[MC_ISSUE_RESERVED_BITS] = {
		"reserved-bits", MC_WARNING,
		"reserved bits are set",
		"Receivers ignore them today, and may take them for a feature tomorrow.",
		"RFC 9776 4.1.4, 4.2.1 and 4.2.3, RFC 9777 5.1.1, 5.1.4 and 5.2.1, RFC 2236 2.2" },
	[MC_ISSUE_TRAILING] = {
		"trailing-bytes", MC_WARNING,
		"bytes follow the last field",
		"Receivers cover them with the checksum and otherwise ignore them; senders must "
		"not send any.",
		"RFC 9776 4.1.10 and 4.2.12, RFC 9777 5.1.12 and 5.2.12, RFC 2236 2.5" },
	[MC_ISSUE_EXTENSION] = {
		"bad-extension", MC_ERROR,
		"extensions are announced, but are missing or do not fill the message",
		"Receivers ignore all extensions of the message and obey the rest.",
		"RFC 9279 5" },
	[MC_ISSUE_AUX_DATA] = {
		"auxiliary-data", MC_ERROR,
		"a record has auxiliary data",
		"Senders must not include any. Linux bridges, among others, do not skip it and "
		"lose the records behind it.",
		"RFC 9776 4.2.7 and 4.2.11, RFC 9777 5.2.7 and 5.2.11" },
	[MC_ISSUE_EMPTY_REPORT] = {
		"empty-report", MC_NOTE,
		"the report has no records",
		"It says nothing and changes nothing.",
		"RFC 9776 4.2.4, RFC 9777 5.2.4" },
	[MC_ISSUE_MAX_RESP] = {
		"max-resp-range", MC_WARNING,
		"the maximum response time is 0 or more than a minute",
		"At 0 all members answer at the same moment. If long, members are found, and "
		"leaves take effect, only after that time.",
		"RFC 9776 4.1.1, 8.3 and 8.8, RFC 9777 5.1.3 and 9.3, RFC 2236 8.3" },
	[MC_ISSUE_QQI] = {
		"qqi-range", MC_WARNING,
		"the querier's query interval is 0 or more than half an hour",
		"At 0 other routers fall back to 125 seconds. A very long one often is a plain "
		"number written where a coded one belongs (the Linux bridge does that), and "
		"makes everybody's timers as long.",
		"RFC 9776 4.1.7 and 8.2, RFC 9777 5.1.9 and 9.2" },
	[MC_ISSUE_QRV] = {
		"qrv-range", MC_WARNING,
		"the querier's robustness variable is 0 or 1",
		"With 1 a single lost packet ends a membership. 0 stands for more than 7, and "
		"others fall back to 2.",
		"RFC 9776 4.1.6 and 8.1, RFC 9777 5.1.8 and 9.1" },
	[MC_ISSUE_MRT_NOT_BELOW_QQI] = {
		"max-resp-not-below-qqi", MC_ERROR,
		"the maximum response time is not below the query interval",
		"Answers to one query overlap the next, and hosts that restart their timers with "
		"each query may never answer.",
		"RFC 9776 8.3, RFC 9777 9.3" },
	[MC_ISSUE_UNKNOWN_TYPE] = {
		"unknown-type", MC_NOTE,
		"the IGMP type is not known",
		"Hosts and routers ignore the message, switches must flood it.",
		"RFC 9776 4, RFC 9778, RFC 4541 2.1.1" },
	[MC_ISSUE_ALIAS_GROUP] = {
		"group-aliases-control", MC_WARNING,
		"the group shares its MAC with a link-local control group",
		"Switches that go by the MAC send its data to every port, or prune the control "
		"group to the members of this one. Use another group.",
		"RFC 4541 2.1.2, RFC 1112 6.4, RFC 2464 7" },

	[MC_ISSUE_TWO_QUERIERS] = {
		"two-queriers", MC_ERROR,
		"two queriers keep sending general queries",
		"One must fall silent. Either they do not hear each other, a switch or a filter "
		"being between them, or one ignores the election.",
		"RFC 9776 6.6.2, RFC 9777 7.6.2, RFC 2236 3" },
	[MC_ISSUE_WRONG_WINNER] = {
		"election-not-lowest", MC_ERROR,
		"the querier is not the one with the lowest address",
		"The one with the lower address fell silent though it won: one of the two "
		"compares addresses wrongly, or sees others than are on the wire.",
		"RFC 9776 6.6.2, RFC 9777 7.6.2" },
	[MC_ISSUE_QUERIER_VERSIONS] = {
		"querier-versions-differ", MC_ERROR,
		"queriers on the link use different versions",
		"Hosts fall back to the older version: sources are lost, and with them the "
		"joins of source-specific groups. All routers must be set to one version.",
		"RFC 9776 7.3.1, RFC 9777 8.3.1" },
	[MC_ISSUE_QUERIER_TIMERS] = {
		"querier-timers-differ", MC_WARNING,
		"queriers on the link announce different timers",
		"Memberships expire early, or linger, once the other becomes the querier.",
		"RFC 9776 8, RFC 9777 9" },
	[MC_ISSUE_QUERY_INTERVAL] = {
		"query-interval-differs", MC_WARNING,
		"general queries come in another interval than they announce",
		"Other routers and switches compute their timeouts from the announced one, and "
		"drop members or the querier between two queries.",
		"RFC 9776 4.1.7 and 8.2, RFC 9777 5.1.9 and 9.2" },
	[MC_ISSUE_QUERIER_LOST] = {
		"querier-lost", MC_WARNING,
		"the querier has fallen silent for its other querier present interval",
		"Another router takes over. If there is none, memberships expire everywhere.",
		"RFC 9776 6.6.2 and 8.5, RFC 9777 7.6.2 and 9.5" },
	[MC_ISSUE_NO_QUERIER] = {
		"no-querier", MC_ERROR,
		"memberships are reported, but nobody queries",
		"Streams run until the switches' memberships expire, some four minutes after the "
		"join, and then stop. A router or a switch must be made querier.",
		"RFC 4541 2.1.1, RFC 9776 6.1, RFC 9777 7.1" },
	[MC_ISSUE_VERSION_FLAP] = {
		"version-flapping", MC_WARNING,
		"the version of queries or reports keeps changing",
		"With each change hosts drop what they were about to answer, and routers lose "
		"track of sources.",
		"RFC 9776 7.2.1, RFC 9777 8.2.1" },
	[MC_ISSUE_LATE_ANSWER] = {
		"answer-late", MC_WARNING,
		"a member answers a query after the maximum response time",
		"The router may have ended the membership by then, and the stream stutters.",
		"RFC 9776 5.2, RFC 9777 6.2" },
	[MC_ISSUE_NO_ANSWER] = {
		"answer-missing", MC_WARNING,
		"a member does not answer a query for its group",
		"Its membership ends though it did not leave. A switch or a firewall may have "
		"kept the query from it, or another member's report stood for its own.",
		"RFC 9776 5.2, RFC 9777 6.2" },
	[MC_ISSUE_REPORT_STORM] = {
		"report-storm", MC_WARNING,
		"reports come much faster than queries and joins explain",
		"Switches handle them in software and drop what is too much. A very short "
		"maximum response time, a loop, or a broken host is the usual cause.",
		"RFC 9776 8.3, RFC 9777 9.3, RFC 4541 2.1.1" },
	[MC_ISSUE_LEAVE_UNQUERIED] = {
		"leave-without-query", MC_WARNING,
		"a leave was not followed by the querier's query for the group",
		"The querier leaves at once, which cuts off other members behind the same port, "
		"or it did not hear the leave and the stream runs on.",
		"RFC 2236 3, RFC 9776 6.4.2, RFC 9777 7.4.2" },
	[MC_ISSUE_MEMBER_EXPIRED] = {
		"member-expired", MC_WARNING,
		"a membership timed out without a leave",
		"The host is gone, or its answers do not arrive any more.",
		"RFC 9776 6.5 and 8.4, RFC 9777 7.5 and 9.4" },
	[MC_ISSUE_FALLBACK_SILENT] = {
		"fallback-without-report", MC_WARNING,
		"a host that fell back to an older version does not report its groups",
		"What it had announced in the newer version expires.",
		"RFC 9776 7.2.1, RFC 9777 8.2.1" },
	[MC_ISSUE_TWO_MACS] = {
		"source-with-two-macs", MC_WARNING,
		"one source address comes from two MAC addresses",
		"Two hosts use the same address, or a switch sends on messages in its own name. "
		"Which of them is the member cannot be told.",
		"RFC 5227 1, RFC 4541 2.1.1" },
};
/* clang-format on */

const struct mc_issue_row *mc_issue_row(enum mc_issue i)
{
	return i > MC_ISSUE_NONE && i < MC_ISSUE_MAX ? &rows[i] : NULL;
}

enum mc_issue mc_issue_by_id(const char *id)
{
	for (unsigned i = MC_ISSUE_NONE + 1; i < MC_ISSUE_MAX; i++) {
		if (!strcmp(rows[i].id, id))
			return (enum mc_issue)i;
	}
	return MC_ISSUE_NONE;
}

void mc_issues_add(struct mc_issues *s, enum mc_issue i)
{
	if (i > MC_ISSUE_NONE && i < MC_ISSUE_MAX)
		s->bits[i / 64] |= 1ull << i % 64;
}

bool mc_issues_has(const struct mc_issues *s, enum mc_issue i)
{
	return i > MC_ISSUE_NONE && i < MC_ISSUE_MAX && s->bits[i / 64] >> i % 64 & 1;
}

bool mc_issues_none(const struct mc_issues *s)
{
	return !s->bits[0] && !s->bits[1];
}

enum mc_issue mc_issues_next(const struct mc_issues *s, enum mc_issue after)
{
	for (unsigned i = after + 1u; i < MC_ISSUE_MAX; i = (i / 64 + 1) * 64) {
		uint64_t left = s->bits[i / 64] >> i % 64;

		if (left)
			return (enum mc_issue)(i + (unsigned)__builtin_ctzll(left));
	}
	return MC_ISSUE_NONE;
}
