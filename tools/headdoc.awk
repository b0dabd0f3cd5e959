# headdoc.awk - a header's manual page, from its comments and its example
#
#   awk -f headdoc.awk -v page=addr -v date='May 1, 2026' -v example=FILE HEADER...
#   awk -f headdoc.awk -v check=1 HEADER...
#
# All headers are read, since they name what is in each other; `page` is the one
# to print.  The headers stay the source: a comment before a declaration, or behind
# it on its line, says what it is; one that a blank line follows is a paragraph.
# Indented lines are shown as they are, but for lists: of items that begin with
# "-", of errors that begin with "-E" or "-MC_E", and of lines with deeper
# continuations.  With `check`, prints public functions that nothing is said about
# and those that no example calls, as findings of lint, and no page.

BEGIN {
	TEXT = 74 # columns that a page has for what stands in it as it is
	errno = "^-E[A-Z0-9]+$"
}

FNR == 1 {
	header = FILENAME
	sub(/.*\//, "", header)
	sub(/\.h$/, "", header)
	end_item()
	comment = ""
	in_comment = in_type = in_body = depth = seen_head = 0
	known_page[header] = 1
}

{
	line = $0
	if (in_comment) {
		take_comment(line)
	} else if (in_type) {
		take_type(line)
	} else if (in_body) {
		in_body = line != "}"
	} else if (in_proto) {
		take_proto(line)
	} else if (line ~ /^\/\*/) {
		start_comment(line)
	} else if (line ~ /^#if|^#endif|^#else|^#include|^MC_(BEGIN|END)_DECLS/ || line ~ /^#define MC_[A-Z0-9_]*_H$/) {
		if (line ~ /^#include <mc\//)
			note_include(line)
	} else if (line ~ /^#define/) {
		take_macro(line)
	} else if (line ~ /^(typedef )?(struct|enum)( mc_[a-z0-9_]+)? \{/) {
		start_type(line)
	} else if (line ~ /^(MC_API|typedef)/) {
		in_proto = 1
		proto = ""
		proto_line = FNR
		take_proto(line)
	} else if (line == "") {
		end_item()
	}
}

END {
	end_item()
	if (check)
		exit !report()
	print_page()
}

## reading: items of a header, in order

# One item is a comment with the declarations it is about.
function end_item() {
	if (comment != "" || has_item) {
		n_items[item_of]++
		if (comment != "")
			text[item_of, n_items[item_of]] = comment
	}
	comment = ""
	has_item = 0
	item_of = header
}

# The item that is being read has the next number.
function now() {
	has_item = 1
	item_of = header
	return header SUBSEP (n_items[header] + 1)
}

# What is declared: lines "KIND\tREST" in order.
function declare(kind, rest,    at) {
	at = now()
	decl[at] = decl[at] kind "\t" rest "\n"
}

function start_comment(line) {
	if (comment != "" && !has_item)
		end_item()
	sub(/^\/\*/, "", line)
	comment = ""
	comment_line = FNR
	in_comment = 1
	take_comment(" *" line)
}

function take_comment(line,    last) {
	last = line ~ /\*\/[ \t]*$/
	sub(/[ \t]*\*\/[ \t]*$/, "", line)
	sub(/^ \* ?/, "", line)
	comment = comment line "\n"
	if (!last)
		return
	in_comment = 0
	if (!seen_head) {
		seen_head = 1
		head[header] = comment
		comment = ""
	} else if (comment ~ /^--- /) {
		sub(/ *-+\n/, "\n", comment)
		sub(/^--- /, "", comment)
		section[header, n_items[header] + 1] = substr(comment, 1, index(comment, "\n") - 1)
		comment = substr(comment, index(comment, "\n") + 1)
		sub(/^\n+/, "", comment)
	}
}

function note_include(line) {
	gsub(/.*<mc\/|\.h>.*/, "", line)
	includes[header] = includes[header] " " line
}

# trailing(LINE): the comment behind a declaration; it is taken off `rest_line`.
function trailing(line,    at) {
	at = index(line, "/*")
	if (!at) {
		rest_line = line
		return ""
	}
	rest_line = substr(line, 1, at - 1)
	line = substr(line, at + 2)
	if (sub(/[ \t]*\*\/[ \t]*$/, "", line) == 0)
		unfinished = 1
	sub(/^[ \t]+/, "", line)
	return line
}

function take_macro(line,    said, parts) {
	unfinished = 0
	said = trailing(line)
	split(rest_line, parts)
	if (parts[2] ~ /^MC_(API|MUSTCHECK|BEGIN_DECLS|END_DECLS)$/)
		return
	kind_of[parts[2]] = "constant"
	sub(/^#define[ \t]+[A-Z0-9_]+[ \t]+/, "", rest_line)
	gsub(/[ \t]+/, " ", rest_line)
	sub(/ $/, "", rest_line)
	declare("macro", parts[2] "\t" rest_line "\t" said)
}

function start_type(line,    name) {
	name = line
	sub(/^typedef /, "", name)
	sub(/ \{.*/, "", name)
	in_type = 1
	members = ""
	type_name = name
	type_kind = name ~ /^enum/ ? "enum" : "struct"
	sub(/^(struct|enum) ?/, "", name)
	if (name != "")
		kind_of[name] = "type"
	unfinished = 0
	sub(/^[^{]*\{/, "", line)
	if (line ~ /[^ \t]/)
		take_type(line)
}

function take_type(line,    said) {
	if (unfinished) {
		said = line
		if (sub(/[ \t]*\*\/[ \t]*$/, "", said) == 1)
			unfinished = 0
		sub(/^[ \t*]+/, "", said)
		sub(/\n$/, " " said "\n", members)
		return
	}
	if (line ~ /^\}/) {
		in_type = 0
		if (line ~ /^\} mc_/) {
			type_name = line
			gsub(/^\} |;.*/, "", type_name)
			kind_of[type_name] = "type"
		}
		declare(type_kind, type_name "\t" gensub_nl(members))
		return
	}
	said = trailing(line)
	gsub(/^[ \t]+|[ \t]+$/, "", rest_line)
	gsub(/[ \t]+/, " ", rest_line)
	if (rest_line == "" && said == "")
		return
	if (type_kind == "enum" && rest_line ~ /^[A-Z]/)
		kind_of[constant_name(rest_line)] = "constant"
	# "mc_nsec a, b," goes on in the next line.
	if (open_member != "") {
		rest_line = open_member " " rest_line
		open_member = ""
	}
	if (type_kind == "struct" && rest_line != "" && rest_line !~ /;$/) {
		open_member = rest_line
		return
	}
	members = members rest_line "\001" said "\n"
}

function constant_name(s) {
	sub(/[^A-Z0-9a-z_].*/, "", s)
	return s
}

# Members travel on one line of a declaration.
function gensub_nl(s) {
	gsub(/\n/, "\002", s)
	return s
}

# A prototype may take several lines and end in a comment.
function take_proto(line,    said, name) {
	unfinished = 0
	said = trailing(line)
	sub(/^[ \t]+/, "", rest_line)
	in_body = line == "{" # of an inline function, which its page does not show
	proto = proto (in_body ? ";" : (proto == "" ? "" : " ") rest_line)
	if (proto !~ /;[ \t]*$/)
		return
	in_proto = 0
	gsub(/[ \t]+/, " ", proto)
	sub(/ ?; ?$/, "", proto)
	if (proto ~ /^typedef struct mc_[a-z0-9_]+ mc_[a-z0-9_]+$/) {
		name = proto
		sub(/.* /, "", name)
		kind_of[name] = "type"
		declare("opaque", name "\t" said)
	} else if (proto ~ /^typedef/) {
		name = proto
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
		kind_of[name] = "type"
		sub(/^typedef /, "", proto)
		declare("callback", name "\t" proto "\t" said)
	} else {
		sub(/^MC_API (MC_MUSTCHECK )?(inline )?/, "", proto)
		name = proto
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
		kind_of[name] = "function"
		where[name] = FILENAME ":" proto_line
		home[name] = header
		functions[header] = functions[header] " " name
		if (said == "" && comment == "")
			silent[name] = 1
		declare("function", name "\t" proto "\t" said)
	}
}

## checking

function report(    name, bad, h, n, i, list, file, code) {
	for (h in functions) {
		file = examples "/" h ".c"
		code = ""
		while ((getline line <file) > 0)
			code = code line "\n"
		close(file)
		n = split(functions[h], list)
		for (i = 1; i <= n; i++) {
			name = list[i]
			if (name in silent) {
				print where[name] ": header-docs: nothing is said about " name
				bad = 1
			}
			if (code !~ "[^a-z_]" name "\\(") {
				print where[name] ": header-docs: " file " does not call " name
				bad = 1
			}
		}
	}
	return !bad
}

## printing

# mdoc wants no paragraph at the beginning of a section.
function put(s) {
	if (s == ".Pp" && last_put ~ /^\.(Sh|Ss|Pp)/)
		return
	print s
	last_put = s
}

# parse_proto(PROTO): return type, name and arguments of `int f(void *a, int b)`.
function parse_proto(proto,    at, args, i, c, level, arg) {
	at = index(proto, "(")
	f_type = f_name = substr(proto, 1, at - 1)
	sub(/.*[ *]/, "", f_name)
	f_type = substr(f_type, 1, length(f_type) - length(f_name))
	sub(/ $/, "", f_type)
	args = substr(proto, at + 1)
	sub(/\)$/, "", args)
	n_args = level = 0
	arg = ""
	for (i = 1; i <= length(args); i++) {
		c = substr(args, i, 1)
		level += (c == "(") - (c == ")")
		if (c == "," && level == 0) {
			f_arg[++n_args] = arg
			arg = ""
			if (substr(args, i + 1, 1) == " ")
				i++
		} else {
			arg = arg c
		}
	}
	f_arg[++n_args] = arg
}

# arg_name(ARG): "buf" of "char buf[MC_ADDR_TEXT]", "fn" of "void (*fn)(int)".
function arg_name(arg) {
	if (arg == "void")
		return ""
	if (arg ~ /\(\*/) {
		sub(/.*\(\*/, "", arg)
		sub(/\).*/, "", arg)
		return arg
	}
	sub(/\[.*/, "", arg)
	sub(/.*[ *]/, "", arg)
	return arg
}

# A prototype in SYNOPSIS; long ones argument by argument.
function put_synopsis(proto,    i) {
	parse_proto(proto)
	put(".Ft " quoted(f_type))
	put(".Fo " f_name)
	for (i = 1; i <= n_args; i++)
		put(".Fa \"" f_arg[i] "\"")
	put(".Fc")
}

function quoted(s) {
	return s ~ / / ? "\"" s "\"" : s
}

function put_call(proto,    i, s) {
	parse_proto(proto)
	s = ".It Fn " f_name
	for (i = 1; i <= n_args; i++)
		if (arg_name(f_arg[i]) != "")
			s = s " " arg_name(f_arg[i])
	put(s)
}

# escape(TEXT): fit for a line of text.
function escape(s) {
	gsub(/\\/, "\\e", s)
	if (s ~ /^[.']/)
		s = "\\&" s
	return s
}

# Text as it is; too wide a line is a finding of the tests.
function put_literal(block) {
	put(".Bd -literal")
	printf "%s", block
	put(".Ed")
}

# macro_for(WORD): the macro line for a word that is a name, or nothing.
function macro_for(word,    bare) {
	bare = word
	sub(/\(\)$/, "", bare)
	if (kind_of[bare] == "function")
		return "Fn " bare
	if (kind_of[word] == "type")
		return "Vt " word
	if (kind_of[word] == "constant" || word == "NULL" || word ~ errno || word ~ /^-?MC_[A-Z0-9_]+$/)
		return "Dv " word
	if (word ~ /^[a-z]+\.h$/) {
		sub(/\.h$/, "", word)
		return (word in known_page) ? xr("mc_" word, 3) : ""
	}
	if (word ~ /^mc\/[a-z]+\.h$/) {
		gsub(/^mc\/|\.h$/, "", word)
		return xr("mc_" word, 3)
	}
	if (word ~ /^[a-z_.-]+\([1-9]\)$/)
		return xr(substr(word, 1, length(word) - 3), substr(word, length(word) - 1, 1))
	if (word ~ /^\*[a-z][a-z0-9_]*$/)
		return "Fa " word
	if (word ~ /^`[^`]+`$/)
		return "Fa " substr(word, 2, length(word) - 2)
	if (word ~ /^mc_[a-z0-9_]+\.[a-z0-9_]+$/)
		return "Va " word
	return ""
}

function xr(name, section) {
	if (name == "mc_" page)
		return "In mc/" page ".h"
	seen_xr[section " " name] = 1
	return "Xr " name " " section
}

function flush_text() {
	if (pending_text != "")
		put(escape(pending_text))
	pending_text = ""
}

function add_text(word) {
	if (length(pending_text) + length(word) > 76)
		flush_text()
	pending_text = pending_text (pending_text == "" ? "" : " ") word
}

# put_word(WORD): text, or a macro with the punctuation around it.
function put_word(word,    open, close_, core, macro) {
	core = word
	open = close_ = ""
	while (core ~ /^[("]/) {
		open = open substr(core, 1, 1)
		core = substr(core, 2)
	}
	while (core ~ /[.,;:)"]$/ && core !~ /^[a-z_.-]+\([1-9]\)$/ && core !~ /\(\)$/) {
		close_ = substr(core, length(core)) (close_ == "" ? "" : " ") close_
		core = substr(core, 1, length(core) - 1)
	}
	macro = macro_for(core)
	if (macro == "" && core ~ /'s?$/) {
		macro = substr(core, 1, index(core, "'") - 1)
		macro = macro_for(macro)
		if (macro != "")
			macro = macro " Ns " substr(core, index(core, "'"))
	}
	if (macro == "") {
		add_text(word)
	} else {
		flush_text()
		# What is no delimiter for mdoc is text.
		gsub(/"/, "\\(dq", close_)
		put("." (open == "" ? "" : "No \\&" open " Ns ") macro (close_ == "" ? "" : " " close_))
	}
	# mdoc wants each sentence on a line of its own.
	if (word ~ /[^.][.][)"]?$/ && word !~ /^(i\.e|e\.g)\.$/)
		flush_text()
}

function put_text(s,    n, i, w) {
	gsub(/[ \t\n]+/, " ", s)
	sub(/^ /, "", s)
	sub(/ $/, "", s)
	n = split(s, w, " ")
	for (i = 1; i <= n; i++) {
		if ((w[i] == "struct" || w[i] == "enum") && i < n && w[i + 1] ~ /^mc_[a-z0-9_]+[.,;:)]*$/) {
			put_type_name(w[i], w[i + 1])
			i++
		} else {
			put_word(w[i])
		}
	}
	flush_text()
}

function put_type_name(what, word,    tail) {
	flush_text()
	tail = word
	sub(/^mc_[a-z0-9_]+/, "", tail)
	word = substr(word, 1, length(word) - length(tail))
	gsub(/./, " &", tail)
	put(".Vt \"" what " " word "\"" tail)
}

# put_comment(COMMENT): paragraphs, lists and displays; `first`: no .Pp before it.
function put_comment(s, first,    n, i, l, para, block) {
	n = split(s, l, "\n")
	para = ""
	for (i = 1; i <= n; i++) {
		if (l[i] ~ /^[ \t]+[^ \t]/) {
			first = put_paragraph(para, first)
			para = ""
			block = ""
			for (; i <= n && (l[i] ~ /^[ \t]/ || (l[i] == "" && l[i + 1] ~ /^[ \t]/)); i++)
				block = block l[i] "\n"
			i--
			put_block(block)
			first = 0
		} else if (l[i] == "") {
			first = put_paragraph(para, first)
			para = ""
		} else {
			para = para l[i] "\n"
		}
	}
	put_paragraph(para, first)
}

function put_paragraph(para, first) {
	if (para == "")
		return first
	if (!first)
		put(".Pp")
	put_text(para)
	return 0
}

function expand_tabs(s,    out, i, c) {
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c != "\t")
			out = out c
		else
			do out = out " "; while ((length(out) + 3) % 8)
	}
	return out
}

function indent_of(s) {
	match(s, /^ */)
	return RLENGTH
}

# Indented lines: a list, or a display.
function put_block(block,    n, l, i, base, deeper, errors, bullets, table, items) {
	n = split(block, l, "\n") - 1
	base = 99
	for (i = 1; i <= n; i++) {
		l[i] = expand_tabs(l[i])
		if (l[i] != "" && indent_of(l[i]) < base)
			base = indent_of(l[i])
	}
	errors = bullets = items = 0
	for (i = 1; i <= n; i++) {
		l[i] = substr(l[i], base + 1)
		if (l[i] ~ /^ /) {
			deeper++
			continue
		}
		items++
		errors += l[i] ~ /^-(MC_)?E[A-Z]+/
		bullets += l[i] ~ /^- /
		table += l[i] ~ /[^ .:]  +[^ ]/
	}
	if (errors == items)
		put_list(l, n, "errors")
	else if (bullets == items)
		put_list(l, n, "bullets")
	else if (deeper && !table && items > 1)
		put_list(l, n, "items")
	else {
		block = ""
		for (i = 1; i <= n; i++)
			block = block escape(l[i]) "\n"
		put_literal(block)
	}
}

function put_list(l, n, kind,    i, item, at) {
	put(kind == "errors" ? ".Bl -tag -width Ds" : kind == "bullets" ? ".Bl -bullet" : ".Bl -item")
	for (i = 1; i <= n; i++) {
		item = l[i]
		while (i < n && l[i + 1] ~ /^ /)
			item = item " " l[++i]
		if (kind == "errors") {
			sub(/ \.\.\.$/, "", item)
			at = match(item, /  +|$/)
			put(".It Dv " dv_list(substr(item, 1, at - 1)))
			item = substr(item, at)
		} else {
			if (kind == "bullets")
				item = substr(item, 3)
			put(".It")
		}
		put_text(item)
	}
	put(".El")
}

# "-EACCES, -EPERM" as arguments of .Dv.
function dv_list(s) {
	gsub(/,/, " ,", s)
	return s
}

function put_members(kind, name, members,    n, m, i, part, open) {
	n = split(members, m, "\002") - 1
	open = 0
	for (i = 1; i <= n; i++) {
		split(m[i], part, "\001")
		if (part[1] == "") {
			if (part[2] ~ /^private/)
				break
			if (open)
				put(".El")
			open = 0
			if (i > 1)
				put(".Pp")
			put_text(part[2])
			continue
		}
		if (!open)
			put(".Bl -tag -width Ds -compact")
		open = 1
		if (kind == "enum")
			put_constant(part[1])
		else
			put_member(part[1])
		put_text(part[2])
	}
	if (open)
		put(".El")
}

function put_constant(s,    name, value) {
	sub(/,$/, "", s)
	name = constant_name(s)
	value = s
	if (sub(/.* = /, "", value))
		put(".It Dv " name " No = " value)
	else
		put(".It Dv " name)
}

# "unsigned n, m[4]" as type and names; a pointer to a function whole.
function put_member(s,    type, names) {
	sub(/;$/, "", s)
	if (s ~ /\(\*/) {
		put(".It Vt \"" s "\"")
		return
	}
	match(s, /^(const )?((struct|enum) )?[a-z0-9_]+( int| char| long)?( const)?/)
	type = substr(s, 1, RLENGTH)
	names = substr(s, RLENGTH + 1)
	sub(/^ /, "", names)
	gsub(/,/, " ,", names)
	put(".It Vt " quoted(type) " Va " names)
}

function put_decl(d,    p, kind, n) {
	n = split(d, p, "\t")
	kind = p[1]
	if (kind == "macro") {
		put(".It Dv " p[2] (length(p[3]) <= 40 ? " No = " quoted(p[3]) : ""))
		put_text(p[4])
	} else if (kind == "enum" || kind == "struct") {
		if (p[2] != "enum")
			put(".It Vt \"" p[2] "\"")
		else
			put(".It Vt enum")
	} else if (kind == "opaque") {
		put(".It Vt " p[2])
		put_text(p[3])
	} else if (kind == "callback") {
		put(".It Vt \"" p[3] "\"")
		put_text(p[4])
	} else if (kind == "function") {
		put_call(p[3])
		put_text(p[4])
	}
}

function put_item(h, i,    n, d, k, p, said) {
	if ((h, i) in section)
		put(".Ss " toupper(substr(section[h, i], 1, 1)) substr(section[h, i], 2))
	said = text[h, i]
	if (decl[h, i] == "") {
		put(".Pp")
		put_comment(said, 1)
		return
	}
	n = split(decl[h, i], d, "\n") - 1
	put(".Pp")
	put(".Bl -tag -width Ds -compact")
	for (k = 1; k <= n; k++) {
		put_decl(d[k])
		# Members come after what is said of all of them.
		split(d[k], p, "\t")
		if (p[1] == "enum" || p[1] == "struct") {
			put_comment(said, 1)
			said = ""
			put_members(p[1], p[2], p[3])
		}
	}
	put_comment(said, 1)
	put(".El")
}

# put_head(H): name, synopsis, and what the header says first.
function put_head(h,    n, list, i, d, k, p, summary, rest, m) {
	summary = head[h]
	rest = summary
	summary = substr(summary, 1, index(summary, "\n") - 1)
	rest = substr(rest, index(rest, "\n") + 1)
	sub(/^[^-]*- */, "", summary)
	sub(/\.$/, "", summary)
	put(".Dd " date)
	put(".Dt MC_" toupper(h) " 3")
	put(".Os")
	put(".Sh NAME")
	n = split(functions[h], list)
	for (i = 1; i <= n; i++)
		put(".Nm " list[i] (i < n ? " ," : ""))
	put(".Nd " summary)
	put(".Sh LIBRARY")
	put("libmc, linked with")
	put(".Ql $(pkg-config --cflags --libs libmc)")
	put(".Sh SYNOPSIS")
	put(".In mc/" h ".h")
	for (i = 1; i <= n_items[h]; i++) {
		m = split(decl[h, i], d, "\n") - 1
		for (k = 1; k <= m; k++) {
			split(d[k], p, "\t")
			if (p[1] == "function")
				put_synopsis(p[3])
		}
	}
	put(".Sh DESCRIPTION")
	sub(/^\n+/, "", rest)
	put_comment(rest, 1)
}

function put_example(file,    l, shown, output, where_) {
	shown = output = ""
	where_ = "code"
	while ((getline l <file) > 0) {
		if (l ~ /^\/\* prints:/) {
			where_ = "output"
			continue
		}
		if (where_ == "output") {
			if (l ~ /\*\//)
				break
			sub(/^ \* ?/, "", l)
			output = output escape(l) "\n"
		} else {
			shown = shown escape(l) "\n"
		}
	}
	close(file)
	if (shown == "")
		return
	# The head comment is for readers of the file.
	sub(/^\/\*[^\n]*(\n \*[^\n]*)*\n/, "", shown)
	sub(/\n+$/, "\n", shown)
	put(".Sh EXAMPLES")
	put("Installed as")
	put(".Pa share/doc/mctools/examples/libmc/" page ".c :")
	put_literal(shown)
	if (output != "") {
		put(".Pp")
		put("It prints")
		put_literal(output)
	}
}

function put_see_also(    n, list, i, j, x, key, s) {
	split(includes[page], list)
	for (i in list)
		seen_xr["3 mc_" list[i]] = 1
	seen_xr["3 libmc"] = 1
	n = 0
	for (key in seen_xr) {
		s[++n] = key
		for (j = n; j > 1 && s[j] < s[j - 1]; j--) {
			x = s[j]
			s[j] = s[j - 1]
			s[j - 1] = x
		}
	}
	put(".Sh SEE ALSO")
	for (i = 1; i <= n; i++)
		put(".Xr " substr(s[i], 3) " " substr(s[i], 1, 1) (i < n ? " ," : ""))
}

function print_page(    i) {
	put_head(page)
	for (i = 1; i <= n_items[page]; i++)
		put_item(page, i)
	put(".Sh RETURN VALUES")
	put_text("Functions of type `int` return 0 or a count, or a negative error, a code of " \
		"errno(3) or MC_E* negated, where it is said which: libmc(3) lists them, and " \
		"mc_strerror has a sentence for each.")
	put_example(example)
	put_see_also()
}
