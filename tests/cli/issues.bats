#!/usr/bin/env bats
# issues.bats - mc-issues(7) is the library's table, whole and well formed

source "$BATS_TEST_DIRNAME/../assert.bash"

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	: "${MCTOOLS_BUILD:=$PWD/build}"
	issuedoc=$MCTOOLS_BUILD/tools/issuedoc
	page=$MCTOOLS_BUILD/man/mc-issues.7
}

# ids: as the header comments on the enumerators, in their order.
ids() {
	sed -nE 's|^\tMC_ISSUE_[A-Z0-9_]+, *[[:space:]]*/\* "([a-z0-9-]+)".*|\1|p' \
		libmc/include/mc/issue.h
}

@test "issues: the page lists what the header promises, in its order" {
	ids >"$BATS_TEST_TMPDIR/header"
	sed -nE 's/^\.It Sy ([a-z0-9-]+) Pq (note|warning|error)$/\1/p' "$page" \
		>"$BATS_TEST_TMPDIR/page"
	diff "$BATS_TEST_TMPDIR/header" "$BATS_TEST_TMPDIR/page"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/page")" -ge 54 ]
}

@test "issues: the page is good mdoc" {
	run mandoc -Tlint -W warning "$page"
	assert_success
	refute_output
}

@test "issues: a page without the marker is refused" {
	echo text >"$BATS_TEST_TMPDIR/page.in"
	run "$issuedoc" "$BATS_TEST_TMPDIR/page.in"
	assert_failure 1
	assert_line --partial 'no line @ISSUES@'
	run "$issuedoc" "$BATS_TEST_TMPDIR/none"
	assert_failure 1
	run "$issuedoc"
	assert_failure 2
}
