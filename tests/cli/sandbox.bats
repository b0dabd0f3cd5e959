#!/usr/bin/env bats
# sandbox.bats - what programs may do once their descriptors are open, and no more
#
# The programs of build/sandbox have a hook that tries things at that moment; each
# kills them, unless it is what they are meant to do.

setup_file() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	open_net
}

teardown_file() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	close_net
}

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
	source "$BATS_TEST_DIRNAME/../lab/lab.bash" # for lab_wait_until
	capture=$BATS_TEST_DIRNAME/../golden/captures/host_v3.pcap
	# A dozen copies of a program with its buffers take a while.
	export LIMIT=90
	hooked=$MCTOOLS_BUILD/sandbox/bin
	PID=
}

teardown() {
	if [[ -n $PID ]]; then kill -KILL "$PID"; fi
}

# hook TRY PROGRAM ARG...: does TRY go through?  1: the program was killed for it.
hook() {
	local try=$1 program=$2 status=0
	shift 2
	inside env SANDBOX_TRY="$try" "$hooked/$program" "$@" >"$T/out" 2>"$T/err" || status=$?
	! grep -q "^sandbox hook: $try went through$" "$T/err" || return 0
	((status == 159)) && return 1
	echo "$try: status $status of $program $*: $(cat "$T/err")"
	return 2
}

# Under sanitizers and for coverage the sandbox refuses execve alone.
not_loose() {
	inside env SANDBOX_TRY=loose "$hooked/mcsend" -qi up0 -c 1 239.1.1.1 2>"$T/err"
	grep -q "loose went through" "$T/err" || return 0
	skip "this build's runtime does what the sandbox would refuse"
}

# only "TRY..." PROGRAM ARG...: of all that can be tried, that goes through; the rest kills.
only() {
	local want=$1 program=$2 got
	shift 2
	# Its own processes are all that it sees, however many the machine has.
	inside env SANDBOX_TRY=all unshare --pid --fork --mount-proc "$hooked/$program" "$@" \
		>"$T/out" 2>"$T/err" || fail "$program $*: $(cat "$T/err")"
	got=$(sed -n 's/^sandbox hook: \([a-z]*\) went through$/\1/p' "$T/err" | xargs)
	assert_equal "$program $* may: $got" "$program $* may: $want"
	run -1 grep "^sandbox hook: .*status" "$T/err"
}

send=(mcsend -qqi up0 -c 1 239.1.1.1)
recv=(mcrecv -qqi up0 -d 50ms --expect-none 239.1.1.1)
serve=(mcquery -qi up0 --serve -d 50ms)
hosts=(mchost -qi up0 -d 50ms --die 239.1.1.1)

# bats test_tags=sealed
@test "sandbox: nothing of what it should not do can mcsend do" {
	not_loose
	only "" "${send[@]}"
	only "" mcsend -qi up0 --payload "file:$capture" 239.1.1.1
}

# bats test_tags=sealed
@test "sandbox: nor can mcrecv, whatever it writes and forces" {
	not_loose
	only "" "${recv[@]}"
	only "" mcrecv -qqi up0 --leave-after 20ms --leave-wait 20ms -w "$T/w" -o "$T/o" 239.1.1.1
	only "" mcrecv -qqr "$capture"
}

# bats test_tags=sealed
@test "sandbox: igmpdump writes only to rotate" {
	not_loose
	only "" igmpdump -qr "$capture"
	only "" igmpdump -q -r "$capture" -w "$T/all.pcap"
	only "" igmpdump -q -r "$capture" --exec true --filter issue=query-from-unspecified
	only "" igmpdump -qi up0 -B 64k -d 50ms
	only "read" igmpdump -qi up0 -B 64k -pd 50ms
	only "read write truncate remove" igmpdump -qr "$capture" -w "$T/r.pcap" --rotate-count 5
}

# bats test_tags=sealed
@test "sandbox: mcquery reads /proc to ask, and writes metrics" {
	not_loose
	only "" "${serve[@]}"
	only "read" mcquery -qi up0 -M 200ms 239.1.1.1
	only "read write truncate remove" "${serve[@]}" --metrics "$T/metrics"
	only "read write truncate remove" "${serve[@]}" --dump "$T/dump"
}

# bats test_tags=sealed
@test "sandbox: nothing can mchost do, neither as hosts nor with single packets" {
	not_loose
	only "" "${hosts[@]}"
	only "" mchost -qi up0 --craft 'v3-query'
}

# bats test_tags=sealed
@test "sandbox: mctop goes on reading, and captures namespaces to come" {
	not_loose
	only "read" mctop --once
	only "read" mctop -j --netns /proc/self/ns/net
	only "read capture" mctop -j --all-netns
	only "read" mctop -j --all-netns --capture none
}

@test "sandbox: every program dies of execve, however it was built" {
	local program
	for program in send recv serve hosts; do
		local -n command=$program
		run -1 hook exec "${command[@]}"
	done
	run -1 hook exec igmpdump -qr "$capture"
	run -1 hook exec mctop --once
}

# bats test_tags=sealed
@test "sandbox: --no-sandbox allows all that the kernel does" {
	not_loose
	local all="read write truncate remove exec fork connect capture code trace kill"
	only "$all" mcsend --no-sandbox "${send[@]:1}"
	only "$all" mcrecv --no-sandbox "${recv[@]:1}"
	only "$all" igmpdump --no-sandbox -qr "$capture"
	only "$all" mcquery --no-sandbox "${serve[@]:1}"
	only "$all" mchost --no-sandbox "${hosts[@]:1}"
	only "$all" mctop --no-sandbox --once
}

@test "sandbox: a kernel without seccomp is no failure, and told with -v" {
	local without=$MCTOOLS_BUILD/sandbox/without-seccomp
	run -0 inside "$without" "${send[@]}"
	assert_output ""
	run -0 inside "$without" mcsend -v -i up0 -c 1 239.1.1.1
	assert_line "mcsend: the kernel has no seccomp: every system call stays allowed"
	run -0 inside mcsend -v -i up0 -c 1 239.1.1.1
	refute_output --partial seccomp
}

# background COMMAND...: its pid is in PID once it is confined.
background() {
	"$@" >"$T/out" 2>"$T/err" 3>&- &
	PID=$!
	lab_wait_until "grep -q 'NoNewPrivs:.1' /proc/$PID/status &&
		grep -q 'Seccomp:.2' /proc/$PID/status" 60
}

# of KEY: its value in the status of PID.
of() {
	awk -v key="$1:" '$1 == key { $1 = ""; print substr($0, 2) }' "/proc/$PID/status"
}

@test "sandbox: no capability is left" {
	background mcrecv -qi lo -d 20 239.1.1.1
	assert_equal "$(of CapPrm) $(of CapEff) $(of CapInh)" \
		"0000000000000000 0000000000000000 0000000000000000"
}

@test "sandbox: root becomes somebody else with --user, with that one's groups" {
	((EUID == 0)) || skip "needs root"
	getent passwd nobody >/dev/null || skip "no user nobody"
	local uid gid groups
	uid=$(id -u nobody) gid=$(id -g nobody) groups=$(id -G nobody)
	background mcrecv -qi lo -d 20 --user nobody 239.1.1.1
	assert_equal "$(of Uid)" "$uid $uid $uid $uid"
	assert_equal "$(of Gid)" "$gid $gid $gid $gid"
	assert_equal "$(of Groups | xargs)" "$groups"
	assert_equal "$(of CapEff)" 0000000000000000
	kill -KILL "$PID"
	background mcrecv -qi lo -d 20 --user "$uid" 239.1.1.1
	assert_equal "$(of Uid)" "$uid $uid $uid $uid"
}

@test "sandbox: mctop keeps the right to look at processes, and no other" {
	((EUID == 0)) || skip "needs root"
	# CAP_DAC_READ_SEARCH is 2, CAP_NET_RAW 13, CAP_SYS_PTRACE 19, CAP_SYS_ADMIN 21.
	background mctop -j --interval 1s --capture none --user nobody
	assert_equal "$(of CapEff) $(of Uid)" "0000000000080004 65534 65534 65534 65534"
	kill -KILL "$PID"
	background mctop -j --interval 1s --capture none --all-netns
	assert_equal "$(of CapEff)" 0000000000280004
}

@test "sandbox: a user who is not there, or whom we cannot become" {
	local program
	for program in mcsend mcrecv mcquery mchost igmpdump mctop; do
		refused 2 "^$program: --user: there is no user 'nosuch' here$" $program --user nosuch
	done
	refused 2 "there is no user '4294967295' here$" mcsend --user 4294967295 -i up0 239.1.1.1
	# In the network of these tests there is one user, root.
	refused 3 "^mcsend: --user: cannot become nobody: .*; only root can$" \
		mcsend -qqi up0 --user nobody -c 1 239.1.1.1
	attempt 0 mcsend -qqi up0 --user root -c 1 239.1.1.1
}

@test "sandbox: systemd finds no fault with the unit of mcquery, and little exposure" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	sed "s|@BINDIR@|$MCTOOLS_BIN|" "$BATS_TEST_DIRNAME/../../systemd/mcquery@.service.in" \
		>"$T/mcquery@.service"
	chmod 644 "$T/mcquery@.service"
	run -0 systemd-analyze verify --man=no "$T/mcquery@.service"
	assert_output ""
	# In tenths: 1.7.
	systemd-analyze security --offline=true --threshold=17 "$T/mcquery@.service" >"$T/out"
}
