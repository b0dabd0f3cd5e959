#!/usr/bin/env bats
# mchost-golden.bats - what a run with a seed prints, in text and JSON
#
# UPDATE=1 writes tests/golden/mchost anew.

setup() {
	source "$BATS_TEST_DIRNAME/mchost.bash"
	GOLDEN=$BATS_TEST_DIRNAME/../golden/mchost
}

teardown() {
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

@test "population: a run with a seed, in text and JSON" {
	local run=(mchost -i eth0 --hosts 4 --per-host 2 --seed 7 --versions 'v2:50%,v3:50%,mldv2:100%'
		-d 1500ms --interval 10s 239.1.0.0/29)
	lab_pair
	start text h1 "${run[@]}"
	finish text
	start json h1 "${run[@]}" -j
	finish json
	sed -E 's/ in [0-9.]+ s:/ in TIME:/' "$T/text.out" | golden population.txt
	jq -c 'if .time then .time = "TIME" else . end
		| if .elapsed_ns then .elapsed_ns = 0 | .memory_bytes = 0 else . end' "$T/json.out" |
		golden population.jsonl
}

@test "capacity: its table and its number, in text and JSON" {
	local run=(mchost -i eth1 --feed eth0 --test capacity --step 32 --wait 300ms 239.5.0.0+64)
	lab_switch 1
	second_port
	ip -n sw link set br0 type bridge mcast_hash_max 512
	start text h1 "${run[@]}"
	finish text
	start json h1 "${run[@]}" -j
	finish json
	sed -E 's/[0-9.]+ (us|ms|s)\b/TIME/g; s/ +TIME/ TIME/g' "$T/text.out" | golden capacity.txt
	jq -c 'if .time then .time = "TIME" else . end | walk(if type == "object"
		then with_entries(if (.key | test("_ns$")) then .value = 0 else . end) else . end)' \
		"$T/json.out" | golden capacity.jsonl
}
