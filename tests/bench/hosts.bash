# shellcheck shell=bash
# hosts.bash - what a population of hosts costs, and what a query makes it send
#
# In virtual time and without packets.  The load is the same in each round: the
# table of the last one is printed below the rows.

HOSTS_MANY=1000000
if [[ ${QUICK-} == 1 ]]; then
	HOSTS_MANY=100000
fi

# hosts_field VERSION LINK FIELD: of the last simulation.
hosts_field() {
	awk -v v="$1" -v l="$2" -v f="$3" '$1 == v && $2 == l { print $f }' "$WORK/hosts"
}

hosts_round() {
	"$BENCH_BIN/sim_hosts" "$HOSTS_MANY" >"$WORK/hosts" || return
	"$BENCH_BIN/sim_hosts" 100000 4096 10 >"$WORK/hosts.ten" || return
	local version link
	while read -r version link; do
		sample "hosts.$version.$link" "$(awk -v n="$HOSTS_MANY" -v s="$(hosts_field "$version" "$link" 10)" \
			'BEGIN { if (s > 0) printf "%.0f", n / s }')"
	done <<<$'IGMPv2 switch\nIGMPv3 shared\nMLDv2 shared'
	sample hosts.kib "$(awk '$1 == "IGMPv2" && $2 == "switch" { printf "%.0f", $8 * 1024 }' "$WORK/hosts.ten")"
	sample hosts.limit $((200 * 1024))
}

hosts_rows() {
	row "answers of $HOSTS_MANY hosts, IGMPv2" pps hosts.IGMPv2.switch hosts.IGMPv3.shared IGMPv3 '>=' -
	row "answers of $HOSTS_MANY hosts, MLDv2" pps hosts.MLDv2.shared hosts.IGMPv3.shared IGMPv3 '>=' -
	row '100000 hosts in 10 groups each, memory' MiB hosts.kib hosts.limit limit '<=' 1
	sed 's/^/# /' "$WORK/hosts" "$WORK/hosts.ten"
}
