#!/usr/bin/env bash
# demo.bash - multicast through a snooping switch, from mcsend to mcrecv, with verdicts
#
#   demo.bash [KEY=VALUE...]      options of lab_switch; querier=0 makes it fail
#
# Needs no root and touches no network of this machine.  MCTOOLS_BIN names the
# directory of the programs; `make demo` sets it.  The exit status is 0 when all
# checks pass, 1 when one does not, 3 when the network could not be built.

source "$(dirname -- "$0")/lab.bash"
lab_enter "$@"

PATH=${MCTOOLS_BIN:+$MCTOOLS_BIN:}$PATH
RATE=100 # packets a second, to each group
COUNT=200
OUT=$LAB_DIR/demo # on the lab's own tmpfs: it vanishes with it
FLOWS=(
	"IPv4 any source|239.1.1.1|239.1.1.1|10.0.0.1"
	"IPv4 one source|232.1.1.1|10.0.0.1@232.1.1.1|10.0.0.1"
	"IPv6 any source|ff15::4d:1|ff15::4d:1|fd00::1"
	"IPv6 one source|ff35::8000:1|fd00::1@ff35::8000:1|fd00::1"
)
pass=0
fail=0

colours() {
	bold='' dim='' red='' green='' reset=''
	[[ -t 1 && -z ${NO_COLOR-} && ${TERM:-dumb} != dumb ]] || return 0
	bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' reset=$'\e[0m'
}

say() {
	printf '%s\n' "$@"
}

headline() {
	printf '\n%s%s%s\n' "$bold" "$1" "$reset"
}

# The command line as it runs, without the redirections.
show_command() {
	printf '  %s%s#%s %s\n' "$dim" "$1" "$reset" "${*:2}"
}

intro() {
	say "${bold}mctools: four multicast flows through a snooping switch$reset" "" \
		"       h1 sends          h5, a stranger" \
		"         |                 |" \
		"      p1 |              p5 |" \
		"    +----+-----------------+----+" \
		"    |  Linux bridge, snooping,  |" \
		"    |  querier (IGMPv3, MLDv2)  |" \
		"    +----+--------+--------+----+" \
		"      p2 |     p3 |     p4 |" \
		"         |        |        |" \
		"       h2 joins h3 joins h4 must hear nothing" "" \
		"h1 sends to two IPv4 and two IPv6 groups; h2 and h3 join all four, two of them" \
		"from h1 only. h5 sends to those two as well, and nobody asked for it. h4 listens" \
		"to all four, but its own firewall swallows its reports: as the switch sees it," \
		"h4 joined nothing, and what reached it all the same, mcrecv would hear."
}

# Counts frames of each sender at each port, behind every decision of the bridge.
count_frames() {
	local port sender
	{
		echo 'table bridge demo {'
		for sender in 1 5; do
			echo "counter in_h$sender { }"
			for port in 2 3 4; do
				echo "counter h${sender}_p$port { }"
			done
		done
		echo 'chain in { type filter hook prerouting priority 0;'
		for sender in 1 5; do
			echo "iifname p$sender udp dport 5000 counter name in_h$sender"
		done
		echo '}'
		echo 'chain out { type filter hook postrouting priority 0;'
		for sender in 1 5; do
			for port in 2 3 4; do
				echo "oifname p$port ether saddr 02:00:00:00:00:0$sender" \
					"udp dport 5000 counter name h${sender}_p$port"
			done
		done
		printf '}\n}\n'
	} | lab_in sw nft -f -
}

frames() {
	lab_in sw nft -j list counter bridge demo "$1" |
		jq '.nftables[].counter? | values | .packets'
}

# h4 would join like the others, were its reports not dropped on the way out.
swallow_reports() {
	lab_in h4 nft -f - <<-RULES
		table inet demo {
			chain out {
				type filter hook output priority 0;
				ip protocol igmp drop
				icmpv6 type { mld-listener-report, mld2-listener-report } drop
			}
		}
	RULES
}

build() {
	local start=${EPOCHREALTIME/[.,]/}
	lab_switch 5 "$@" && swallow_reports && count_frames || return 1
	printf '\n%sbuilt in %d ms, in namespaces that vanish with this demo%s\n' "$dim" \
		$(((${EPOCHREALTIME/[.,]/} - start) / 1000)) "$reset"
}

# receive HOST ARG...
receive() {
	local host=$1
	shift
	lab_bg "$host" mcrecv -j -i eth0 "$@" >"$OUT/$host.json" 2>"$OUT/$host.err"
	lab_wait_until "[[ \$(grep -c '\"joined\"' $OUT/$host.json) -ge 4 ]]"
}

join_all() {
	local flow host specs=()
	for flow in "${FLOWS[@]}"; do
		flow=${flow#*|*|}
		specs+=("${flow%|*}")
	done
	headline "Joining"
	show_command "h2, h3" mcrecv -i eth0 "${specs[*]}"
	show_command h4 mcrecv -i eth0 --expect-none "${specs[*]}"
	for host in h2 h3; do
		receive $host -c $((4 * COUNT)) --expect-all --max-loss 0 --timeout 10 \
			"${specs[@]}" || return 1
		pids+=("$LAB_PID")
	done
	receive h4 --expect-none --timeout 60 "${specs[@]}" || return 1
	silent=$LAB_PID
	for flow in "${FLOWS[@]}"; do
		flow=${flow#*|}
		lab_wait_mdb "${flow%%|*}" p2 && lab_wait_mdb "${flow%%|*}" p3 || return 1
	done
}

show_mdb() {
	headline "What the switch has learnt"
	show_command sw bridge mdb show dev br0
	bridge -n sw mdb show dev br0 |
		grep -E ' (239\.1\.1\.1|232\.1\.1\.1|ff15::4d:1|ff35::8000:1) ' | sort -k6 | sed 's/^/    /'
}

send_all() {
	local groups=(239.1.1.1 232.1.1.1 ff15::4d:1 ff35::8000:1)
	local send=(mcsend -i eth0 --each -r "$RATE/s" -c "$COUNT")
	headline "Sending"
	show_command h1 "${send[*]}" "${groups[*]}"
	show_command h5 "${send[*]}" 232.1.1.1 ff35::8000:1
	lab_bg h5 "${send[@]}" -q -j 232.1.1.1 ff35::8000:1 >"$OUT/h5.json" 2>"$OUT/h5.err"
	local stranger=$LAB_PID
	lab_in h1 "${send[@]}" -j "${groups[@]}" >"$OUT/h1.json" 2>"$OUT/h1.err"
	wait "$stranger"
	wait "${pids[@]}"
	# Ctrl-C: what h4 has heard until now is all there was.
	lab_end "$silent" INT
}

# verdict CONDITION: sets $mark and counts.
verdict() {
	if (($1)); then
		pass=$((pass + 1))
		mark="${green}PASS$reset"
	else
		fail=$((fail + 1))
		mark="${red}FAIL$reset"
	fi
}

# stream HOST GROUP SOURCE: received, lost, median delay and join latency.
stream() {
	jq -r --arg g "$2" --arg s "$3" '
		def time: if . == null then "-" elif . < 1e6 then "\(. / 1e3 | round) us"
			else "\(. / 1e6 | round) ms" end;
		select(.event == "summary") |
		[.streams[] | select(.group == $g and .source == $s)] |
		if length == 1 then .[0] | [.packets, .lost, (.delay_ns.p50 | time),
			(.join_latency_ns | time)] else [0, "-", "-", "-"] end | join("|")
	' "$OUT/$1.json"
}

flow_rows() {
	local flow name group source host got lost delay join
	headline "Measured by mcrecv"
	printf '  %-16s %-13s %-5s %8s %5s %8s %8s\n' flow group host received lost delay join
	for flow in "${FLOWS[@]}"; do
		IFS='|' read -r name group _ source <<<"$flow"
		for host in h2 h3; do
			IFS='|' read -r got lost delay join <<<"$(stream $host "$group" "$source")"
			verdict "${got:-0} == COUNT && ${lost/-/1} == 0"
			printf '  %-16s %-13s %-5s %8s %5s %8s %8s  %s\n' "$name" "$group" $host \
				"${got:-0}" "$lost" "$delay" "$join" "$mark"
		done
	done
}

port_rows() {
	local sender port sent want n
	headline "Counted by the switch, port by port"
	printf '  %-26s %8s %8s %8s %8s\n' frames in 'out p2' 'out p3' 'out p4'
	for sender in 1 5; do
		# Four groups of h1, each to both receivers; two of h5, to nobody.
		sent=$((sender == 1 ? 4 * COUNT : 2 * COUNT)) want=$((sender == 1 ? sent : 0))
		n=("$(frames in_h$sender)")
		for port in 2 3 4; do n+=("$(frames h${sender}_p$port)"); done
		verdict "n[0] == $sent && n[1] == $want && n[2] == $want && n[3] == 0"
		printf '  %-26s %8d %8d %8d %8d  %s\n' \
			"$([[ $sender == 1 ]] && echo 'of h1, to four groups' ||
				echo 'of h5, asked for by nobody')" "${n[@]}" "$mark"
	done
}

# strangers HOST: packets whose source is not h1.
strangers() {
	jq -r 'select(.event == "summary") | [.streams[] |
		select(.source != "10.0.0.1" and .source != "fd00::1") | .packets] | add // 0' \
		"$OUT/$1.json"
}

isolation_rows() {
	local host n text
	headline "Heard by whom it should not"
	for host in h2 h3; do
		n=$(strangers $host)
		verdict "${n:-1} == 0"
		printf '  %-58s %s\n' "$host: ${n:-?} packets of h5" "$mark"
	done
	text=$(jq -r 'select(.event == "summary") | .reason' "$OUT/h4.json")
	verdict "$(jq -s '.[-1].ok == true' "$OUT/h4.json" | sed 's/true/1/; s/false/0/')"
	printf '  %-58s %s\n' "h4: ${text:-no summary}" "$mark"
}

total() {
	local all=$((pass + fail))
	if ((fail)); then
		printf '\n%sFAIL%s: %d of %d checks are not as they should be\n' "$red" "$reset" $fail $all
		grep -H . "$OUT"/*.err | sed "s|^$OUT/|  |"
		return 1
	fi
	printf '\n%sPASS%s: %d of %d checks\n' "$green" "$reset" $pass $all
}

main() {
	local pids=() silent='' mark=''
	colours
	mkdir -p "$OUT"
	trap lab_down EXIT
	intro
	if ! { build "$@" && join_all; }; then
		cat "$OUT"/*.err 2>/dev/null
		return 3
	fi
	show_mdb
	send_all
	flow_rows
	port_rows
	isolation_rows
	total
}

main "$@"
