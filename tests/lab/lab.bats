#!/usr/bin/env bats
# lab.bats - the lab itself does what its README says

# bats file_tags=lab

source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	source "$BATS_TEST_DIRNAME/lab.bash"
	lab_enter
	probe=$LAB_HELPERS/lab-probe
}

teardown() {
	lab_down
}

# join HOST GROUP...: returns when the kernel of HOST has joined all of them.
join() {
	local host=$1
	shift
	lab_bg "$host" "$probe" join eth0 "$@" >"$BATS_TEST_TMPDIR/join.$host"
	lab_wait_until "grep -q joined '$BATS_TEST_TMPDIR/join.$host'"
}

# send HOST GROUP COUNT [TTL]
send() {
	lab_in "$1" "$probe" send eth0 "$2" 5000 "$3" ${4:+"$4"}
}

# watch HOST: counts UDP datagrams that reach HOST, see arrived.
watch() {
	lab_capture "$1" eth0 "$BATS_TEST_TMPDIR/$1.pcap" "udp port 5000"
}

# arrived HOST N [HOST N]: exactly N of them, and no more once a last one,
# flooded to everybody, has come in behind them.
arrived() {
	local file
	send h1 224.0.0.251 1
	while (($#)); do
		file=$BATS_TEST_TMPDIR/$1.pcap
		lab_wait_until "((\$(lab_captured '$file') >= $2 + 1))"
		assert_equal "$(lab_captured "$file")" "$(($2 + 1))"
		shift 2
	done
}

@test "pair: hosts reach each other over IPv4 and IPv6" {
	lab_pair
	lab_in h1 ping -qc 1 -W 2 10.0.0.2
	lab_in h1 ping -qc 1 -W 2 fd00::2
	lab_in h2 ping -qc 1 -W 2 fe80::1%eth0
}

@test "switch: a join of the kernel becomes an entry of the group table" {
	lab_switch 3
	join h2 239.1.1.1 ff15::1 10.0.0.1@232.1.1.1 fd00::1@ff35::1
	lab_wait_member h2 239.1.1.1
	lab_wait_member h2 ff35::1
	lab_wait_mdb 239.1.1.1 p2
	lab_wait_mdb ff15::1 p2
	lab_wait_mdb 232.1.1.1 p2 10.0.0.1
	lab_wait_mdb ff35::1 p2 fd00::1
	run lab_in_mdb 239.1.1.1 p3
	assert_failure
}

@test "switch: a member receives, a host that joined nothing does not" {
	lab_switch 3
	join h2 239.1.1.1
	lab_wait_mdb 239.1.1.1 p2
	watch h2
	watch h3
	send h1 239.1.1.1 50
	arrived h2 50 h3 0
}

@test "switch: without a querier it floods" {
	lab_switch 3 querier=0
	watch h3
	send h1 239.1.1.1 50
	arrived h3 50
}

@test "switch: pruning is waited for when the querier starts late" {
	lab_switch 3 querier=0 qri_ms=500
	lab_querier on
	lab_wait_pruning
	watch h3
	send h1 239.1.1.1 50
	send h1 ff15::1 50
	arrived h3 0
}

@test "switch: waiting for pruning that cannot come fails" {
	lab_switch 2 querier=0
	LAB_TIMEOUT=1 run lab_wait_pruning
	assert_failure
	assert_output --partial "gave up after 1 s"
}

@test "faulty: exactly N packets are lost, then none" {
	lab_faulty 3
	join h2 239.1.1.1
	lab_wait_mdb 239.1.1.1 p2
	watch h2
	lab_drop_packets p2 7
	send h1 239.1.1.1 100
	arrived h2 93
	assert_equal "$(lab_dropped p2)" 7
	assert_equal "$(lab_dropped p3)" 0
}

@test "faulty: random loss loses some, and counts what it lost" {
	lab_faulty 2
	join h2 ff15::1
	lab_wait_mdb ff15::1 p2
	lab_drop_random p2 50
	send h1 ff15::1 1000
	local lost
	lost=$(lab_dropped p2)
	((lost > 350 && lost < 650)) || fail "$lost of 1000 lost"
	lab_drop_nothing
	watch h2
	send h1 ff15::1 100
	arrived h2 100
}

@test "router: forwards along static routes, any source and one source" {
	lab_router 1 2
	lab_mroute "eth0>eth1" 239.1.1.1 10.0.1.1@232.1.1.1 ff15::1 fd00:1::1@ff35::1
	lab_capture b2 eth0 "$BATS_TEST_TMPDIR/b2.pcap" "udp port 5000"
	send a1 239.9.9.9 10 8
	send a1 239.1.1.1 10 8
	send a1 232.1.1.1 10 8
	send a1 ff15::1 10 8
	send a1 ff35::1 10 8
	send a1 239.1.1.1 1 1
	send b1 224.0.0.251 1
	lab_wait_until "((\$(lab_captured '$BATS_TEST_TMPDIR/b2.pcap') >= 41))"
	assert_equal "$(lab_captured "$BATS_TEST_TMPDIR/b2.pcap")" 41
	lab_in a1 ping -qc 1 -W 2 10.0.2.1
	lab_in a1 ping -qc 1 -W 2 fd00:2::2
}

@test "SIGINT reaches background commands" {
	lab_pair
	lab_bg h1 bash -c 'trap "exit 42" INT; echo ready; while :; do sleep 0.02; done' \
		>"$BATS_TEST_TMPDIR/out"
	lab_wait_until "grep -q ready '$BATS_TEST_TMPDIR/out'"
	kill -INT "$LAB_PID"
	local status=0
	wait "$LAB_PID" || status=$?
	assert_equal "$status" 42
}

@test "lab_down ends what it started and removes every namespace" {
	lab_switch 2
	join h2 239.1.1.1
	local pid=$LAB_PID
	sleep 100 3>&- &
	local mine=$!
	assert_equal "$(ip netns list | wc -l)" 3
	lab_down
	assert_equal "$(ip netns list | wc -l)" 0
	run kill -0 "$pid"
	assert_failure
	kill "$mine"
}

@test "labs follow one another" {
	lab_pair
	lab_down
	lab_switch 2
	lab_down
	lab_pair
	lab_in h1 ping -qc 1 -W 2 10.0.0.2
}

@test "a wait that fails says what it waited for" {
	run lab_wait_until "false # snow" 0.1
	assert_failure
	assert_output "lab: gave up after 0.1 s waiting for: false # snow"
}

@test "an unknown option is refused" {
	run lab_switch 2 qurier=0
	assert_failure
	assert_output --partial "no such option: qurier=0"
}
