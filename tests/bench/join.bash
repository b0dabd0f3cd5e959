# shellcheck shell=bash
# join.bash - joining and leaving many groups, and the memory they take
#
# Each time in a fresh namespace: the kernel remembers groups that were left for
# some seconds, and joining them again is slower.  The namespaces stay to the
# end, for the kernel's work of removing one would slow down the next.

JOIN_FIRST=239.78.0.0
JOINER=0        # the namespace is joiner$JOINER

# join_lab COMMAND...: in a host of its own, where one socket may join them all.
join_lab() {
	local name=joiner$((++JOINER))
	lab_ns $name &&
		ip -n $name link add eth0 type veth peer name eth1 &&
		ip -n $name -batch - <<-BATCH &&
			addr add 10.0.9.1/24 dev eth0
			link set eth0 up
			link set eth1 up
		BATCH
		nsenter --net=/run/netns/$name sysctl -qw net.core.optmem_max=16777216 \
			net.ipv4.igmp_max_memberships="$GROUPS_MANY" &&
		lab_wait_until "_lab_ready $name" || return 1
	"$@"
}

# join_bare KEY [-k N]
join_bare() {
	local key=$1 join leave
	shift
	play "joiner$JOINER" "$WORK/joiner" "$BENCH_BIN/bare_join" "$@" $JOIN_FIRST "$GROUPS_MANY"
	play_wait "$PLAY_PID"
	read -r join leave <"$WORK/joiner"
	sample "join.$key" "$join"
	sample "leave.$key" "$leave"
}

# It says nothing before it has joined all; looking into the file takes a process,
# which would compute beside it.
joined_all() {
	[[ -s $WORK/joiner ]] && (($(wc -l <"$WORK/joiner") >= GROUPS_MANY))
}

# Leaving is timed from the signal to the end of the program.
join_mcrecv() {
	local pid begin end
	play "joiner$JOINER" "$WORK/joiner" "$MCTOOLS_BIN/mcrecv" -j -i eth0 "$JOIN_FIRST+$GROUPS_MANY:$PORT"
	pid=$PLAY_PID
	await joined_all 20 || warn "mcrecv: $(head -c 200 "$WORK/joiner.err")"
	sample rss.mcrecv "$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status")"
	begin=${EPOCHREALTIME/[.,]/}
	play_end "$pid" INT
	end=${EPOCHREALTIME/[.,]/}
	sample join.mcrecv "$(tail -n 1 "$WORK/joiner" | jq .join_time_ns)"
	sample leave.mcrecv "$(((end - begin) * 1000))"
}

join_round() {
	join_lab join_mcrecv
	join_lab join_bare one
	join_lab join_bare spread -k 20
}

join_rows() {
	row_of "mcrecv joins $GROUPS_MANY groups: times faster" "$(human "$(median join.mcrecv)" ms)" \
		"one socket $(human "$(median join.one)" ms)" \
		"$(ratios join.one join.mcrecv)" '>=' 9
	row_of "  against 20 groups a socket" "$(human "$(median join.mcrecv)" ms)" \
		"bare $(human "$(median join.spread)" ms)" "$(ratios join.spread join.mcrecv)" '>=' -
	row_of "mcrecv leaves them and ends" "$(human "$(median leave.mcrecv)" ms)" \
		"joining $(human "$(median join.mcrecv)" ms)" \
		"$(ratios join.mcrecv leave.mcrecv)" '>=' 1
	row_of "" "$(human "$(median leave.mcrecv)" ms)" "one socket $(human "$(median leave.one)" ms)" \
		"$(ratios leave.one leave.mcrecv)" '>=' -
	row_of "mcrecv with $GROUPS_MANY groups: memory in MiB" \
		"$(human "$(median rss.mcrecv)" MiB)" 'limit 64 MiB' \
		"$(values rss.mcrecv | awk '{ print $1 / 1024 }' | stats)" '<=' 64
}
