#!/usr/bin/env bash
# mcquery.bash - what the tests of mcquery share
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

source "${BASH_SOURCE[0]%/*}/helpers.bash"

# serve NAME HOST ARG...: mcquery --serve in JSON on eth0; returns when it runs.
serve() {
	local name=$1 host=$2
	shift 2
	start "$name" "$host" mcquery -j -i eth0 --serve --dump "$T/$name.dump" "$@"
	lab_wait_until "grep -q '^mcquery: eth0: ' '$T/$name.err'" || fail "$(cat "$T/$name".*)"
}

# all NAME FILTER: what the filter gives of every event, a line each.
all() {
	jq -rR "fromjson? | $2" "$T/$1.out"
}

# dump NAME: its state, fresh, in $T/NAME.dump.
dump() {
	rm -f "$T/$1.dump"
	kill -USR1 "${PIDS[$1]}"
	lab_wait_until "[[ -e $T/$1.dump ]]"
}

# state NAME FAMILY FILTER: of an interface, as the last dump has it.
state() {
	dump "$1"
	jq -r "select(.event == \"interface\" and .family == $2) | $3" "$T/$1.dump"
}

# versions HOST IGMP MLD: what its kernel speaks.
versions() {
	lab_in "$1" sysctl -qw "net.ipv4.conf.eth0.force_igmp_version=$2" \
		"net.ipv6.conf.eth0.force_mld_version=$3"
}

# mute HOST: its kernel says nothing about members any more, as if it had died.
mute() {
	lab_in "$1" nft -f - <<-RULES
		table inet mute {
			chain out {
				type filter hook output priority 0;
				meta l4proto igmp drop
				icmpv6 type { 131, 132, 143 } drop
			}
		}
	RULES
}

# in_kernel HOST: its memberships on eth0 as its own kernel tells them, a line each:
# group, filter mode, sources.  Those that are never reported are left out.
in_kernel() {
	lab_in "$1" python3 - <<-'PY' | sort
		import collections, ipaddress, struct

		def rows(name):
		    with open("/proc/net/" + name) as f:
		        return [line for line in f][0 if name == "igmp6" else 1:]

		def v4(text, order):
		    return ipaddress.ip_address(struct.pack(order + "I", int(text, 16)))

		def v6(text):
		    return ipaddress.ip_address(bytes.fromhex(text))

		groups, device = set(), ""
		for line in rows("igmp"):
		    if line[0] != "\t":
		        device = line.split()[1]
		    elif device == "eth0":
		        groups.add(v4(line.split()[0], "<"))
		groups |= {v6(f[2]) for f in map(str.split, rows("igmp6")) if f[1] == "eth0"}
		include, exclude = collections.defaultdict(set), collections.defaultdict(set)
		for name in "mcfilter", "mcfilter6":
		    for _, device, group, source, inc, exc in map(str.split, rows(name)):
		        if device == "eth0":
		            read = v6 if name[-1] == "6" else lambda text: v4(text, ">")
		            if int(inc): include[read(group)].add(read(source))
		            if int(exc): exclude[read(group)].add(read(source))
		for g in groups:
		    if str(g) in ("224.0.0.1", "ff02::1") or str(g).startswith("ff01:"):
		        continue
		    wants = "include" if include[g] and not exclude[g] else "exclude"
		    print(g, wants, ",".join(sorted(map(str, (include if wants == "include" else exclude)[g]))))
	PY
}

# in_table NAME N: the same of host h<N>, as the last dump of NAME has it.
in_table() {
	jq -r "select(.event == \"group\") | .group as \$g | .members[] |
		select(.host == \"10.0.0.$2\" or .host == \"fe80::$2\") |
		\"\(\$g) \(.mode) \(.sources | sort | join(\",\"))\"" "$T/$1.dump" | sort
}

# agree NAME N...: waits until its table of these hosts is what their kernels say.
agree() {
	local name=$1 n
	shift
	for n; do
		lab_wait_until "dump $name && [[ \$(in_kernel h$n) == \"\$(in_table $name $n)\" ]]" ||
			fail "h$n: $(diff <(in_kernel "h$n") <(in_table "$name" "$n"))"
	done
}

# no_complaint FILE SOURCE_MAC: tshark reads every frame of that host, IGMP and MLD,
# checksums included, and finds nothing to say.
no_complaint() {
	local own="eth.src == $2 and (igmp.type == 0x11 or icmpv6.type == 130)"
	local options=(-o ip.check_checksum:TRUE)
	[[ $(tshark -r "$1" "${options[@]}" -Y "$own" 2>/dev/null | wc -l) -ge ${3:-1} ]] ||
		fail "too few queries in $1"
	run tshark -r "$1" "${options[@]}" -Y "$own and (_ws.malformed or _ws.expert.severity >= 0x400000 or
		igmp.checksum.status == 0 or icmpv6.checksum.status == 0 or ip.checksum.status == 0)"
	refute_line --regexp 'IGMP|ICMPv6'
}
