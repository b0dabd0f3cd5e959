#!/usr/bin/env bats
# mctop-view.bats - the screens of mctop, in tmux: sizes, keys, many rows, signals
#
# Filters of jq, and scripts for shells inside, are expanded there (SC2016).
# shellcheck disable=SC2016

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	export TERM=xterm-256color LC_ALL=C.UTF-8
	unset NO_COLOR TMUX
	PANE=$T/pane
	TERMINALS=0
}

# Each terminal has a server of its own: one that is ending would take it along.
tm() {
	tmux -S "$T/tmux.$TERMINALS" -f /dev/null "$@"
}

teardown() {
	tm kill-server 2>/dev/null || :
	lab_down
}

# open SIZE HOST COMMAND...: a terminal of that size (80x24) with a shell command in
# it; when that ends, the pane stays.
open() {
	local size=$1 host=$2
	shift 2
	((++TERMINALS))
	tm new-session -d -x "${size%x*}" -y "${size#*x}" \
		"ip netns exec $host bash -c '$*; echo ended with \$?; stty -a | grep -oE \"[-]?(icanon|echo) \" | xargs; exec cat' 3>&-"
}

# screen: what stands there now.
screen() {
	tm capture-pane -p >"$PANE"
	cat "$PANE"
}

# shows PATTERN: waits for a line that matches (extended regular expression).
shows() {
	lab_wait_until "screen | grep -qE -- '$1'" || fail "no line is: $1"$'\n'"$(screen)"
}

# hides PATTERN: waits until no line matches.
hides() {
	lab_wait_until "! screen | grep -qE -- '$1'" || fail "a line is: $1"$'\n'"$(screen)"
}

key() {
	tm send-keys "$@"
}

text() {
	tm send-keys -l "$1"
}

# click X Y: of the left button, from 0 on.
click() {
	local place
	place=$(printf '\\x%x\\x%x' $((33 + $1)) $((33 + $2)))
	printf -v place '%b' "$place"
	text $'\e[M '"$place"$'\e[M#'"$place"
}

# top_pid: of the mctop in the terminal.
top_pid() {
	local tty
	tty=$(tm display -p '#{pane_tty}')
	pgrep -x mctop -t "${tty#/dev/}"
}

@test "mctop: keys do what they say" {
	lab_switch 3
	recv m h2 "$GROUP4" "10.0.0.1@$SSM4" "$GROUP6" 239.7.0.0+30
	recv other h3 "$GROUP4"
	members h2 "$GROUP4"
	members h3 "$GROUP4"
	open 80x24 h2 mctop
	# interfaces, then the groups of one
	shows '^INTERFACE'
	shows '^eth0 +up +33 '
	shows '10.0.0.254 v3'
	shows '^Enter open  Esc back'
	key Enter
	shows ' 2 Groups .* on eth0'
	shows "^$SSM4 +mcrecv\[${PIDS[m]}\] .*include +10.0.0.1 "
	hides '^224.0.0.1 +lo'
	# moving, and what is cut off at the right
	shows ' 1/3[0-9] >'
	key Down
	shows ' 2/3[0-9] '
	key End
	shows ' (3[0-9])/\1 '
	key Home
	shows ' 1/3[0-9] '
	key PageDown
	shows ' 1[0-9]/3[0-9] '
	key Right Right Right Right Right Right
	shows '^GROUP.* MAC'
	key Left Left Left Left Left Left Left
	shows ' PROCESSES '
	# searching, filtering
	key /
	text 7.0.29
	shows '^search: 7.0.29_'
	shows '^239.7.0.29 '
	key Enter Home f
	text "$GROUP4"
	shows '^filter: '
	hides '^239.7'
	shows "^$GROUP4 "
	key Enter
	shows "on eth0 \"$GROUP4\""
	# one group
	key Enter
	shows '^One group of this host'
	shows "^Sockets +mcrecv\[${PIDS[m]}\] fd [0-9]+, port 5000, any source"
	shows '^Interface +eth0, IGMPv3, querier 10.0.0.254'
	send h1 -c 20 -r 200/s "$GROUP4"
	shows '^Senders +10.0.0.1 .* 20 packets'
	shows '^History +.*█'
	key Escape
	shows '^GROUP'
	key Escape
	shows '^239.7.0.0 '
	key Escape
	shows '^INTERFACE'
	# sorting: choose, reverse
	key 2
	shows '^224.0.0.1 +lo '
	key s
	shows ' PROCESSES $|  PROCESSES  '
	key Escape
	key S
	shows '^GROUP▾'
	lab_wait_until "screen | sed -n 4p | grep -q '^ff35::8000:1\|^ff15\|^ff02'" || fail "$(screen)"
	# processes, and their groups
	key p
	shows "^ *${PIDS[m]} +[^ ]+ +mcrecv +33 "
	key Enter
	shows "of mcrecv\[${PIDS[m]}\]"
	hides '^224.0.0.1'
	key Escape
	shows '^ *PID'
	# the other tables, by key and by Tab
	key b
	shows 'no bridge, or one without'
	key r
	shows 'no multicast routes'
	key Tab
	shows '^INTERFACE'
	# saving
	key w
	shows '^save to: mctop.txt_'
	key C-u
	text "$T/saved.json"
	key Enter
	shows "saved to .*saved.json"
	run tests_validate "$T/saved.json"
	assert_success
	# a join and a leave, in the log and the table; then paused
	stop other
	shows "$GROUP4 left by 10.0.0.3"
	recv new h2 239.8.8.8
	shows 'eth0: 239.8.8.8 joined'
	shows "239.8.8.8 is held by mcrecv\[${PIDS[new]}\]"
	key Space
	shows ' PAUSED'
	stop new 1
	key 2 f
	text 239.8
	shows '^239.8.8.8 .*mcrecv'
	key Enter Space
	shows 'eth0: 239.8.8.8 left'
	hides ' PAUSED'
	# the mouse: a tab, a title, a row, twice (X10 reports: button, column, line from 33)
	click 2 1
	shows '^INTERFACE▴'
	click 16 2
	shows '^INTERFACE .*STATE▾|^INTERFACE .*STATE▴'
	click 1 3
	click 1 3
	shows ' 2 Groups .* on '
	# help, and the end
	key '?'
	shows '^Space +pause'
	key Escape
	hides '^Space +pause'
	key q
	shows '^ended with 0'
	shows '^icanon echo'
}

tests_validate() {
	"$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mctop.json" \
		interface membership process summary <"$1"
}

@test "mctop: from tiny to huge, in ASCII and without colour" {
	lab_pair
	recv m h2 239.7.0.0+120
	open 20x5 h2 mctop
	shows 'too small: 20x5|too small$'
	tm resize-window -x 80 -y 24
	shows '^INTERFACE'
	shows '^Enter open'
	tm resize-window -x 300 -y 100
	key 2
	shows '^GROUP.*COLLIDES$'
	shows '^239.7.0.82 '
	tm resize-window -x 40 -y 8
	shows '^239.7.0'
	tm resize-window -x 30 -y 8
	shows 'too small'
	key q
	shows '^ended with 0'
	tm kill-server
	open 80x24 h2 NO_COLOR=1 mctop --ascii --group 239.255.255.255
	shows '^INTERFACE\^'
	shows '^-- Events ---'
	key 2
	shows 'no memberships'
	LC_ALL=C tm capture-pane -p -e >"$PANE"
	refute grep -qP '[^\x00-\x7f]|\x1b\[(3|4)[0-8]' "$PANE"
	key q
	shows '^ended with 0'
}

@test "mctop: 50,000 memberships scroll at once, in little memory, and idle for free" {
	local pid before
	lab_pair
	start m h2 mcrecv -j -i eth0 239.0.0.0+50000
	lab_wait_until '(($(lab_in h2 cat /proc/net/igmp | wc -l) > 50000))' 30
	open 120x40 h2 mctop --capture none
	shows '^eth0 +up +50001 '
	hides 'looking'
	key 2 End
	shows ' (5000[0-9])/\1 '
	key Home /
	text 0.194.7
	shows '^239.0.194.7 '
	key Escape f
	text .99.
	shows ' 1/256 '
	key Escape Home
	shows ' 1/5000[0-9] '
	pid=$(top_pid)
	before=$(cut -d' ' -f1 "/proc/$pid/schedstat")
	# The clock of the head is the screen's own sign that three refreshes went by.
	for _ in 1 2 3; do
		local clock
		clock=$(screen | head -n 1 | grep -oE '[0-9:]+$')
		hides "$clock\$"
	done
	echo "# $((($(cut -d' ' -f1 "/proc/$pid/schedstat") - before) / 1000)) us of CPU in 3 s, $(
		grep VmHWM "/proc/$pid/status" | tr -s '\t ' ' ')" >&3
	if ! ldd "$MCTOOLS_BIN/mctop" | grep -q asan; then
		(($(awk '/VmHWM/ { print $2 }' "/proc/$pid/status") < 102400))
	fi
	key q
	shows '^ended with 0'
}

@test "mctop: the terminal is as it was after a signal or a crash, and after Ctrl-Z" {
	local signal status
	lab_pair
	for signal in TERM:0 HUP:0 SEGV:139 ABRT:134; do
		open 80x24 h2 mctop
		shows '^INTERFACE'
		assert_equal "$(tm display -p '#{alternate_on}')" 1
		kill "-${signal%:*}" "$(top_pid)"
		status=${signal#*:}
		shows "^ended with $status"
		shows '^icanon echo'
		assert_equal "$(tm display -p '#{alternate_on}#{cursor_flag}#{mouse_any_flag}')" 010
		tm kill-server
	done
	((++TERMINALS))
	tm new-session -d -x 80 -y 24 "ip netns exec h2 env PS1='\\\$ ' bash --norc -i 3>&-"
	shows '^[#$]'
	text mctop
	key Enter
	shows '^INTERFACE'
	key C-z
	shows 'Stopped'
	text 'stty -a | grep -oE "[-]?(icanon|echo) " | xargs'
	key Enter
	shows '^icanon echo'
	text fg
	key Enter
	shows '^INTERFACE'
	kill -STOP "$(top_pid)"
	kill -CONT "$(top_pid)"
	tm resize-window -x 100 -y 30
	shows '^INTERFACE.*QUERIER.*'
	key q
	shows '^[#$]'
}

@test "mctop: what is selected may vanish" {
	lab_pair
	recv m h2 "$GROUP4"
	open 80x24 h2 mctop -i eth0
	shows '^eth0 +up '
	key Enter
	shows "^$GROUP4 "
	key End Up Up Up Home Down Enter
	shows '^One group of this host'
	shows "^Group +$GROUP4"
	ip -n h1 link del eth0
	shows 'this host has left it, or its interface is gone'
	key Escape Escape
	shows 'no interfaces'
	key Enter q
	shows '^ended with 0'
}
