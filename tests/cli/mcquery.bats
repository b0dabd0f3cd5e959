#!/usr/bin/env bats
# mcquery.bats - what mcquery refuses: one line that says why, and the exit status

source "$BATS_TEST_DIRNAME/net.bash"

@test "mcquery: interfaces: unknown, down, without MULTICAST, twice, several to choose from" {
	refused 3 "^mcquery: no interface 'nosuch'; 'ip link' lists them$" mcquery -i nosuch
	refused 3 "^mcquery: no interface 'nosuch'" mcquery -i up0 -i nosuch --serve
	refused 3 "^mcquery: interface down0 is down; ip link set down0 up$" mcquery -i down0
	refused 3 "^mcquery: interface down0 is down; ip link set down0 up$" mcquery -i down0 --serve
	refused 3 "^mcquery: interface nomc0 lacks the MULTICAST flag; " mcquery -i nomc0
	refused 2 "^mcquery: --interface: up0 is given twice$" mcquery -i up0 -i up0
	refused 3 "^mcquery: no route says which interface reaches .*; choose one with -i: .*up0" mcquery
	refused 3 "^mcquery: no route says which interface reaches 239.1.1.1; " mcquery 239.1.1.1
}

@test "mcquery: groups: each mistake with a caret under it" {
	points 1 "^mcquery: group '10.0.0.1': 10.0.0.1 is not a multicast group$" mcquery -i up0 10.0.0.1
	points 1 "source 239.1.1.2 is itself a group$" mcquery -i up0 239.1.1.2@239.1.1.1
	refused 2 'more than 1000 groups: ask for all of them at once' mcquery -i up0 239.1.0.0+1001
	refused 2 "^mcquery: --source: '239.1.1.1' is not a unicast address$" \
		mcquery -i up0 -S 239.1.1.1 239.1.1.1
	refused 2 '^mcquery: --source: needs a group to ask for$' mcquery -i up0 -S 10.0.0.9
	refused 3 "^mcquery: no interface 'nosuch'" mcquery -i up0 239.1.1.1%nosuch
	refused 3 "^mcquery: interface down0 is down; ip link set down0 up$" mcquery -i up0 239.1.1.1%down0
}

@test "mcquery: options that belong to the other mode, or exclude each other" {
	local option
	for option in --if-none --force --no-listen --query-interval=5 --metrics=x --dump=x -d5; do
		refused 2 '^mcquery: --serve: is what --if-none, .* are for$' mcquery -i up0 $option
	done
	for option in 239.1.1.1 --watch=1 -S10.0.0.1; do
		refused 2 '^mcquery: --serve: asks of itself; leave groups, ' mcquery -i up0 --serve $option
	done
	refused 2 '^mcquery: --count: needs --watch$' mcquery -i up0 -c 2
	refused 2 'exclude each other$' mcquery -i up0 --serve --force --if-none
	refused 2 'exclude each other$' mcquery -i up0 --listen-only --force
	refused 2 'has to listen first; leave --no-listen out$' mcquery -i up0 --serve --if-none --no-listen
}

@test "mcquery: versions and addresses out of range" {
	refused 2 "^mcquery: --igmp-version: '4' is too large; the most is 3$" mcquery -i up0 --igmp-version 4
	refused 2 "^mcquery: --mld-version: '0' is too small; the least is 1$" mcquery -i up0 --mld-version 0
	refused 2 "^mcquery: --address: 'x' is not an address$" mcquery -i up0 -a x
	refused 2 "^mcquery: --address: '239.1.1.1' is a group: " mcquery -i up0 -a 239.1.1.1
	refused 2 "^mcquery: --max-response: '0' is too small" mcquery -i up0 -M 0
}

@test "mcquery: every key of --set that is wrong" {
	refused 2 "^mcquery: --set: 'tll=64': 'tll' is none of address, .*ttl, vlan$" mcquery -i up0 --set tll=64
	refused 2 "^mcquery: --set: 'ttl=256': '256' is not a number from 0 to 255$" mcquery -i up0 --set ttl=256
	refused 2 "^mcquery: --set: 'ttl': ttl needs a value$" mcquery -i up0 --set ttl
	refused 2 "^mcquery: --set: 'no-router-alert=1': no-router-alert takes no value$" \
		mcquery -i up0 --set no-router-alert=1
	refused 2 "^mcquery: --set: 'checksum=good': checksum can only be bad$" mcquery -i up0 --set checksum=good
	refused 2 "'5x' is not a time; write 10, 500ms or 2m$" mcquery -i up0 --set query-interval=5x
	refused 2 "'nowhere' is not an address$" mcquery -i up0 --set address=nowhere
	refused 2 "'02:00' is not a MAC; write 02:00:00:00:00:01$" mcquery -i up0 --set src-mac=02:00
	refused 2 "^mcquery: --set: 'eth9:ttl=64': eth9 is not among the interfaces \(-i\)$" \
		mcquery -i up0 --set eth9:ttl=64
	refused 2 "'eth9:tll=64': 'tll' is none of " mcquery -i up0 --set eth9:tll=64
}

@test "mcquery: variables that contradict each other are refused with the reason" {
	refused 2 "^mcquery: up0: IGMP: the query response interval must be shorter than the query interval" \
		mcquery -i up0 --serve -I 5 -M 10
	refused 2 "^mcquery: up0: MLD: the query response interval must be shorter than the query interval" \
		mcquery -i up0 -6 --serve -I 5
}

@test "mcquery: without the right to capture, the command that grants it" {
	refused 3 '^mcquery: no permission to capture on up0; .*setcap cap_net_raw' \
		setpriv --bounding-set=-net_raw --inh-caps=-net_raw mcquery -i up0
}

@test "mcquery: a lonely link has no members" {
	attempt 1 mcquery -i bare0 -4 -q -M 100ms
	attempt 1 mcquery -i bare0 -q -M 100ms 239.1.1.1
	refused 3 'no query could be sent: no interface is up and has an address of the family$' \
		mcquery -i bare0 -6 -q -M 100ms
}

@test "mcquery: what checks its metrics refuses text that is no OpenMetrics" {
	local check=$BATS_TEST_DIRNAME/openmetrics good=$BATS_TEST_DIRNAME/../golden/mcquery/metrics.txt edit
	run -0 "$check" "$good"
	# shellcheck disable=SC2016 # $d is sed's
	for edit in '$d' 's/_total{/{/' '/^# TYPE mcquery_groups/d' 's/} 1$/} 2/' 's/"igmp"/"ig"mp"/' \
		'/^mcquery_groups/p' '/^# HELP mcquery_state/d; /^mcquery_state/i # HELP mcquery_groups x' \
		's/^mcquery_members{/mcquery_member{/' 's/counter$/count/' '3s/protocol/interface/'; do
		sed "$edit" "$good" >"$T/metrics"
		run -1 "$check" "$T/metrics"
	done
}
