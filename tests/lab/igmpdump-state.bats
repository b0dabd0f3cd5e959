#!/usr/bin/env bats
# igmpdump-state.bats - live: members, queriers, streams and commands, on real packets
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

# Commands that wait for the file "go" must not outlive the test.
teardown() {
	touch "$T/go"
	lab_down
	lab_wait_until '[[ -z $(running) ]]'
}

running() {
	local pid
	[[ ! -e $T/pids ]] || for pid in $(<"$T/pids"); do
		[[ ! -e /proc/$pid ]] || echo "$pid"
	done
}

# watch NAME HOST ARG...: igmpdump in JSON; returns when it captures.
watch() {
	local name=$1 host=$2
	shift 2
	start "$name" "$host" igmpdump -j "$@"
	lab_wait_until "grep -q '^igmpdump: listening on' '$T/$name.err'" || fail "$(cat "$T/$name".*)"
}

# events NAME FILTER: what the filter gives of every event, a line each.
events() {
	jq -r "$2" "$T/$1.out"
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

# command_file NAME SCRIPT: an executable $T/NAME; T is known to it.
command_file() {
	printf '#!/bin/bash\nT=%q\n%s\n' "$T" "$2" >"$T/$1"
	chmod +x "$T/$1"
}

@test "state: members join, change and leave, in both families" {
	local group source
	lab_pair
	watch dump h2 -i eth0 -p --events
	for group in "$GROUP4" "$GROUP6"; do
		recv m h1 "$group"
		seen dump ".event == \"member-joined\" and .group == \"$group\" and .mode == \"exclude\" and .sources == []"
		stop m 1
		seen dump ".event == \"member-left\" and .group == \"$group\""
	done
	for group in "10.0.0.9@$SSM4" "fd00::9@$SSM6"; do
		source=${group%@*} group=${group#*@}
		recv m1 h1 "$source@$group"
		seen dump ".event == \"member-joined\" and .group == \"$group\" and .mode == \"include\" and .sources == [\"$source\"]"
		recv m2 h1 "${source%9}8@$group"
		seen dump ".event == \"member-changed\" and .group == \"$group\" and (.sources | length) == 2"
		stop m1 1
		seen dump ".event == \"member-changed\" and .group == \"$group\" and .sources == [\"${source%9}8\"]"
		stop m2 1
		seen dump ".event == \"member-left\" and .group == \"$group\""
	done
	stop dump
	assert_equal "$(events dump "select(.group == \"$GROUP4\") | \"\(.host) \(.mac) \(.version)\"" | sort -u)" \
		"10.0.0.1 02:00:00:00:00:01 3"
	assert_equal "$(events dump "select(.group == \"$GROUP6\") | \"\(.host) \(.mac) \(.version)\"" | sort -u)" \
		"fe80::1 02:00:00:00:00:01 2"
}

@test "state: a summary knows the querier of a bridge and its timers" {
	local family
	lab_switch 1
	watch dump sw -i p1 --summary
	recv m h1 "$GROUP4" "$GROUP6"
	# Two intervals need three general queries.
	lab_wait_until 'kill -USR1 "${PIDS[dump]}"
		(($(matching dump "[.queriers[]? | select(.measured_interval_ns)] | length == 2") > 0))'
	stop m 1
	stop dump
	for family in igmp:10.0.0.254:3 mld:fe80::254:2; do
		check dump ".queriers[] | select(.protocol == \"${family%%:*}\") | \"\(.protocol):\(.querier):\(.version)\"" \
			"$family"
	done
	holds dump '[.queriers[] | .elected and .query_interval_ns == 1e9 and .max_resp_ns == 2e8 and
		.qrv == 2 and .mac == "02:00:00:00:00:ff" and
		(.measured_interval_ns | . > 9e8 and . < 1.2e9)] == [true, true]'
	check dump .members_forgotten 0
}

@test "state: of two bridges the lower address is elected, and the other one after its end" {
	lab_switch 1
	watch dump h1 -i eth0 --events --summary
	seen dump '.event == "querier-elected" and .querier == "10.0.0.254"'
	seen dump '.event == "querier-elected" and .querier == "fe80::254"'
	# A second bridge asks too, before they are one link: one that hears another
	# querier does not begin.
	lab_ns sw2
	ip -n sw link add x type veth peer name x netns sw2
	ip -n sw link set x up
	ip -n sw2 link add br0 address 02:00:00:00:00:fd type bridge stp_state 0 forward_delay 0 \
		mcast_igmp_version 3 mcast_mld_version 2 mcast_query_use_ifaddr 1 \
		mcast_query_interval 100 mcast_startup_query_interval 100 mcast_query_response_interval 20
	ip -n sw2 link set br0 addrgenmode none up
	_lab_plug sw2 br0 253 0 1500
	ip -n sw2 link set x master br0 up
	lab_wait_until "_lab_ready sw2"
	ip -n sw2 link set br0 type bridge mcast_querier 1
	ip -n sw link set x master br0
	seen dump '.event == "querier-elected" and .querier == "10.0.0.253"'
	seen dump '.event == "querier-elected" and .querier == "fe80::253"'
	ip -n sw2 link set br0 type bridge mcast_querier 0
	seen dump '.event == "querier-lost" and .querier == "10.0.0.253"'
	seen dump '.event == "querier-elected" and .querier == "10.0.0.254"' 2
	seen dump '.event == "querier-elected" and .querier == "fe80::254"' 2
	stop dump
	# Who is elected then depends on how soon the first bridge asks again.
	holds dump '[.queriers[].querier] | sort == ["10.0.0.253", "10.0.0.254", "fe80::253", "fe80::254"]'
}

@test "state: a host that dies expires, one that answers does not" {
	lab_switch 2
	watch dump sw -i p1 -i p2 --events --summary
	# Before a querier is known, memberships are thought to last for minutes.
	seen dump '.event == "querier-elected"' 4
	recv m1 h1 "$GROUP4" "$GROUP6"
	recv m2 h2 "$GROUP4" "$GROUP6"
	for host in 10.0.0.1 fe80::1 10.0.0.2 fe80::2; do
		seen dump ".event == \"member-joined\" and .link == \"p${host: -1}\" and .host == \"$host\" and
			(.group == \"$GROUP4\" or .group == \"$GROUP6\")"
	done
	mute h1
	seen dump ".event == \"member-expired\" and .host == \"10.0.0.1\" and .group == \"$GROUP4\""
	seen dump ".event == \"member-expired\" and .host == \"fe80::1\" and .group == \"$GROUP6\""
	seen dump ".event == \"issue\" and .id == \"member-expired\" and .host == \"10.0.0.1\""
	stop m1 1
	stop dump
	holds dump "[.groups[] | select(.link == \"p2\" and .group == \"$GROUP4\") | .hosts[].host] == [\"10.0.0.2\"]"
	holds dump "[.groups[] | select(.link == \"p2\" and .group == \"$GROUP6\") | .hosts[].host] == [\"fe80::2\"]"
	stop m2 1
	# Two query intervals and a response time after the last report.
	events dump "select(.event == \"member-expired\" and .group == \"$GROUP4\" and .link == \"p1\") |
		[.last_seen, .time] | map(sub(\"^.*:\"; \"\") | rtrimstr(\"Z\") | tonumber) |
		(.[1] - .[0] + 60) % 60 | . >= 2 and . < 3" >"$T/age"
	assert_equal "$(<"$T/age")" true
}

@test "state: streams show what nobody joined, and when data came after a join" {
	lab_pair
	watch dump h2 -i eth0 -p --streams --events
	recv m h2 "$GROUP4" "$GROUP6"
	seen dump '.event == "member-joined" and (.group == "'"$GROUP4"'" or .group == "'"$GROUP6"'")' 2
	send h1 -c 80 --rate 400/s --ttl 3 "$GROUP4" "$GROUP6" 239.9.9.9 ff15::9999
	seen dump '.event == "data-started"' 2
	stop m
	stop dump
	events dump 'select(.event == "stream" and .port == 5000) |
		"\(.group) \(.joined) \(.packets) \(.packets_unwanted) \(.ttl_max)"' | sort >"$T/streams"
	diff - "$T/streams" <<-END
		$GROUP4 yes 20 0 3
		239.9.9.9 no 20 20 3
		$GROUP6 yes 20 0 3
		ff15::9999 no 20 20 3
	END
	holds dump '.join_latency_ns.count == 2 and .join_latency_ns.min > 0 and .streams.packets_unwanted == 40'
	events dump 'select(.event == "stream") | .rate_pps > 20 and .rate_pps < 400' | sort -u >"$T/rates"
	assert_equal "$(<"$T/rates")" true
}

@test "state: the table of members is drawn again on a terminal" {
	lab_pair
	start screen h2 env TERM=xterm script -qefc 'stty rows 12 cols 200; igmpdump -n --members -p -i eth0 -d 4' "$T/typescript"
	lab_wait_until "grep -q 'listening on' '$T/typescript'"
	recv m h1 "$GROUP4" "$GROUP6"
	lab_wait_until 'drawn $GROUP4 && drawn $GROUP6'
	# More than fit: the rest is counted, the screen does not scroll.
	recv many h1 239.3.0.0+20
	lab_wait_until 'drawn "and [0-9]+ more"'
	stop many 1
	stop m 1
	finish screen
	(($(grep -c $'\033\\[H\033\\[J' "$T/typescript") > 3))
	assert_equal "$(screens | awk '/\033\[H\033\[J/ { n = 0 } { if (++n > most) most = n } END { print (most <= 12) }')" 1
}

# screens: what was drawn before the summary.
screens() {
	sed -n '/^[0-9]* frames/q;p' "$T/typescript"
}

drawn() {
	screens | grep -qE "$1"
}

@test "state: in a pipe members are listed at the end and when asked" {
	lab_pair
	start dump h2 igmpdump -n --members -p -i eth0
	lab_wait_until "grep -q '^igmpdump: listening on' '$T/dump.err'"
	recv m h1 "$GROUP4" "10.0.0.9@$SSM4" "!fd00::9@$GROUP6"
	lab_wait_until 'kill -USR1 "${PIDS[dump]}"
		grep -qE "^$GROUP6 +fe80::1 +02:00:00:00:00:01 +MLDv2 +not from fd00::9 " "$T/dump.out"'
	grep -qE "^$GROUP4 +10.0.0.1 +02:00:00:00:00:01 +IGMPv3 +any source " "$T/dump.out"
	grep -qE "^$SSM4 +10.0.0.1 +02:00:00:00:00:01 +IGMPv3 +from 10.0.0.9 " "$T/dump.out"
	stop m 1
	stop dump
	grep -q '^Queriers$' "$T/dump.out"
}

@test "state: commands run as things happen, with the event in their hands" {
	command_file note 'jq -c --arg event "$MC_EVENT" --arg group "$MC_GROUP" --arg host "$MC_HOST" \
		"select(.event == \$event and .group == \$group and .host == \$host)" >>"$T/notes"'
	lab_pair
	watch dump h2 -i eth0 -p --exec "'$T/note'" --exec-jobs 1
	recv m h1 "$GROUP4" "$GROUP6"
	lab_wait_until 'noted member-joined $GROUP4 && noted member-joined $GROUP6'
	stop m 1
	lab_wait_until 'noted member-left $GROUP4 && noted member-left $GROUP6'
	stop dump
	check dump .commands.failed 0
	check dump .commands.running 0
}

noted() {
	jq -se "any(.[]; .event == \"$1\" and .group == \"$2\")" "$T/notes"
}

@test "state: commands that hang do not hold up the capture, and what has no room is counted" {
	command_file hang 'echo $$ >>"$T/pids"; until [[ -e $T/go ]]; do sleep 0.02; done'
	lab_pair
	watch dump h2 -i eth0 -p --events --summary --exec "'$T/hang'" --exec-jobs 2
	recv m1 h1 "$GROUP4"
	seen dump ".event == \"member-joined\" and .group == \"$GROUP4\""
	recv m2 h1 239.4.0.0+1200
	seen dump '.event == "member-joined" and (.group | startswith("239.4."))' 1200
	assert_equal "$(running | wc -l)" 2
	stop m2 1
	stop m1 1
	seen dump '.event == "member-left" and (.group | startswith("239.4."))' 1200
	stop dump
	holds dump '.commands.started == 2 and .commands.running == 2 and .commands.dropped > 1200 and
		.dropped_kernel == 0'
	grep -q "^igmpdump: warning: --exec: events come faster than the commands end" "$T/dump.err"
	grep -q "^igmpdump: warning: --exec: 2 commands still run and are left alone; 1024 were not started" "$T/dump.err"
	assert_equal "$(running | wc -l)" 2
}
