#!/usr/bin/env bats
# ring.bats - mcrecv --ring: frames from a packet ring instead of datagrams from sockets
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

@test "a ring counts what a socket counts, of all kinds of memberships, and says that it is one" {
	lab_switch 2
	local join=(-c 600 "10.0.0.1@$SSM4" "fd00::1@$SSM6" "$GROUP4" "$GROUP6" 239.2.0.0+30:6000)
	ip -n h1 addr add 10.0.0.77/24 dev eth0
	recv ring h2 --ring "${join[@]}"
	recv sock h2 --no-gro "${join[@]}"
	lab_wait_mdb 239.2.0.29 p2
	send h1 -c 100 -r 2k/s --source 10.0.0.77 $SSM4
	send h1 -c 100 -r 2k/s --source 10.0.0.77 $GROUP4
	send h1 -c 500 -r 2k/s --dscp af41 -t 3 $SSM4 $SSM6 $GROUP4 $GROUP6 239.2.0.0:6000
	finish ring
	finish sock
	local same='[.streams[] | [.group, .port, .source, .source_port, .packets, .bytes, .lost,
		.ttl_min, .dscp, .hops, .kind]] | sort | tojson'
	check ring "$same" "$(fact sock "$same")"
	check ring '[.streams[] | [.group, .source, .packets, .lost, .ttl_min, .dscp]] | sort | tojson' \
		'[["232.1.1.1","10.0.0.1",100,0,3,34],["239.1.1.1","10.0.0.1",100,0,3,34],["239.1.1.1","10.0.0.77",100,0,1,0],["239.2.0.0","10.0.0.1",100,0,3,34],["ff15::4d:1","fd00::1",100,0,3,34],["ff35::8000:1","fd00::1",100,0,3,34]]'
	check ring '[.path, .receivers, .dropped_here, .fragmented, .damaged] | tojson' '["ring",2,0,0,0]'
	check sock .path socket
	assert_equal "$(jq -r 'select(.event == "joined") | .path' "$T/ring.out" | sort -u)" ring
	"$BATS_TEST_DIRNAME/../cli/validate" "$BATS_TEST_DIRNAME/../../schema/mcrecv.json" joined \
		first-packet summary <"$T/ring.out"
}

@test "the text names the ring, and what it did not receive" {
	lab_pair
	start r h2 mcrecv --ring -i eth0 -c 5 $GROUP4
	lab_wait_until "grep -q joined '$T/r.out'"
	send h1 -c 5 -r 1k/s -s 3000 $GROUP4
	send h1 -c 5 -r 1k/s $GROUP4
	finish r
	grep -q '^joined 239.1.1.1:5000 on eth0, IGMPv3, packet ring 32.0 MiB$' "$T/r.out"
	grep -q '^  this host dropped nothing (packet ring 32.0 MiB)$' "$T/r.out"
	grep -q '^  5 datagrams came in fragments, which a packet ring does not put together' "$T/r.out"
}

@test "100 packets lost on purpose are 100 lost, IPv4 and IPv6" {
	lab_faulty 2
	for group in $GROUP4 $GROUP6; do
		recv r h2 --ring -c 900 --interval 50ms $group
		members h2 $group
		start s h1 mcsend -q -q -i eth0 -r 2k/s -c 1000 $group
		heard r 100
		lab_drop_packets p2 100
		finish r
		finish s
		assert_equal "$(lab_dropped p2)" 100
		check r '[.packets, .lost, .lost_network, .dropped_here, (.streams[0].outages)] | tojson' \
			'[900,100,100,0,1]'
		lab_drop_nothing
	done
}

@test "what the ring had no room for is told apart, and is the whole loss" {
	lab_pair
	for group in $GROUP4 $GROUP6; do
		recv r h2 --ring --rcvbuf 4096 --interval 50ms $group
		start s h1 mcsend -q -q -i eth0 --no-gso -s 1000 -r 10k/s -c 8000 $group
		heard r 500
		kill -STOP "${PIDS[r]}"
		finish s
		kill -CONT "${PIDS[r]}"
		# Its four blocks hold less than a megabyte of the eight.
		lab_wait_until "jq -es 'last | .dropped_here > 4000' '$T/r.out'"
		stop r
		holds r '.dropped_here > 4000 and .lost_network == 0 and .packets > 500'
		holds r '.packets + .dropped_here == 8000 and .lost <= .dropped_here'
	done
}

@test "runs that nobody split are counted packet by packet" {
	lab_pair offload=1
	recv r h2 --ring -c 64000 $GROUP4 $GROUP6
	send h1 -r max -c 64000 $GROUP4 $GROUP6
	finish r
	check r '[.packets, .bytes, .lost, .dropped_here] | tojson' '[64000,4096000,0,0]'
	holds r '.merged > 0'
}

@test "a ring hears what the host's firewall drops, a socket does not" {
	lab_pair
	lab_in h2 nft -f - <<-RULES
		table inet filter {
			chain in {
				type filter hook input priority 0;
				udp dport 5000 counter drop
			}
		}
	RULES
	recv ring h2 --ring -c 200 $GROUP4 $GROUP6
	recv sock h2 $GROUP4 $GROUP6
	send h1 -c 200 -r 2k/s $GROUP4 $GROUP6
	finish ring
	stop sock 1
	assert_equal "$(lab_in h2 nft list ruleset | grep -o 'packets [0-9]*')" "packets 200"
}

@test "fragments and damaged packets are not received, but counted" {
	lab_pair
	recv r h2 --ring -c 12 $GROUP4 $GROUP6
	send h1 -c 20 -r 1k/s -s 3000 $GROUP4 $GROUP6
	send h1 -c 10 -r 1k/s $GROUP4 $GROUP6
	for group in $GROUP4 "[$GROUP6]"; do
		lab_in h1 mchost -i eth0 --checksum bad --craft "udp $group:5000 text=hello"
		lab_in h1 mchost -i eth0 --craft "udp $group:5000 text=hello"
	done
	finish r
	check r '[.packets, .foreign, .fragmented, .damaged, .not_asked] | tojson' '[12,2,20,2,0]'
}

@test "ports that were not joined stay away, also when there are many" {
	lab_pair
	local port few=() many=()
	for ((port = 6000; port < 6004; port++)); do few+=("$GROUP4:$port" "[$GROUP6]:$port"); done
	for ((port = 6000; port < 6210; port++)); do many+=("$GROUP4:$port" "[$GROUP6]:$port"); done
	recv few h2 --ring -c 80 "${few[@]}"
	recv many h2 --ring -c 80 "${many[@]}"
	send h1 -c 20 -r 1k/s $GROUP4:6209 [$GROUP6]:6209
	send h1 -c 10 -r 1k/s $GROUP4:5000 [$GROUP6]:5000
	send h1 --each -c 10 -r 1k/s "${few[@]}"
	finish few
	finish many
	check few '[.streams[] | .packets] | tojson' '[10,10,10,10,10,10,10,10]'
	check few '[.packets, .not_asked] | tojson' '[80,0]'
	# Beyond what a filter can list, all ports are taken and looked at.
	check many '[.packets, .not_asked] | tojson' '[80,10]'
	check many '[.streams[] | .port] | unique | tojson' '[6000,6001,6002,6003,6209]'
}

@test "an interface that goes down and comes back, and idle rings that cost nothing" {
	lab_pair
	recv r h2 --ring -c 20 --interval 50ms $GROUP4 239.1.1.2:6000
	send h1 -c 10 -r 1k/s --source-port 6001 $GROUP4
	heard r 10
	ip -n h2 link set eth0 down
	lab_wait_until "grep -q 'eth0: no link' '$T/r.err'"
	local before
	before=$(ticks)
	lab_wait_until "((\$(jq -s 'map(select(.event == \"interval\")) | length' '$T/r.out') >= 20))"
	# A socket that stays readable with its error would take all of a second.
	(($(ticks) - before < 30)) || fail "$(($(ticks) - before)) ticks while nothing came"
	ip -n h2 link set eth0 up
	lab_wait_until "_lab_ready h1"
	send h1 -c 10 -r 1k/s --source-port 6001 $GROUP4
	finish r
	check r '[.packets, .lost] | tojson' '[20,0]'
}

# ticks: the CPU time of r in hundredths of a second.
ticks() {
	awk '{ print $14 + $15 }' "/proc/${PIDS[r]}/stat"
}
