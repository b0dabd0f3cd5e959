#!/usr/bin/env bats
# igmpdump-exec.bats - --exec: what a command gets, how many run, what is left of them
#
# Commands are expanded by themselves, not here (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	source "$BATS_TEST_DIRNAME/../lab/lab.bash" # for lab_wait_until
	capture=$BATS_TEST_DIRNAME/../golden/captures/host_v3.pcap
	DUMP=
}

# Commands that wait for the file "go" must not outlive the test.
teardown() {
	touch "$T/go"
	[[ -z $DUMP ]] || ! kill -KILL "$DUMP" 2>/dev/null
	lab_wait_until '[[ -z $(running) ]]'
}

# command_file NAME SCRIPT: an executable $T/NAME; T is known to it.
command_file() {
	printf '#!/bin/bash\nT=%q\n%s\n' "$T" "$2" >"$T/$1"
	chmod +x "$T/$1"
}

# The pids of commands that said so in $T/pids and still run.
running() {
	local pid
	[[ ! -e $T/pids ]] || for pid in $(<"$T/pids"); do
		[[ ! -e /proc/$pid ]] || echo "$pid"
	done
}

# dump ARG...: igmpdump over the capture, in the background.
dump() {
	env --default-signal=INT igmpdump "$@" -r "$capture" >"$T/out" 2>"$T/err" 3>&- &
	DUMP=$!
}

# ended STATUS: it has ended so.
ended() {
	local status=0
	wait "$DUMP" || status=$?
	DUMP=
	assert_equal "$status" "$1"
}

events() {
	igmpdump -q -j --events -r "$capture"
}

@test "exec: a command for each event, with the event as JSON on standard input" {
	command_file note 'cat >"$T/event.$$"'
	igmpdump -q --events --exec "$T/note" -r "$capture" >"$T/out"
	events | jq -c . | sort >"$T/wanted"
	cat "$T"/event.* | jq -c . | sort >"$T/got"
	diff "$T/wanted" "$T/got"
	assert_equal "$(wc -l <"$T/out")" "$(wc -l <"$T/wanted")"
	[[ $(wc -l <"$T/wanted") -gt 20 ]]
}

@test "exec: the environment says the same as the object" {
	command_file note 'env -0 >"$T/env.$$"; cat >"$T/event.$$"'
	MC_GROUP=stale INHERITED='a b' igmpdump -q --exec "$T/note" -r "$capture" >"$T/out"
	local file wanted got count=0
	for file in "$T"/event.*; do
		wanted=$(jq -r '
			def word: if . == null then empty else . end;
			"MC_EVENT=\(.event)", "MC_TIME=\(.time)", "MC_LINK=\(.link)",
			"MC_INTERFACE=\(.interface // "")", "INHERITED=a b",
			(.group | word | "MC_GROUP=\(.)"), (.host | word | "MC_HOST=\(.)"),
			(.querier | word | "MC_QUERIER=\(.)"), (.mac | word | "MC_MAC=\(.)"),
			(.protocol | word | "MC_PROTOCOL=\(.)"), (.version | word | "MC_VERSION=\(.)"),
			(.mode | word | "MC_MODE=\(.)"), (.sources | word | "MC_SOURCES=\(join(","))"),
			(.id | word | "MC_ISSUE=\(.)"), (.severity | word | "MC_SEVERITY=\(.)"),
			(.text | word | "MC_TEXT=\(.)"),
			(.latency_ns | word | "MC_LATENCY_NS=\(.)"),
			(if .event | startswith("querier-") then
				"MC_INTERVAL_NS=\(.query_interval_ns // 0)" else empty end)' "$file" | sort)
		got=$(tr '\0' '\n' <"${file/event./env.}" | grep -E '^(MC_|INHERITED=)' | sort)
		diff <(echo "$wanted") <(echo "$got")
		count=$((count + 1))
	done
	[[ $count -gt 20 ]]
	grep -qz '^MC_SOURCES=10.10.0.4$' "$T"/env.*
	# Nobody's old variable stands in for what an event does not have.
	run -1 grep -qz '^MC_GROUP=stale$' "$T"/env.*
}

@test "exec: words are split once, and no shell sees them" {
	command_file args 'printf "<%s>" "$@" >"$T/args"'
	igmpdump -q --exec "'$T/args' 'a b'\"c\\\"d\" \\' \$HOME ; \`id\` \"\" \"x\\y\"" \
		--filter group=239.1.1.1 --filter host=10.10.0.1 -r "$capture" >"$T/out"
	assert_equal "$(<"$T/args")" "<a bc\"d><'><\$HOME><;><\`id\`><><x\\y>"
}

@test "exec: a command that cannot be is refused at the start" {
	local bad
	for bad in "" "  " "''"; do
		run -2 igmpdump --exec "$bad" -r "$capture"
		assert_output "igmpdump: --exec: no command is named"
	done
	for bad in "cat 'x" 'cat "x' 'cat "'; do
		run -2 igmpdump --exec "$bad" -r "$capture"
		assert_line --index 0 "igmpdump: --exec: what begins here does not end"
		assert_line --index 2 "      ^"
	done
	for bad in /nosuch/program nosuch-program "$capture" /tmp; do
		run -3 igmpdump --exec "$bad" -r "$capture"
		assert_output --partial "--exec: $bad: no such program"
	done
}

@test "exec: commands have three descriptors and default signals" {
	local one=(--exec-jobs 1 --filter issue=query-from-unspecified -r "$capture")
	igmpdump -q "${one[@]}" --exec "ls /proc/self/fd" 2>"$T/err"
	# The fourth is where ls reads that directory.
	assert_equal "$(sort -u "$T/err" | xargs)" "0 1 2 3"
	(trap '' QUIT USR2 && igmpdump -q "${one[@]}" --exec "cat /proc/self/status" 2>"$T/err")
	# Signals 32 and 33 are the C library's own.
	local name mask
	while read -r name mask; do
		assert_equal "$name $((0x$mask & 0x7fffffff))" "$name 0"
	done < <(grep -E "^Sig(Ign|Blk)" "$T/err")
	[[ $(grep -c ^SigIgn "$T/err") -gt 2 ]]
}

@test "exec: what commands print goes to standard error" {
	igmpdump -q -j --events --exec "echo out of the command" -r "$capture" >"$T/out" 2>"$T/err"
	diff "$T/out" <(events)
	assert_equal "$(grep -c "^out of the command$" "$T/err")" "$(events | wc -l)"
}

@test "exec: no more run at once than --exec-jobs allows, and none becomes a zombie" {
	command_file slow 'echo $$ >>"$T/pids"
		until [[ -e $T/go || -e $T/go.$$ ]]; do sleep 0.02; done'
	dump -q -j --summary --exec "$T/slow" --exec-jobs 3
	lab_wait_until '(($(running | wc -l) == 3))'
	# One ends, another one takes its place.
	touch "$T/go.$(running | head -n 1)"
	lab_wait_until '(($(wc -l <"$T/pids") == 4))'
	assert_equal "$(running | wc -l)" 3
	# They are children of a process that does nothing else.
	local runner
	runner=$(ps -o pid= --ppid "$DUMP")
	lab_wait_until "((\$(ps -o pid= --ppid $runner | wc -l) == 3))"
	run ps -o stat= --ppid "$runner"
	refute_output --partial Z
	touch "$T/go"
	ended 0
	assert_equal "$(wc -l <"$T/pids")" "$(events | wc -l)"
	jq -e --argjson n "$(events | wc -l)" '.commands == { started: $n, failed: 0,
		not_started: 0, dropped: 0, running: 0 }' "$T/out"
}

@test "exec: commands that fail are counted" {
	igmpdump -q -j --summary --exec false -r "$capture" |
		jq -e '.commands | .failed == .started and .started > 20'
	igmpdump -q --summary --exec "sh -c 'kill -KILL \$\$'" -r "$capture" >"$T/out"
	grep -qE '^([0-9]+) run, \1 of them failed; 0 could not be started, 0 were left out' "$T/out"
}

@test "exec: a command that hangs is left alone after a signal, and told" {
	command_file hang 'echo $$ >>"$T/pids"; until [[ -e $T/go ]]; do sleep 0.02; done'
	dump --events --exec "$T/hang" --exec-jobs 2
	lab_wait_until '(($(running | wc -l) == 2))'
	kill -INT "$DUMP"
	ended 0
	assert_equal "$(running | wc -l)" 2
	grep -qE "^igmpdump: warning: --exec: 2 commands still run and are left alone; [0-9]+ were not started$" \
		"$T/err"
	# All events were shown nevertheless.
	assert_equal "$(wc -l <"$T/out")" "$(events | wc -l)"
}

@test "exec: a runner that dies is told once, and what it would have run is counted" {
	command_file slow 'echo $$ >>"$T/pids"; until [[ -e $T/go ]]; do sleep 0.02; done'
	dump -q -j --summary --exec "$T/slow" --exec-jobs 2
	lab_wait_until '(($(running | wc -l) == 2))'
	kill -KILL "$(ps -o pid= --ppid "$DUMP" | xargs)"
	ended 0
	jq -e --argjson n "$(events | wc -l)" '.commands | .started == 2 and .failed == 2 and
		.running == 0 and .not_started == $n - 2' "$T/out"
	assert_equal "$(<"$T/err")" "igmpdump: --exec: the process that starts commands is gone"
}

@test "exec: commands have no privileges, and nothing of the sandbox" {
	igmpdump -q --exec "cat /proc/self/status" --exec-jobs 1 --filter issue=query-from-unspecified \
		-r "$capture" 2>"$T/err"
	grep -q "^CapEff:.0000000000000000$" "$T/err"
	grep -q "^NoNewPrivs:.1$" "$T/err"
	grep -q "^Seccomp:.0$" "$T/err"
}

@test "exec: a program that went away is told once, and counted" {
	command_file gone 'rm "$0"'
	igmpdump -j --summary --exec "$T/gone" --exec-jobs 1 -r "$capture" >"$T/out" 2>"$T/err"
	jq -e '.commands | .started == 1 and .not_started > 20 and .failed == 0' "$T/out"
	assert_equal "$(grep -c "cannot start the command" "$T/err")" 1
}
