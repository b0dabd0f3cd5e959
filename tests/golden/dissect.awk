# dissect.awk - lines "frame field value,value" out of what the walker or tshark prints
#
#	awk -v tshark=1 -f dissect.awk dissect.map table-of-tshark.txt >theirs
#	awk -f dissect.awk dissect.map theirs fields.txt

# Every second value, of pairs of equal ones.
function halve(list,    n, parts, i, out) {
	n = split(list, parts, ",")
	for (i = 1; i <= n; i += 2) {
		if (parts[i] != parts[i + 1])
			return "not in pairs: " list
		out = out (i > 1 ? "," : "") parts[i]
	}
	return out
}

# The value without the notation that the two do not share.
function plain(value, divisor,    number, i) {
	sub(/ .*/, "", value)
	if (value ~ /^(True|False)$/)
		return value == "True"
	if (value ~ /^0x[0-9a-f]+$/) {
		for (i = 3; i <= length(value); i++)
			number = number * 16 + index("0123456789abcdef", substr(value, i, 1)) - 1
		return sprintf("%.0f", number)
	}
	if (value ~ /^[0-9]+(ms)?$/) {
		sub(/ms/, "", value)
		return sprintf("%.10g", value / divisor)
	}
	sub(/\/[0-9]+$/, "", value)
	return value
}

function values(list, divisor,    n, parts, i, out) {
	n = split(list, parts, ",")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? "," : "") plain(parts[i], divisor)
	return out
}

BEGIN { FS = "\t" }

FILENAME ~ /\.map$/ {
	if ($0 == "" || /^#/)
		next
	fields = split($2, names, "|")
	for (i = 1; i <= fields; i++)
		known_as[names[i]] = names[1]
	n = split($1, paths, "|")
	for (i = 1; i <= n; i++) {
		field_of[paths[i]] = names[1]
		divisor_of[paths[i]] = $3
	}
	oddity[names[1]] = $4
	next
}

tshark && FNR == 1 {
	for (i = 2; i <= NF; i++)
		name[i] = known_as[$i]
	next
}

tshark {
	for (i = 2; i <= NF; i++)
		if ($i != "")
			print $1, name[i], values(oddity[name[i]] == "twice" ? halve($i) : $i, 1)
	next
}

# What tshark showed, when it is known to leave fields out.
FILENAME ~ /theirs$/ {
	split($0, words, " ")
	theirs[words[1] " " words[2]] = 1
	next
}

{
	at = index($2, "=")
	path = substr($2, 1, at - 1)
	if (!(path in field_of))
		next
	key = $1 " " field_of[path]
	if (oddity[field_of[path]] == "partly" && !(key in theirs))
		next
	value = plain(substr($2, at + 1), divisor_of[path])
	if (key in seen)
		seen[key] = seen[key] "," value
	else
		seen[key] = value
}

END {
	for (key in seen)
		print key, seen[key]
}
