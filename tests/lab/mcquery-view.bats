#!/usr/bin/env bats
# mcquery-view.bats - what mcquery prints, byte for byte but for times, and its screen
#
# After a change that is meant: UPDATE=1 make check-lab TESTS='text and JSON', and look
# at the diff.
#
# Filters of jq and conditions are expanded there, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/mcquery.bash"
	export TERM=xterm-256color LC_ALL=C.UTF-8
	unset NO_COLOR TMUX
	GOLDEN=$BATS_TEST_DIRNAME/../golden/mcquery
	TERMINALS=0
}

tm() {
	tmux -S "$T/tmux.$TERMINALS" -f /dev/null "$@"
}

teardown() {
	tm kill-server 2>/dev/null || :
	lab_down
}

# golden FILE: standard input is what $GOLDEN/FILE says.
golden() {
	if [[ ${UPDATE-} ]]; then
		cat >"$GOLDEN/$1"
	else
		diff -u "$GOLDEN/$1" -
	fi
}

# untimed: text without what the clock says; columns may be wider or narrower then.
untimed() {
	sed -E 's/^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} /HH:MM:SS.uuuuuu /
		s/ +([0-9]+ m )?[0-9.]+ (us|ms|s)$/ TIME/; s/ +(answered after|expires in)$/ \1/
		s/not heard for .*/not heard for TIME/; s/next query in [^;]*/next query in TIME/'
}

# untimed_json: the same for objects; variables and what queries ask for stay.
untimed_json() {
	jq -c 'walk(if type != "object" then . else
		with_entries(if .key == "time" then .value = "TIME"
			elif .key == "answered_after_ns" then .value = "DURATION OR NULL"
			elif (.key | test("^(expires|group_expires|querier_expires|next_query)_ns$"))
				and .value != null then .value = "DURATION" else . end) end)'
}

# craft N MESSAGE: from 10.0.0.N behind h2, whose own kernel has no part in it.
craft() {
	lab_in h2 mchost -qq -i eth0 --src "10.0.0.$1" --src-mac "02:00:00:00:00:0$1" --craft "$2"
}

# told NAME TEXT: waits for a line of its standard output with this text.
told() {
	lab_wait_until "grep -qF -- '$2' '$T/$1.out'" || fail "not told: $2 in $(cat "$T/$1".*)"
}

# speak NAME: what three hosts have to say, each line of it heard before the next.
speak() {
	told "$1" querier-elected
	craft 9 'v3-report 239.1.1.1=to_ex(10.0.0.6)'
	told "$1" 'source-added'
	craft 9 'v3-report 232.1.1.1=allow(10.0.0.5,10.0.0.4)'
	told "$1" 232.1.1.1
	craft 8 'v2-report 239.1.1.2'
	told "$1" 239.1.1.2
	craft 7 'v3-report 239.1.1.1=to_ex()'
	told "$1" source-removed
}

# quiet_querier NAME ARG...: one whose queries come when a host says something.
quiet_querier() {
	local name=$1
	shift
	start "$name" h1 mcquery -4 -n -v -i eth0 --serve --no-listen -I 60 -M 1 \
		--set startup-query-interval=60 --set last-member-query-interval=100ms "$@"
}

@test "text and JSON: asking" {
	lab_pair
	recv r h2 239.1.1.1 10.0.0.9@232.1.1.1 '!10.0.0.8@239.1.1.2' ff15::1:1:1 fd00::9@ff35::8000:1
	lab_in h1 mcquery --color=never -i eth0 -M 200ms 2>&1 | untimed | golden ask.txt
	run -1 lab_in h1 mcquery --color=never -n -i eth0 -M 200ms 239.1.1.1 239.9.9.9 10.0.0.7@232.1.1.1
	untimed <<<"$output" | golden ask-groups.txt
	run -1 lab_in h1 mcquery -i eth0 -M 100ms 239.9.9.9
	golden ask-nobody.txt <<<"$output"
	lab_in h1 mcquery -j -i eth0 -M 200ms -4 | untimed_json | golden ask.json
	lab_in h1 mcquery -j -i eth0 -M 200ms 239.1.1.1 10.0.0.9@232.1.1.1 ff15::1:1:1 >"$T/json"
	untimed_json <"$T/json" | golden ask-groups.json
	jq -se '[.[] | select(.event == "member") | .answered_after_ns] | length == 3 and
		all(type == "number" and . >= 0 and . < 300000000)' "$T/json"
}

@test "text and JSON: serving, its dump and its metrics" {
	lab_pair
	quiet_querier text --metrics "$T/metrics" --metrics-interval 10ms --dump "$T/text.dump"
	speak text
	lab_wait_until 'grep -q "^mcquery_reports_received.* 4$" "$T/metrics"'
	dump text
	untimed_json <"$T/text.dump" | golden dump.json
	craft 8 'v2-leave 239.1.1.2'
	told text 'group-expired    239.1.1.2'
	stop text
	untimed <"$T/text.out" | golden serve.txt
	golden serve.err <"$T/text.err"
	golden metrics.txt <"$T/metrics"
	run "$BATS_TEST_DIRNAME/../cli/openmetrics" "$T/metrics"
	assert_success
	golden metrics.parsed <<<"$output"

	# The state as text, and everything as JSON.
	quiet_querier state
	speak state
	kill -USR1 "${PIDS[state]}"
	told state 'MAC'
	sed -n '/^eth0 IGMP/,$p' "$T/state.out" | untimed | golden state.txt
	stop state
	quiet_querier json -j
	speak json
	craft 8 'v2-leave 239.1.1.2'
	seen json '.event == "group-expired"'
	stop json
	untimed_json <"$T/json.out" | golden serve.json
}

# screen: what stands there now.
screen() {
	tm capture-pane -p | tee "$T/pane"
}

# shows PATTERN: waits for a line that matches (extended regular expression).
shows() {
	lab_wait_until "screen | grep -qE -- '$1'" || fail "no line is: $1"$'\n'"$(screen)"
}

# open COMMAND...: on h1, in a terminal of 80x24; when that ends, the pane stays.
# A server of its own for each: the one before may still be ending.
open() {
	TERMINALS=$((TERMINALS + 1))
	tm new-session -d -x 80 -y 24 \
		"ip netns exec h1 bash -c '$*; echo ended with \$?; stty -a | grep -oE \"[-]?(icanon|echo) \" | xargs; exec cat' 3>&-"
}

# query_pid: of the mcquery in the terminal.
query_pid() {
	local tty
	tty=$(tm display -p '#{pane_tty}')
	pgrep -x mcquery -t "${tty#/dev/}"
}

@test "screen: groups and the querier, while the terminal changes its size" {
	local group signal
	lab_pair
	open mcquery -4 -i eth0 --serve --no-listen -I 60 -M 1
	shows '^eth0 IGMPv3: querier at 10.0.0.1, next query in .*; 0 groups, 0 members'
	craft 9 'v3-report 239.1.1.1=to_ex(10.0.0.6)'
	shows '^239.1.1.1 +exclude +!10.0.0.6 +1 +10.0.0.9 +v3 '
	craft 9 'v3-report 232.1.1.1=allow(10.0.0.5)'
	shows '^232.1.1.1 +include +10.0.0.5 +1 '
	shows '; 2 groups, 2 members$'
	# More groups than lines: those that fit, and how many do not.
	for group in {1..9}; do
		craft 8 "v3-report 239.2.$group.1=to_ex() 239.2.$group.2=to_ex() 239.2.$group.3=to_ex()"
	done
	shows '; 29 groups, 29 members$'
	shows '^and 1[0-9] more$'
	tm resize-window -x 60 -y 10
	shows '^and 2[4-7] more$'
	# Lines that are too long are cut off, the first one is still there.
	lab_wait_until '[[ $(screen | head -n 1) == "eth0 IGMPv3: querier"* ]]' || fail "$(screen)"
	lab_wait_until '[[ $(screen | sed -n 3p) == group*mode* ]]' || fail "$(screen)"
	tm resize-window -x 120 -y 50
	lab_wait_until '! screen | grep -q more' || fail "$(screen)"
	assert_equal "$(screen | grep -cE '^23[29]')" 29
	# A lower address takes over.
	lab_in h2 mchost -qq -i eth0 --src 10.0.0.0 --src-mac 02:00:00:00:00:0a --craft 'v3-query'
	shows '^eth0 IGMPv3: non-querier, the querier is 10.0.0.0, for .* more unless it asks again'
	kill -INT "$(query_pid)"
	shows '^ended with 0'
	shows '^icanon echo'
	assert_equal "$(tm display -p '#{alternate_on}#{cursor_flag}')" 01
	tm kill-server
	for signal in TERM:0 HUP:0 KILL:137; do
		open mcquery -4 -i eth0 --serve --no-listen
		shows '^eth0 IGMPv3: querier'
		kill "-${signal%:*}" "$(query_pid)"
		shows "^ended with ${signal#*:}"
		shows '^icanon echo'
		assert_equal "$(tm display -p '#{alternate_on}#{cursor_flag}')" 01
		tm kill-server
	done
}

@test "screen: asking again and again" {
	lab_pair
	recv r h2 239.1.1.1
	open mcquery -4 -n -i eth0 -M 100ms --watch 300ms
	shows '^239.1.1.1 +10.0.0.2 +02:00:00:00:00:02 +IGMPv3 +any source '
	stop r 1
	shows '^mcquery: nobody answered'
	tm resize-window -x 60 -y 10
	recv again h2 239.1.1.7
	shows '^239.1.1.7 +10.0.0.2 '
	kill -INT "$(query_pid)"
	shows '^ended with 0'
	shows '^icanon echo'
}
