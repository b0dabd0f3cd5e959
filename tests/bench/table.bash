# shellcheck shell=bash
# table.bash - samples, medians, ratios, and the table of them
#
# A sample is a line of $SAMPLES/KEY.sample, one a round; `-` where it failed.

TABLE_BELOW=0
TABLE_UNMEASURED=0
TABLE_FORMAT='%-43s %14s  %-25s %-21s %-8s %s\n'

# cpu_jiffies: "BUSY ALL" of all CPUs since the start.
cpu_jiffies() {
	awk '$1 == "cpu" { for (i = 2; i <= 9; i++) all += $i; print all - $5 - $6, all }' /proc/stat
}

# other_work: the percentage of the CPUs that others use, over a second.
other_work() {
	local busy all busy2 all2
	read -r busy all <<<"$(cpu_jiffies)"
	sleep 1
	read -r busy2 all2 <<<"$(cpu_jiffies)"
	echo $(((busy2 - busy) * 100 / (all2 - all)))
}

table_machine() {
	printf '# %s, %s CPUs of type %s, Linux %s\n' "$(date -u +%F)" "$(nproc)" \
		"$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(uname -r)"
	printf '# net.core.rmem_max %s, %s rounds\n' "$(</proc/sys/net/core/rmem_max)" "$ROUNDS"
}

table_quiet() {
	local mid min max
	read -r mid min max < <(values others | stats)
	echo "# other work before each round: $mid % of the CPUs [$min..$max]"
}

# sample KEY VALUE
sample() {
	echo "${2:--}" >>"$SAMPLES/$1.sample"
}

# stats <VALUES: "MEDIAN MIN MAX", or nothing.
stats() {
	sort -g | awk '$1 != "-" { v[++n] = $1 }
		END { if (n) print (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2, v[1], v[n] }'
}

values() {
	cat "$SAMPLES/$1.sample" 2>/dev/null
}

# median KEY
median() {
	values "$1" | stats | cut -d' ' -f1
}

# ratios KEY OTHER: of each round, for the machine's speed drifts between them.
ratios() {
	paste -d' ' <(values "$1") <(values "$2") |
		awk '$1 != "-" && $2 != "-" && $2 > 0 { print $1 / $2 }' | stats
}

# best PREFIX NAME...: the name whose samples PREFIX.NAME have the highest median.
best() {
	local prefix=$1 name
	shift
	for name; do
		echo "$(median "$prefix.$name") $name"
	done | awk 'NF == 2 && $1 > max { max = $1; name = $2 } END { print name }'
}

# human VALUE UNIT
human() {
	awk -v v="$1" -v u="$2" 'BEGIN {
		if (v == "") printf "-"
		else if (u == "pps" && v >= 1e6) printf "%.2f M/s", v / 1e6
		else if (u == "pps" && v >= 1e3) printf "%.0f k/s", v / 1e3
		else if (u == "pps") printf "%.0f /s", v
		else if (u == "ms") printf "%.1f ms", v / 1e6
		else if (u == "MiB") printf "%.1f MiB", v / 1024
		else printf "%.0f %s", v, u }'
}

# row LABEL UNIT OURS OTHER OTHER_NAME OPERATOR TARGET: the ratio of two keys.
row() {
	local label=$1 unit=$2 ours=$3 other=$4 name=$5 operator=$6 target=$7 r
	r=$(ratios "$ours" "$other")
	row_of "$label" "$(human "$(median "$ours")" "$unit")" \
		"$name $(human "$(median "$other")" "$unit")" "$r" "$operator" "$target"
}

# row_of LABEL OURS AGAINST "MEDIAN MIN MAX" OPERATOR TARGET; target -: none
row_of() {
	local label=$1 ours=$2 against=$3 operator=$5 target=$6 mid min max verdict
	read -r mid min max <<<"$4"
	[[ $target == - ]] && operator=''
	if [[ -z $mid ]]; then
		[[ $target == - ]] || ((TABLE_UNMEASURED++))
		# shellcheck disable=SC2059 # the columns
		printf "$TABLE_FORMAT" "$label" "$ours" "$against" - "$operator ${target#-}" \
			"not measured"
		return
	fi
	verdict=$(awk -v v="$mid" -v o="$operator" -v t="$target" 'BEGIN {
		print (t == "-" ? "" : (o == ">=" ? v >= t : v <= t) ? "PASS" : "below") }')
	[[ $verdict == below ]] && ((TABLE_BELOW++))
	# shellcheck disable=SC2059
	printf "$TABLE_FORMAT" "$label" "$ours" "$against" \
		"$(printf '%.3g [%.3g..%.3g]' "$mid" "$min" "$max")" "$operator ${target#-}" "$verdict"
}

table_print() {
	local section
	# shellcheck disable=SC2059
	printf "$TABLE_FORMAT" what ours against 'ratio [min..max]' target ''
	for section in $ONLY; do
		"${section}_rows"
	done
	table_quiet
	echo "# $TABLE_BELOW below target, $TABLE_UNMEASURED targets not measured"
}
