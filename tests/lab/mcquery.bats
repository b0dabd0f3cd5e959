#!/usr/bin/env bats
# mcquery.bats - asking and serving, against the kernel's own hosts and switch
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/mcquery.bash"
}

teardown() {
	lab_down
}

# hold NAME HOST SPEC...: a receiver that keeps its groups joined.
hold() {
	local name=$1 host=$2
	shift 2
	recv "$name" "$host" "$@"
}

@test "serve: tables are those of the hosts' kernels, leaves and deaths take effect on time, the switch forwards" {
	lab_switch 5 querier=0 snooping=1
	versions h3 2 1
	versions h4 1 1
	capture wire h1 'igmp or icmp6 or ip6[6] = 0'
	hold r2 h2 239.1.2.1 10.0.0.9@232.1.2.1 '!10.0.0.8@239.1.2.2' \
		ff15::2:1 fd00::9@ff35::8000:2 '!fd00::8@ff15::2:2'
	hold r3 h3 239.1.3.1 ff15::3:1
	hold r3b h3 239.1.3.2 ff15::3:2
	serve q h1 -v -I 1 -M 500ms --no-listen --set last-member-query-interval=300ms
	seen q '.event == "querier-elected" and .self' 2
	# The switch has accepted our queries: this port leads to the querier.
	lab_wait_until '[[ $(bridge -n sw -j -d mdb show dev br0 | jq -c ".[].router.br0") == *p1* ]]'
	lab_wait_mdb 239.1.2.1 p2
	lab_wait_mdb ff15::2:1 p2
	end=$((EPOCHSECONDS + 11))
	lab_bg h5 mcsend -qq -i eth0 -r 200/s 239.1.2.1 ff15::2:1
	sender=$LAB_PID
	agree q 2 3
	assert_equal "$(jq -r 'select(.group == "239.1.3.1").compatibility' "$T/q.dump")" 2
	# Linux hosts of IGMPv1 take up to ten seconds for an answer, but join at once.
	hold r4 h4 239.1.4.1
	agree q 4
	assert_equal "$(jq -r 'select(.group == "239.1.4.1").compatibility' "$T/q.dump")" 1
	stop r4 1

	# Another source, and back again.
	hold r2b h2 10.0.0.7@232.1.2.1 fd00::7@ff35::8000:2
	agree q 2
	stop r2b 1
	agree q 2
	assert_equal "$(in_table q 2 | grep 232.1.2.1)" "232.1.2.1 include 10.0.0.9"

	# A leave of IGMPv2 and MLDv1: two queries, 300 ms apart, then the end.
	stop r3b 1
	for group in 239.1.3.2 ff15::3:2; do
		seen q ".event == \"group-expired\" and .group == \"$group\""
		assert_equal "$(all q "select(.group == \"$group\") | .event" | grep -v joined | paste -sd' ')" \
			"query-sent member-left query-sent group-expired"
		took=$(jq -s "[.[] | select(.group == \"$group\" and (.event == \"member-left\" or
			.event == \"group-expired\")) | .time | capture(\"(?<s>.*)\\\\.(?<f>.*)Z\") |
			(.s + \"Z\" | fromdate) * 1000 + (.f[0:3] | tonumber)] | .[-1] - .[0]" "$T/q.out")
		((took >= 600 && took < 900)) || fail "$group took $took ms"
	done

	# IGMPv1 has no leave.
	seen q '.event == "group-expired" and .group == "239.1.4.1"'
	assert_equal "$(matching q '.event == "member-left" and .group == "239.1.4.1"')" 0

	# Ten query intervals and more: nothing was lost on the way.
	lab_wait_until "((EPOCHSECONDS >= $end))" 15
	kill -INT "$sender"
	stop r2
	check r2 '.lost' 0
	holds r2 '.packets > 1500'
	(($(matching q '.event == "query-sent" and .kind == "general" and .family == 4') >= 10))

	hold r2 h2 239.1.2.1 ff15::2:1
	agree q 2
	mute h2
	dump q
	# Reports are at most a query interval and a response interval old.
	for group in 239.1.2.1 ff15::2:1; do
		jq -se "[.[] | select(.group == \"$group\") | .group_expires_ns] |
			length == 1 and .[0] > 1300000000 and .[0] <= 3000000000" "$T/q.dump"
		# Not one that a busy machine let expire before.
		since=$(jq -r "select(.event == \"group\" and .group == \"$group\").time" "$T/q.dump")
		seen q ".event == \"group-expired\" and .group == \"$group\" and .time > \"$since\""
		# When the last report came is in the dump; the interval is 2 * 1 s + 2 * 500 ms.
		late=$(jq -s --slurpfile d "$T/q.dump" "
			def ms: capture(\"(?<s>.*)\\\\.(?<f>.*)Z\") | (.s + \"Z\" | fromdate) * 1000 + (.f[0:3] | tonumber);
			(\$d[] | select(.event == \"group\" and .group == \"$group\")) as \$g |
			([.[] | select(.event == \"group-expired\" and .group == \"$group\")] | last.time | ms) -
			((\$g.time | ms) + \$g.group_expires_ns / 1000000) | round" "$T/q.out")
		((late >= -5 && late < 300)) || fail "$group expired $late ms late"
	done
	frames wire 20
	no_complaint "$T/wire.pcap" 02:00:00:00:00:01 20
	stop q
	run "$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mcquery.json" \
		querier-elected group-joined member-joined member-left member-expired group-expired \
		source-added source-removed member-changed query-sent summary <"$T/q.out"
	assert_success
	run "$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mcquery.json" \
		interface group <"$T/q.dump"
	assert_success
}

@test "ask: who is a member, and the exit status, in every version" {
	lab_pair
	hold r h2 239.1.1.1 10.0.0.9@232.1.1.1 ff15::1:1
	capture wire h1 'igmp or icmp6 or ip6[6] = 0'
	lab_in h1 mcquery -i eth0 -q -n -M 300ms >"$T/table"
	assert_equal "$(awk '{ print $1, $2, $3, $4, $5, $6 }' "$T/table" | grep -v ff02)" "$(cat <<-'END'
		group host MAC version filter answered
		232.1.1.1 10.0.0.2 02:00:00:00:00:02 IGMPv3 from 10.0.0.9
		239.1.1.1 10.0.0.2 02:00:00:00:00:02 IGMPv3 any source
		ff15::1:1 fe80::2 02:00:00:00:00:02 MLDv2 any source
	END
	)"
	run -0 lab_in h1 mcquery -qq -i eth0 -M 200ms 239.1.1.1 ff15::1:1 10.0.0.9@232.1.1.1
	run -1 lab_in h1 mcquery -qq -i eth0 -M 200ms 239.1.1.1 239.1.1.2
	run -1 lab_in h1 mcquery -qq -i eth0 -M 200ms 10.0.0.7@232.1.1.1
	run -0 lab_in h1 mcquery -qq -i eth0 -M 200ms -S 10.0.0.7 239.1.1.1
	run -0 lab_in h1 mcquery -qq -4 -a 0.0.0.0 -i eth0 -M 200ms 239.1.1.1
	run -1 lab_in h1 mcquery -j -i eth0 -M 200ms 239.1.1.0+3
	lab_in h1 mcquery -j -i eth0 -M 200ms 239.1.1.1 ff15::1:1 --watch 300ms -c 2 >"$T/json"
	run "$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mcquery.json" \
		member result <"$T/json"
	assert_output "{'member': 4, 'result': 2}"
	assert_equal "$(jq -c 'select(.event == "member") | [.group, (.answered_after_ns | . != null and . <= 300000000)]' "$T/json" |
		sort -u | paste -sd' ')" '["239.1.1.1",true] ["ff15::1:1",true]'
	run -0 lab_in h1 mcquery -qq -i eth0 --igmp-version 2 --mld-version 1 -M 200ms 239.1.1.1 ff15::1:1
	run -0 lab_in h1 mcquery -qq -4 -i eth0 --igmp-version 2 -M 200ms
	# Of IGMPv1 the frame will do: hosts may take ten seconds.
	start v1 h1 mcquery -4 -qq -i eth0 --igmp-version 1
	frames wire 12
	lab_end "${PIDS[v1]}"
	no_complaint "$T/wire.pcap" 02:00:00:00:00:01 12
	assert_equal "$(shark wire 'igmp.type == 0x11 and igmp.version == 3 and igmp.maddr != 0.0.0.0' igmp.s |
		sort -u)" 1
}

@test "faults on purpose: each is the one that igmpdump finds" {
	local fault issue
	lab_pair
	while read -r fault issue; do
		capture "$issue" h2 'igmp'
		lab_in h1 mcquery -4 -qq -i eth0 -M 100ms --set "$fault" 239.1.1.1 || true
		frames "$issue" 1
		assert_equal "$fault: $(igmpdump -j -r "$T/$issue.pcap" | jq -r '.issues[]? | .id? // .' | paste -sd,)" \
			"$fault: $issue"
	done <<-'END'
		ttl=64 ttl-not-1
		no-router-alert no-router-alert
		tos=0 tos-not-c0
		checksum=bad bad-checksum
		header-checksum=bad bad-ip-checksum
		router-alert=7 router-alert-value
		dst-mac=01:00:5e:00:00:09 mac-not-from-group
	END
	capture tagged h2 'vlan 7'
	lab_in h1 mcquery -4 -qq -i eth0 -M 100ms --set vlan=7 --set src-mac=02:00:00:00:00:aa 239.1.1.1 || true
	frames tagged 1
	assert_equal "$(shark tagged igmp vlan.id eth.src)" "7	02:00:00:00:00:aa"
}

@test "an interface goes down and comes back, changes its address, vanishes" {
	lab_pair
	second_link
	hold r h2 239.1.1.1
	start q h1 mcquery -j -i eth0 -i eth1 --serve -v -I 1 -M 500ms --no-listen --set eth1:igmp-version=2
	seen q '.event == "query-sent" and .interface == "eth0"' 2
	seen q '.event == "query-sent" and .interface == "eth1" and .family == 4 and .version == 2'
	seen q '.event == "member-joined" and .group == "239.1.1.1"'
	ip -n h1 link set eth0 down
	seen q '.event == "interface-down"'
	seen q '.event == "group-expired" and .group == "239.1.1.1"'
	ip -n h1 link set eth0 up
	seen q '.event == "interface-up"'
	seen q '.event == "member-joined" and .group == "239.1.1.1"' 2
	ip -n h1 addr del 10.0.0.1/24 dev eth0
	seen q '.event == "address-changed" and .address == null and .interface == "eth0"'
	ip -n h1 addr add 10.0.0.77/24 dev eth0
	seen q '.event == "address-changed" and .address == "10.0.0.77" and .interface == "eth0"'
	seen q '.event == "query-sent" and .interface == "eth0" and .querier == "10.0.0.77" and .family == 4'
	ip -n h1 link del eth1
	seen q '.event == "interface-gone" and .interface == "eth1"'
	before=$(matching q '.event == "query-sent" and .interface == "eth0"')
	seen q '.event == "query-sent" and .interface == "eth0"' $((before + 2))
	ip -n h1 link del eth0
	finish q 3
	assert_equal "$(tail -n +5 "$T/q.err")" "$(printf 'mcquery: %s\n' \
		'eth1: the interface is gone' 'eth0: the interface is gone')"
	run "$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mcquery.json" \
		interface-up interface-down interface-gone address-changed summary <"$T/q.out"
	assert_success
}

@test "hundreds of its own queries at once are nobody else's, and all are counted as sent" {
	lab_pair
	start q h1 mcquery -j -i eth0 --serve -v -I 60 -M 1 --no-listen
	seen q '.event == "query-sent"'
	start h h2 mchost -i eth0 --per-host all --no-solicited-node 239.1.0.0+600
	seen q '.event == "member-joined"' 600
	stop h
	seen q '.event == "query-sent" and .group != null' 1200
	stop q
	assert_equal "$(tail -n +3 "$T/q.err")" ''
	holds q '.queries_sent >= 1200 and .queries_not_sent == 0 and .queries == 0'
}

@test "two mcquery on one host: one address is one too many, two elect the lower" {
	lab_pair
	serve a h1 -I 1 -M 500ms --no-listen
	refused h1 3 '^mcquery: eth0: another mcquery serves it from 10.0.0.1; choose another --address, or --force$' \
		mcquery -i eth0 --serve
	# Who only asks does not disturb it.
	run -1 lab_in h1 mcquery -i eth0 -4 -qq -M 100ms
	lab_wait_until "grep -q 'warning: eth0: somebody else queries from 10.0.0.1 too' '$T/a.err'"
	before=$(matching a '.event == "query-sent"')
	seen a '.event == "query-sent"' $((before + 2))
	serve b h1 -4 -I 1 -M 500ms -a 10.0.0.77 -v
	seen b '.event == "querier-elected" and .querier == "10.0.0.1" and (.self | not)'
	stop a
	# Other querier present: 2 * 1 s + 500 ms / 2.
	seen b '.event == "querier-elected" and .querier == "10.0.0.77" and .self'
	assert_equal "$(matching a '.event == "querier-elected" and (.self | not)')" 0
	stop b
	# A program of somebody else has no lock: it is heard.
	serve c h1 -4 -I 1 -M 500ms --no-listen --force
	refused h1 3 '^mcquery: eth0: somebody else queries from 10.0.0.1, which is our own address' \
		mcquery -i eth0 -4 --serve -qq -I 3 -M 2
	stop c
}

@test "killed, it leaves nothing behind; its metrics are whole; the clock may be set" {
	lab_pair
	hold r h2 239.1.1.1
	export CLOCK_STEP=$T/step LD_PRELOAD=$LAB_HELPERS/clockstep.so
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0
	serve q h1 -v -I 1 -M 500ms --no-listen --metrics "$T/metrics" --metrics-interval 50ms
	unset LD_PRELOAD
	lab_wait_until 'grep -q "^mcquery_members{interface=\"eth0\",protocol=\"igmp\"} 1$" "$T/metrics"'
	assert_equal "$(tail -n 1 "$T/metrics")" "# EOF"
	assert_equal "$(grep -cvE '^# (TYPE|HELP|EOF)|^mcquery_[a-z_]+(\{[^}]*\})? [0-9]+$' "$T/metrics")" 0
	assert_equal "$(ip -n h1 -d -j link show eth0 | jq '.[0].allmulti')" 1
	for step in -3600 7200; do
		printf '%-8s' "$step" 1<>"$T/step"
		seen q ".event == \"clock-stepped\" and (.step_ns / 1e9 | fabs) > 3000"
		before=$(matching q '.event == "query-sent"')
		seen q '.event == "query-sent"' $((before + 3))
	done
	assert_equal "$(matching q '.event == "member-expired"')" 0
	kill -KILL "${PIDS[q]}"
	finish q 137
	assert_equal "$(ip -n h1 -d -j link show eth0 | jq -c '.[0] | [.allmulti, .promiscuity]')" "[0,0]"
	assert_equal "$(find "$T" -name 'metrics.*' | wc -l)" 0
}
