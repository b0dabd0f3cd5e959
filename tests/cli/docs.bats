#!/usr/bin/env bats
# docs.bats - what users read is true: pages, completions, schemas, examples
#
# Scripts for the lab are expanded there, not here (SC2016).
# shellcheck disable=SC2016

source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	: "${MCTOOLS_BUILD:=$PWD/build}" "${MCTOOLS_BIN:=$PWD/build/bin}"
	export MCTOOLS_BUILD MCTOOLS_BIN
	PATH=$MCTOOLS_BIN:$PATH
	tmp=$BATS_TEST_TMPDIR
}

# tools: the programs, each with an option table.
tools() {
	local main
	for main in cmd/*/main.c; do
		basename "${main%/main.c}"
	done
}

# options TOOL: the long names in its --help.
options() {
	"$MCTOOLS_BIN/$1" --help | sed -nE 's/^  (-.,|   ) --([a-z0-9-]+).*/\2/p'
}

# page NAME.SECTION
page() {
	mandoc -Tascii -Owidth=200 "$MCTOOLS_BUILD/man/$1" | col -bx
}

# in_lab SCRIPT: the text runs in a lab of two hosts.
in_lab() {
	printf '%s\n' 'set -eu' 'source tests/lab/lab.bash' 'lab_enter' 'trap lab_down EXIT' 'lab_pair' "$1" >"$tmp/script"
	run tests/lab/lab.bash bash "$tmp/script"
	assert_success
}

# build_c SOURCE PROGRAM FLAG...: as a user would, under the flags of this build.
build_c() {
	local source=$1 program=$2
	shift 2
	# shellcheck disable=SC2086 # lists of words
	run ${CC:-cc} ${CFLAGS-} -Wall -Wextra -Werror -o "$program" "$source" "$@" ${LDFLAGS-}
	assert_success
}

# has_all WHAT PATTERN FILE < NAMES: each stands there, behind what the pattern matches.
has_all() {
	sort -u >"$tmp/names"
	grep -oE -- "$2[a-z0-9-]+" "$3" | sed -E 's/.*[ -](-|l )//; s/^-+//' | sort -u >"$tmp/there"
	run comm -23 "$tmp/names" "$tmp/there"
	[[ -z $output ]] || fail "$1 lacks: $output"
}

# bats test_tags=text
@test "docs: every option stands in the manual page" {
	local tool
	for tool in $(tools); do
		page "$tool.1" >"$tmp/page"
		[ "$(options "$tool" | wc -l)" -ge 5 ] || fail "$tool --help shows no options"
		options "$tool" | has_all "$tool(1)" '^ +(-., )?--' "$tmp/page"
	done
}

# bats test_tags=text
@test "docs: every option stands in the completions of bash, zsh and fish" {
	local tool dir=$MCTOOLS_BUILD/completions
	for tool in $(tools); do
		options "$tool" | has_all "bash: $tool" "[ ']--" "$dir/bash/$tool"
		options "$tool" | has_all "zsh: $tool" "[,	']--" "$dir/zsh/_$tool"
		options "$tool" | has_all "fish: $tool" " -l " "$dir/fish/$tool.fish"
	done
}

# bats test_tags=text
@test "docs: manual pages are free of mistakes and point at pages that exist" {
	local file name section
	run mandoc -Tlint -W warning "$MCTOOLS_BUILD"/man/*.[1-9]
	assert_success
	while read -r file name section; do
		[ -e "$MCTOOLS_BUILD/man/$name.$section" ] || fail "$file points at $name($section)"
	done < <(awk '$1 == ".It" && $2 == "Xr" { sub(/^.It /, ".") }
		$1 == ".Xr" && $2 ~ /^(mc|libmc|igmp)/ { print FILENAME, $2, $3 }' \
		"$MCTOOLS_BUILD"/man/*.[1-9])
}

# exported: the functions of the library.
exported() {
	nm -D --defined-only "$MCTOOLS_BUILD/lib/libmc.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }'
}

# bats test_tags=text
@test "docs: every function of the library has its place in a page of section 3" {
	local name n
	for name in "$MCTOOLS_BUILD"/man/mc_*.3; do
		mandoc -Tascii -Owidth=80 "$name" | col -bx
	done >"$tmp/pages"
	# Its prototype, and what is said of it; and its name, of a page.
	grep -oE '^ +mc_[a-z0-9_]+\(' "$tmp/pages" | tr -d ' (' | sort | uniq -c |
		awk '$1 >= 2 { print $2 }' >"$tmp/described"
	sed -nE 's/^\.Nm (mc_[a-z0-9_]+)( ,)?$/\1/p' "$MCTOOLS_BUILD"/man/mc_*.3 | sort -u >"$tmp/named"
	exported | sort >"$tmp/exported"
	run comm -23 "$tmp/exported" <(sort "$tmp/described")
	assert_output ""
	run comm -23 "$tmp/exported" "$tmp/named"
	assert_output ""
	n=$(wc -l <"$tmp/exported")
	((n > 200)) || fail "only $n functions found"
	run awk 'length > 80' "$tmp/pages"
	assert_output ""
}

# bats test_tags=text
@test "docs: libmc(3) lists the page of every header" {
	local header name
	for header in libmc/include/mc/*.h; do
		name=$(basename "$header" .h)
		[ "$name" = mc ] || grep -qx "\.It Xr mc_$name 3 Ta .*" man/libmc.3 ||
			fail "libmc(3) does not list mc_$name(3)"
	done
}

# bats test_tags=text
@test "docs: one number of the version, wherever it stands" {
	local tool version
	version=$(<VERSION)
	for tool in $(tools); do
		run "$MCTOOLS_BIN/$tool" --version
		assert_line --index 0 "$tool (mctools) $version"
	done
	run head -n 1 debian/changelog
	assert_output --partial "mctools ($version-"
	grep -qx "Version: $version" "$MCTOOLS_BUILD/lib/libmc.pc"
}

# bats test_tags=text
@test "docs: pictures of the README are there, whole and small" {
	local picture n=0
	while read -r picture; do
		python3 -c 'import sys, xml.dom.minidom as d; d.parse(sys.argv[1])' "$picture"
		(($(wc -c <"$picture") < 150000)) || fail "$picture is large"
		n=$((n + 1))
	done < <(sed -nE 's/^!\[.*\]\((.*)\)$/\1/p' README.md)
	((n >= 2)) || fail "only $n pictures"
}

# A recording of three states, in colour: no font, no clock and no chance in it.
# bats test_tags=text
@test "docs: a recording becomes a picture, the same each time" {
	printf '@ 0.0\n$ ls\n@ 1.0\n$ ls\n\e[1;32mREADME & <more>\e[0m  x\n@ 9.0\n$ \n' >"$tmp/frames"
	tools/termsvg.py 20 3 'ls' <"$tmp/frames" >"$tmp/1.svg"
	tools/termsvg.py 20 3 'ls' <"$tmp/frames" >"$tmp/2.svg"
	cmp "$tmp/1.svg" "$tmp/2.svg"
	run grep -c '<g class="f"' "$tmp/1.svg"
	assert_output 3
	grep -q 'fill="#7ec77b" font-weight="bold">README &amp; &lt;more&gt;</text>' "$tmp/1.svg"
	# 1 s, then 8 cut to 1.5, then the last one's 5.
	grep -q 'animation:k2 7.5s' "$tmp/1.svg"
}

# A --version at the end: what stands before it has been parsed by then.
@test "docs: examples in --help, README and mcquery(1) are good command lines" {
	local tool line n=0
	while read -r line; do
		line=${line#h[0-9]\# }
		run bash -c "$line --version"
		assert_success
		assert_output --partial "(mctools)"
		n=$((n + 1))
	done < <(
		for tool in $(tools); do
			"$MCTOOLS_BIN/$tool" --help | sed -n '/^Examples:/,$p' | grep "^  $tool "
		done
		grep -E '^    (h[0-9]# )?(mcsend|mcrecv|mchost) ' README.md
		# Of the table of questions; FILE and COMMAND stand for the reader's own.
		sed -n '/^| question/,/^$/p' README.md | grep -oE '`(igmpdump|mc[a-z]+)( [^`]*)?`' |
			tr -d '`' | sed 's/COMMAND/true/'
		sed -n 's/^\.Dl # \(mcquery \)/\1/p' man/mcquery.1.in
	)
	((n >= 30)) || fail "only $n examples found"
}

# bats test_tags=text
@test "docs: README lists every target and variable of make" {
	local name n=0
	make -s help >"$tmp/help"
	while read -r name; do
		grep -q -- "\`$name\`" "$tmp/help" || fail "README does not list $name"
		n=$((n + 1))
	done < <(cat Makefile mk/*.mk | sed ':a; /\\$/ { N; s/\\\n//; ba }' |
		sed -nE 's/^\.PHONY: *//p; s/^([A-Z_]+) *\?=.*/\1/p' | tr -s ' \t' '\n' | grep -vx FORCE)
	((n > 30)) || fail "only $n names found"
}

@test "docs: JSON in manual pages fits the schemas" {
	local tool
	for tool in mcsend mcrecv mchost; do
		awk '/^\{"v":1,/ { on = 1 } /^\.Ed/ && on { print line; line = ""; on = 0 } on { line = line $0 }' \
			"man/$tool.1.in" >"$tmp/lines"
		run tests/cli/validate "schema/$tool.json" interval summary <"$tmp/lines"
		assert_success
	done
	awk '/^\{"v":1,/ { on = 1 } /^\.Ed/ && on { print line; line = ""; on = 0 } on { line = line $0 }' \
		man/mcquery.1.in >"$tmp/lines"
	run tests/cli/validate schema/mcquery.json member result querier-elected <"$tmp/lines"
	assert_success
}

@test "docs: a schema refuses what does not fit" {
	awk '/^\{"v":1,/ { on = 1 } /^\.Ed/ && on { print line; line = ""; on = 0 } on { line = line $0 }' \
		man/mcrecv.1.in | grep '"event":"left"' >"$tmp/left"
	run tests/cli/validate schema/mcrecv.json <"$tmp/left"
	assert_success
	run tests/cli/validate schema/mcrecv.json < <(jq -c 'del(.groups)' "$tmp/left")
	assert_failure
	run tests/cli/validate schema/mcrecv.json < <(jq -c '.groups = "1"' "$tmp/left")
	assert_failure
	run tests/cli/validate schema/mcrecv.json < <(jq -c '.extra = 1' "$tmp/left")
	assert_output "not described: /extra"
}

@test "docs: output fits the schemas" {
	in_lab '
		lab_bg h2 mcrecv -j -i eth0 --interval 100ms --leave-after 1500ms \
			-w "$BATS_TEST_TMPDIR/pcap" 239.1.1.1 ff15::4d43 >"$BATS_TEST_TMPDIR/recv"
		recv=$LAB_PID
		lab_wait_member h2 239.1.1.1
		lab_wait_member h2 ff15::4d43
		lab_in h1 mcsend -qq -c 3 -r 100/s --payload text:hello 239.1.1.1
		lab_bg h1 mcsend -j --interval 100ms -i eth0 -r 200/s -d 1 239.1.1.1 ff15::4d43 \
			>"$BATS_TEST_TMPDIR/send"
		send=$LAB_PID
		lab_wait_until "grep -q interval \"$BATS_TEST_TMPDIR/send\""
		kill -USR1 "$send" "$recv"
		wait "$send"
		wait "$recv"
		lab_in h1 nft "add table ip t; add chain ip t o {type filter hook output priority 0;}"
		lab_in h1 nft "add rule ip t o ip daddr 239.7.7.7 drop"
		lab_in h1 mcsend -j -c 2 -r 100/s 239.7.7.7 >>"$BATS_TEST_TMPDIR/send" || :'
	run tests/cli/validate schema/mcsend.json interval interim summary <"$tmp/send"
	assert_success
	assert_equal "$(jq -r 'select(.errors != [] and .event == "summary").errors[0].packets' "$tmp/send")" 2
	run tests/cli/validate schema/mcrecv.json joined first-packet interval interim left summary <"$tmp/recv"
	assert_success
	assert_equal "$(jq -c 'select(.event == "summary") | [.streams[].kind] | sort' "$tmp/recv")" \
		'["foreign","probe","probe"]'
}

@test "docs: output of a capture fits the schema" {
	in_lab '
		lab_bg h2 mcrecv -qq -c 20 -w "$BATS_TEST_TMPDIR/pcap" 239.1.1.1
		lab_wait_member h2 239.1.1.1
		lab_in h1 mcsend -qq -c 20 -r 1k/s 239.1.1.1
		wait "$LAB_PID"'
	mcrecv -j -r "$tmp/pcap" >"$tmp/json"
	run tests/cli/validate schema/mcrecv.json first-packet summary <"$tmp/json"
	assert_success
	assert_equal "$(jq -c 'select(.event == "summary") | [.packets, .lost, .frames_broken]' "$tmp/json")" \
		'[20,0,0]'
}

@test "docs: the example builds against the installed library and receives" {
	local root=$tmp/root flags
	run make -s BUILD="$MCTOOLS_BUILD" PREFIX=/opt/mctools DESTDIR="$root" install
	assert_success
	assert_equal "$(readlink "$root/opt/mctools/share/man/man3/mc_rx_read.3")" mc_rx.3
	export PKG_CONFIG_PATH=$root/opt/mctools/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	read -ra flags < <(pkg-config --cflags --libs libmc)
	build_c "$root/opt/mctools/share/doc/mctools/examples/receiver.c" "$tmp/receiver" "${flags[@]}"
	LD_LIBRARY_PATH=$root/opt/mctools/lib in_lab '
		lab_bg h2 "$BATS_TEST_TMPDIR/receiver" 10.0.0.1@232.1.1.1:5000%eth0 >"$BATS_TEST_TMPDIR/out"
		lab_wait_member h2 232.1.1.1
		lab_in h1 mcsend -qq -c 2 -r 100/s --payload text:hello 232.1.1.1
		lab_wait_until "[ \$(wc -l <\"$BATS_TEST_TMPDIR/out\") = 2 ]"'
	assert_equal "$(uniq "$tmp/out")" "5 bytes from 10.0.0.1, TTL 1"
}

@test "docs: the example in libmc(3) builds and counts" {
	awk '/^\.Bd -literal/ { on = 1; next } /^\.Ed/ { exit } on' man/libmc.3 |
		sed 's/\\e/\\/g' >"$tmp/count.c"
	grep -q mc_join_host_group "$tmp/count.c" || fail "no example found"
	build_c "$tmp/count.c" "$tmp/count" -Ilibmc/include -L"$MCTOOLS_BUILD/lib" -lmc
	LD_LIBRARY_PATH=$MCTOOLS_BUILD/lib in_lab '
		lab_bg h2 "$BATS_TEST_TMPDIR/count" >"$BATS_TEST_TMPDIR/out"
		lab_wait_member h2 239.1.1.1
		lab_in h1 mcsend -qq -c 50 -r 1k/s 239.1.1.1
		wait "$LAB_PID"'
	assert_equal "$(<"$tmp/out")" "50 received, 0 lost"
}
