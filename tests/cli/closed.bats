#!/usr/bin/env bats
# closed.bats - a closed descriptor is an error of its own, not where something else goes

source "$BATS_TEST_DIRNAME/net.bash"

# Each with something to say: a few words, once.
commands() {
	cat <<-'EOF'
		mcsend -i up0 -c 1 239.1.1.1
		mcrecv -i up0 -d 50ms 239.1.1.1
		igmpdump -i up0 -d 50ms --summary
		mctop --once -i up0 -d 50ms
		mcquery -j -i up0 239.1.1.1
		mchost -i up0 -d 50ms 239.1.1.1
	EOF
}

@test "standard output is closed: every program says so and ends with 3" {
	local command
	while read -r command; do
		attempt 3 bash -c "$command >&-"
		run tail -n 1 "$T/err"
		assert_output "${command%% *}: standard output: Bad file descriptor; the output is incomplete"
	done < <(commands)
}

@test "standard error is closed: the status says what it would have" {
	local command
	for command in mcsend mcrecv igmpdump mctop mcquery mchost; do
		attempt 3 bash -c "$command -i nosuch $([[ $command == @(igmpdump|mctop) ]] || echo 239.1.1.1) 2>&-"
	done
}

# On bare0 there is a warning as well.
@test "no text gets into a capture that is written" {
	attempt 3 bash -c "mcrecv --json -i bare0 -d 50ms -w '$T/w.pcap' 239.1.1.1 >&- 2>&-"
	run -0 --separate-stderr tcpdump -r "$T/w.pcap"
	assert_output ''
	attempt 1 bash -c "mcrecv -i bare0 -d 50ms -w '$T/w.pcap' 239.1.1.1 2>&- >'$T/text'"
	run -0 --separate-stderr tcpdump -r "$T/w.pcap"
	assert_output ''
}
