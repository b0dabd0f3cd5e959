#!/usr/bin/env bats
# mcrecv.bats - what arrives is what mcrecv says: counts, losses, paths, times
# shellcheck disable=SC2086,SC2154 # the groups of helpers.bash are one word each

setup() {
	source "$BATS_TEST_DIRNAME/helpers.bash"
}

teardown() {
	lab_down
}

# lose_every PORT N: drops each Nth UDP packet towards PORT, not the first.
lose_every() {
	lab_in sw nft add rule bridge lab out oifname "$1" meta l4proto udp \
		numgen inc mod "$2" "$(($2 / 2))" counter drop
}

## counting

@test "counts packets and bytes exactly, IPv4 and IPv6, any source and one source" {
	lab_switch 2
	recv r h2 -c 4000 $GROUP4 10.0.0.1@$SSM4 $GROUP6 fd00::1@$SSM6
	members h2 $SSM6
	members h2 $SSM4
	members h2 $GROUP4
	members h2 $GROUP6
	send h1 --each -c 1000 -r 20k/s -s 100 $GROUP4 $SSM4 $GROUP6 $SSM6
	finish r
	check r '[.streams[] | [.group, .packets, .bytes, .lost, .duplicates, .reordered]] | sort | tojson' \
		'[["232.1.1.1",1000,100000,0,0,0],["239.1.1.1",1000,100000,0,0,0],["ff15::4d:1",1000,100000,0,0,0],["ff35::8000:1",1000,100000,0,0,0]]'
	check r '[.packets, .lost, .dropped_here, .groups, .groups_heard, .ok] | tojson' \
		'[4000,0,0,4,4,true]'
}

@test "sizes of a sweep, smallest and largest, are seen in both families" {
	lab_pair
	recv r h2 -c 200 $GROUP4 $GROUP6
	send h1 --each -c 100 -r 2k/s -s 64..1400/167 $GROUP4 $GROUP6
	finish r
	check r '[.streams[] | [.size_min_bytes, .size_max_bytes]] | tojson' '[[64,1400],[64,1400]]'
}

@test "datagrams larger than the MTU arrive whole" {
	lab_pair
	recv r h2 -c 20 $GROUP4 $GROUP6
	send h1 --each -c 10 -r 500/s -s 9000 --crc $GROUP4 $GROUP6
	finish r
	check r '[.streams[] | [.packets, .size_min_bytes, .bad_crc]] | tojson' '[[10,9000,0],[10,9000,0]]'
}

@test "an empty datagram is a packet of 0 bytes" {
	lab_pair
	recv r h2 -c 3 $GROUP4
	send h1 -c 3 -r 500/s --payload text: $GROUP4
	finish r
	check r '[.streams[] | [.packets, .bytes, .kind]] | tojson' '[[3,0,"foreign"]]'
}

## loss

@test "100 packets lost in a row are reported as exactly 100, in one outage" {
	lab_faulty 2
	for group in $GROUP4 $GROUP6; do
		recv r h2 -c 900 --interval 50ms $group
		members h2 $group
		start s h1 mcsend -q -q -i eth0 -r 2k/s -c 1000 $group
		heard r 100
		lab_drop_packets p2 100
		finish r
		finish s
		assert_equal "$(lab_dropped p2)" 100
		check r '[.streams[] | [.packets, .lost, .outages, .duplicates]] | tojson' '[[900,100,1,0]]'
		holds r '.streams[0].outage_ns > 49000000'
		check r '[.lost_network, .dropped_here] | tojson' '[100,0]'
		lab_drop_nothing
	done
}

@test "100 of 1000 packets lost one by one are reported as exactly 100, in 100 outages" {
	lab_faulty 2
	for group in $GROUP4 $GROUP6; do
		recv r h2 -c 900 $group
		members h2 $group
		lose_every p2 10
		send h1 -r 5k/s -c 1000 $group
		finish r
		assert_equal "$(lab_dropped p2)" 100
		check r '[.streams[] | [.packets, .lost, .outages]] | tojson' '[[900,100,100]]'
		lab_drop_nothing
	done
}

@test "loss of one group is not blamed on another" {
	lab_faulty 2
	recv r h2 -c 950 239.1.1.1 239.1.1.2
	members h2 239.1.1.1
	members h2 239.1.1.2
	lab_in sw nft add rule bridge lab out oifname p2 ip daddr 239.1.1.2 \
		numgen inc mod 10 5 counter drop
	send h1 --each -r 5k/s -c 500 239.1.1.1 239.1.1.2
	finish r
	check r '[.streams[] | [.group, .packets, .lost]] | sort | tojson' \
		'[["239.1.1.1",500,0],["239.1.1.2",450,50]]'
}

@test "a sender that is started again, with a new source port, is no loss" {
	lab_pair
	for group in $GROUP4 $GROUP6; do
		recv r h2 -c 150 $group
		send h1 -r 1k/s -c 100 --source-port 6001 $group
		send h1 -r 1k/s -c 50 --source-port 6002 $group
		finish r
		check r '[.streams[] | [.packets, .lost, .duplicates, .restarts]] | tojson' '[[150,0,0,1]]'
	done
}

@test "a sender that is started again, with the same source port, is no loss" {
	lab_pair
	for group in $GROUP4 $GROUP6; do
		recv r h2 -c 150 $group
		send h1 -r 1k/s -c 100 --source-port 6001 $group
		send h1 -r 1k/s -c 50 --source-port 6001 $group
		finish r
		check r '[.streams[] | [.packets, .lost, .duplicates, .restarts]] | tojson' '[[150,0,0,1]]'
	done
}

# The rate is low enough for the receiver to be back in time for the last packets:
# after one that is dropped at the very end nothing comes that would tell of it.
@test "what this host drops itself is told apart, and is the whole loss" {
	lab_pair
	for group in $GROUP4 $GROUP6; do
		recv r h2 --no-gro --rcvbuf 64k --interval 50ms $group
		start s h1 mcsend -q -q -i eth0 --no-gso -r 1k/s -c 2500 $group
		heard r 200
		kill -STOP "${PIDS[r]}"
		lab_wait_until "((\$(udp_drops h2) > 500))"
		kill -CONT "${PIDS[r]}"
		finish s
		heard r $((2500 - $(udp_drops h2)))
		local dropped
		dropped=$(udp_drops h2)
		stop r
		check r '[.dropped_here, .lost, .packets, .lost_network] | tojson' \
			"[$dropped,$dropped,$((2500 - dropped)),0]"
	done
}

## many groups, several interfaces

# entries: groups that the bridge has learnt on h2's port.
entries() {
	bridge -n sw mdb show dev br0 | grep -c "port p2"
}

@test "5,000 groups in one mcrecv all receive, through the switch, IPv4 and IPv6" {
	lab_switch 2
	ip -n sw link set br0 type bridge mcast_hash_max 16384
	for group in 239.1.0.0 ff15::4d:0; do
		recv r h2 --expect-all --timeout 15 -c 5000 $group+5000
		lab_wait_until "((\$(entries) >= 5000))"
		send h1 -r 20k/s -c 5000 $group+5000
		finish r
		check r '[.groups, .groups_heard, .packets, .lost, (.streams | length), .ok] | tojson' \
			'[5000,5000,5000,0,5000,true]'
		holds r '([.streams[] | .group] | unique | length) == 5000'
		lab_wait_until "((\$(entries) < 100))"
	done
}

@test "several interfaces at once: sent on each, received on each, kept apart" {
	lab_pair
	second_link
	start r h2 mcrecv -j -i eth0 -i eth1 --expect-all -c 400 $GROUP4 $GROUP6
	lab_wait_until "joined '$T/r.out'"
	lab_in h1 mcsend -qq -i eth0 -i eth1 --each -r 1k/s -c 100 $GROUP4 $GROUP6
	finish r
	check r '[.streams[] | [.group, .interface, .source, .packets, .lost]] | sort | tojson' \
		'[["239.1.1.1","eth0","10.0.0.1",100,0],["239.1.1.1","eth1","10.1.0.1",100,0],["ff15::4d:1","eth0","fd00::1",100,0],["ff15::4d:1","eth1","fd01::1",100,0]]'
}

@test "a group joined on one interface is not received on another" {
	lab_pair
	second_link
	recv r h2 -c 10 $GROUP4
	start other h2 mcrecv -j -i eth1 --expect-all -c 20 239.1.1.2
	lab_wait_until "joined '$T/other.out'"
	# The kernel has both groups on some interface; only eth0 was asked for here.
	lab_in h1 mcsend -qq -i eth1 -r 1k/s -c 20 $GROUP4
	lab_in h1 mcsend -qq -i eth1 -r 1k/s -c 20 239.1.1.2
	finish other
	send h1 -r 1k/s -c 10 $GROUP4
	finish r
	check r '[.streams[] | [.group, .interface, .packets]] | tojson' '[["239.1.1.1","eth0",10]]'
	check other '[.streams[] | [.group, .interface, .packets]] | tojson' '[["239.1.1.2","eth1",20]]'
}

## sources

@test "SSM receivers do not see the other source, on a switch or on a hub" {
	local snooping
	for snooping in 1 0; do
		lab_switch 3 snooping=$snooping
		recv r h3 -c 200 10.0.0.1@$SSM4 fd00::1@$SSM6
		# On a hub the other source's frames do arrive at h3.
		capture c h3 "udp and ether src 02:00:00:00:00:02"
		((!snooping)) || members h3 $SSM4
		((!snooping)) || members h3 $SSM6
		send h2 --each -r 1k/s -c 100 $SSM4 $SSM6
		((snooping)) || frames c 200
		send h1 --each -r 1k/s -c 100 $SSM4 $SSM6
		finish r
		check r '[.streams[] | [.group, .source, .packets]] | sort | tojson' \
			'[["232.1.1.1","10.0.0.1",100],["ff35::8000:1","fd00::1",100]]'
		((!snooping)) || assert_equal "$(lab_captured "$T/c.pcap")" 0
		lab_down
	done
}

@test "EXCLUDE receivers hear all but the excluded source" {
	lab_switch 4 snooping=0
	recv r h4 -c 400 "!10.0.0.2@$GROUP4" "!fd00::2@$GROUP6"
	local n
	for n in 2 1 3; do send h$n --each -r 1k/s -c 100 $GROUP4 $GROUP6; done
	finish r
	check r '[.streams[] | [.source, .packets]] | sort | tojson' \
		'[["10.0.0.1",100],["10.0.0.3",100],["fd00::1",100],["fd00::3",100]]'
}

@test "the same groups twice in one host: two receivers, each with its own filter" {
	lab_switch 3 snooping=0
	recv one h3 -c 100 10.0.0.1@$SSM4
	recv two h3 -c 100 10.0.0.2@$SSM4
	send h1 -r 1k/s -c 100 $SSM4
	send h2 -r 1k/s -c 100 $SSM4
	finish one
	finish two
	check one '[.streams[] | [.source, .packets]] | tojson' '[["10.0.0.1",100]]'
	check two '[.streams[] | [.source, .packets]] | tojson' '[["10.0.0.2",100]]'
}

## the path

@test "one router: one hop, TTL lowered by one; TTL 1 does not cross" {
	lab_router
	lab_mroute "eth0>eth1" $GROUP4 $GROUP6
	recv far b1 -c 20 $GROUP4 $GROUP6
	recv near a1 -c 2 --timeout 5 $GROUP4 $GROUP6
	lab_in a1 mcsend -qq -i eth0 -c 2 -r 100/s -t 1 $GROUP4 $GROUP6
	finish near
	lab_in a1 mcsend -qq -i eth0 --each -c 10 -r 1k/s -t 8 $GROUP4 $GROUP6
	finish far
	check far '[.streams[] | [.group, .packets, .hops, .ttl_min, .ttl_max]] | sort | tojson' \
		'[["239.1.1.1",10,1,7,7],["ff15::4d:1",10,1,7,7]]'
	check near '[.streams[] | [.packets, .hops, .ttl_min]] | tojson' '[[1,0,1],[1,0,1]]'
}

@test "DSCP is seen, and seen to be remarked on the way" {
	lab_faulty 2
	recv r h2 -c 20 $GROUP4 $GROUP6
	members h2 $GROUP4
	members h2 $GROUP6
	send h1 --each -c 10 -r 1k/s --dscp ef $GROUP4 $GROUP6
	finish r
	check r '[.streams[] | [.dscp, .dscp_sent, .dscp_remarked]] | tojson' '[[46,46,0],[46,46,0]]'
	lab_in h2 nft -f - <<-RULES
		table inet remark {
			chain in {
				type filter hook prerouting priority -300;
				ip daddr $GROUP4 ip dscp set cs1
				ip6 daddr $GROUP6 ip6 dscp set cs1
			}
		}
	RULES
	start t h2 mcrecv -i eth0 -c 20 $GROUP4 $GROUP6
	recv r h2 -c 20 $GROUP4 $GROUP6
	lab_wait_until "[[ \$(grep -c ^joined '$T/t.out') == 2 ]]"
	send h1 --each -c 10 -r 1k/s --dscp ef $GROUP4 $GROUP6
	finish r
	finish t
	check r '[.streams[] | [.dscp, .dscp_sent, .dscp_remarked]] | tojson' '[[8,46,10],[8,46,10]]'
	assert_equal "$(grep -c 'DSCP 46 (ef) remarked to 8 (cs1) on the way' "$T/t.out")" 2
}

## times

@test "join latency is the time from the join to the first packet" {
	lab_switch 2
	start s h1 mcsend -q -q -i eth0 --each -r 200/s $GROUP4 $GROUP6
	recv r h2 -c 100 --expect-all $GROUP4 $GROUP6
	finish r
	stop s 0
	holds r '[.streams[] | .join_latency_ns | . > 0 and . < 1e9] | all and length == 2'
	holds r '[.streams[] | .delay_ns | .min >= 0 and .p50 >= .min and .max >= .p99] | all'
	holds r '[.streams[] | .delay_ns.max < 1e9 and .jitter_ns > 0] | all'
}

# leaving [OPTION...]: in $T/r.out what mcrecv says of leaving two groups.
leaving() {
	lab_switch 3 "$@"
	start s h1 mcsend -q -q -i eth0 --each -r 200/s $GROUP4 $GROUP6
	recv r h2 --leave-after 300ms $GROUP4 $GROUP6
	finish r
	stop s
	check r '[.silent_after_leave, (.streams | length)] | tojson' '[true,2]'
}

@test "leave latency is about two last member query intervals on a switch that asks" {
	leaving lmqi_ms=300
	holds r '[.streams[].leave_latency_ns | . > 4e8 and . < 9e8] | all'
}

@test "leave latency is less than one last member query interval on a port with fast leave" {
	leaving lmqi_ms=300 fastleave=on
	holds r '[.streams[].leave_latency_ns | . == null or . < 3e8] | all'
}

@test "traffic that does not stop after the leave is said to go on" {
	lab_switch 2 snooping=0
	start s h1 mcsend -q -q -i eth0 -r 200/s $GROUP4
	recv r h2 --leave-after 100ms --leave-wait 1s $GROUP4
	finish r
	check r '.silent_after_leave' false
	holds r '.streams[0].leave_latency_ns > 9e8'
	start t h2 mcrecv -i eth0 --leave-after 100ms --leave-wait 500ms $GROUP4
	finish t
	grep -q 'still flowing .* after the leave' "$T/t.out"
	stop s
}
