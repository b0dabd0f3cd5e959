# tally.awk - one suite's TAP: prints "passed failed skipped"
#
# Variables: suite, status (of the command), limit (seconds), may_be_empty;
# failures and skips are the files to append to.

# A failed test and the lines that explain it, up to the next test.
function note(text) {
	print suite ": " text >>failures
	in_failure = 1
}

/^1\.\.[0-9]+/ {
	planned += substr($1, 4)
	has_plan = 1
	in_failure = 0
	if (tolower($0) ~ /# *skip/)
		skip("the whole suite")
	next
}

function skip(name,    reason) {
	reason = $0
	sub(/.*# *[Ss][Kk][Ii][Pp][a-z]*[: ]*/, "", reason)
	if (name == "")
		print suite ": " reason " - no reason given" >>skips
	else
		print suite ": " name " - " (reason == "" ? "no reason given" : reason) >>skips
	skipped++
}

function name_of(line) {
	sub(/^(not )?ok *[0-9]* *(- )?/, "", line)
	sub(/ *# *[Ss][Kk][Ii][Pp].*/, "", line)
	return line
}

# cmocka writes "not ok 3 # SKIP name" for a test that skips itself.
/^(not )?ok .*# *[Ss][Kk][Ii][Pp]/ {
	ran++
	in_failure = 0
	skip(name_of($0))
	next
}

/^ok( |$)/ {
	ran++
	in_failure = 0
	passed++
	next
}

/^not ok( |$)/ {
	ran++
	failed++
	note($0)
	next
}

in_failure { print >>failures }

{ last[NR % 20] = $0 }

# What a suite that died said last is all there is to tell.
function dead(text,    i) {
	failed++
	note("not ok - " text)
	for (i = NR - 19; i <= NR; i++)
		if (i > 0 && last[i % 20] != "")
			print "# | " last[i % 20] >>failures
}

END {
	if (status == 124 || status == 137)
		dead("killed after " limit " s")
	else if (has_plan && ran < planned)
		dead((planned - ran) " of " planned " tests never ran, exit status " status)
	else if (status != 0 && !failed)
		dead("exit status " status)
	else if (!ran && !skipped && !may_be_empty)
		dead("ran no test")
	print passed + 0, failed + 0, skipped + 0
}
