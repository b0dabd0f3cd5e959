# mdocwrap.awk - breaks the long lines of text in a generated manual page
#
# Lines of mdoc(7) are at most 80 bytes long.  Requests and what is literal stay as
# they are; a line must not begin with a dot or an apostrophe, which would be one.
/^\.Bd .*-(literal|unfilled)/ { literal = 1 }
/^\.Ed/ { literal = 0 }

literal || /^[.']/ || length($0) <= 80 {
	print
	next
}

{
	line = $1
	for (i = 2; i <= NF; i++)
		if (length(line " " $i) > 78 && $i !~ /^[.']/) {
			print line
			line = $i
		} else {
			line = line " " $i
		}
	print line
}
