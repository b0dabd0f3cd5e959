/* opt.h - the option table: one source for parsing, --help, man pages and completions.
 *
 * What a program has to write:
 *
 *   cmd/<tool>/config.h  struct config, where the options end up; it holds a
 *                        `struct common_opts common` for the OPT_COMMON_* rows
 *   cmd/<tool>/opts.h    the table: `static const struct opt opts[]` and
 *                        `static const struct program program` (these very
 *                        names); includes config.h, and nothing that needs to
 *                        be linked, because tools/optdoc.c is compiled once
 *                        with each opts.h to make the man page lists and the
 *                        completions.  Only main.c includes it otherwise.
 *   man/<tool>.1.in      the man page, with the lines @OPTIONS@, @EXAMPLES@
 *                        and @EXIT_STATUS@ where those lists go
 *
 *   static const struct opt opts[] = {
 *           {'r', "rate", "RATE", OPT_TO_RATE(struct config, rate),
 *            .section = "Sending", .help = "packets or bits a second (default 10/s)",
 *            .more = "With\n.Cm max\nas fast as possible."},
 *           {'l', "loop", NULL, OPT_TO_FLAG(struct config, loop), .help = "..."},
 *           OPT_COMMON_INTERFACE(struct config),
 *           OPT_COMMON_OUTPUT(struct config),
 *           OPT_COMMON_PRIVILEGES(struct config),
 *           OPT_COMMON_GENERAL,
 *   };
 *   static const struct program program = {
 *           .name = "mcsend", .summary = "send to multicast groups",
 *           .operands = "SPEC ...", .operand_hint = OPT_HINT_GROUP,
 *           OPT_PROGRAM_TABLES(opts, examples, exits),
 *   };
 *
 * and in main():
 *
 *   struct config c = {.rate = {RATE_PACKETS, 10}};   // the defaults
 *   struct opt_args args;
 *   int status = opt_parse(&program, argc, argv, &c, &args);
 *   if (status != OPT_RUN)
 *           return status;
 *   ... args.v[0 .. args.n - 1] are the operands ...
 *   opt_free(&program, &c);
 */
#ifndef COMMON_OPT_H
#define COMMON_OPT_H

#include <stdio.h>
#include <sys/types.h>

#include <mc/addr.h>

#include "common/units.h"

/* The type of the field that takes the value is in parentheses. */
enum opt_type {
	OPT_FLAG = 1, /* (bool) */
	OPT_COUNT,    /* (unsigned) one more for every -v */
	OPT_SET,      /* (int) gets row.min: several options for one field, as -4 and -6 */
	OPT_STRING,   /* (const char *) borrowed from argv */
	OPT_LIST,     /* (struct opt_list) repeatable */
	OPT_UINT,     /* (uint64_t) within min..max */
	OPT_TIME,     /* (mc_nsec) min..max in ns */
	OPT_SIZE,     /* (uint64_t) bytes within min..max */
	OPT_RATE,     /* (struct rate) */
	OPT_RANGE,    /* (struct range) both ends within min..max */
	OPT_PERCENT,  /* (double) 0..1 */
	OPT_DSCP,     /* (unsigned) 0..63 */
	OPT_ADDR,     /* (struct mc_addr) */
	OPT_CHOICE,   /* (int) index into choices */
	OPT_COLOR,    /* (enum color_when) --color[=WHEN] */
	OPT_USER,     /* (struct opt_user) */
	OPT_HELP,
	OPT_VERSION,
};

/* What a shell may offer for the argument or operand. */
enum opt_hint {
	OPT_HINT_NONE = 0,
	OPT_HINT_FILE,
	OPT_HINT_IFACE,
	OPT_HINT_GROUP, /* a group spec: nothing to offer */
};

/* v is NULL-terminated; the strings belong to argv. */
struct opt_list {
	const char **v;
	size_t n;
};

/* name: NULL when none was given; it belongs to argv. */
struct opt_user {
	const char *name;
	uid_t uid;
	gid_t gid; /* of the user's own group */
};

struct opt {
	char letter;	  /* 0: long name only */
	const char *name; /* never NULL */
	const char *arg;  /* "RATE": what help and man call the argument; NULL: none */
	enum opt_type type;
	size_t offset;		    /* both written by OPT_TO_* */
	const char *section;	    /* heading in help and man; NULL: that of the row before */
	const char *help;	    /* one line, lower case, no full stop */
	const char *more;	    /* further sentences for the man page, mdoc allowed; or NULL */
	const char *const *choices; /* OPT_CHOICE: NULL-terminated */
	uint64_t min, max;	    /* max 0: no limit; OPT_SET: min is the value */
	enum opt_hint hint;
};

/* The row's type and offset, refused by the compiler when the field has
 * another type. */
#define OPT_TO_FLAG(cfg, f)    .type = OPT_FLAG, .offset = OPT_AT(cfg, f, bool)
#define OPT_TO_COUNT(cfg, f)   .type = OPT_COUNT, .offset = OPT_AT(cfg, f, unsigned)
#define OPT_TO_STRING(cfg, f)  .type = OPT_STRING, .offset = OPT_AT(cfg, f, const char *)
#define OPT_TO_LIST(cfg, f)    .type = OPT_LIST, .offset = OPT_AT(cfg, f, struct opt_list)
#define OPT_TO_UINT(cfg, f)    .type = OPT_UINT, .offset = OPT_AT(cfg, f, uint64_t)
#define OPT_TO_TIME(cfg, f)    .type = OPT_TIME, .offset = OPT_AT(cfg, f, mc_nsec)
#define OPT_TO_SIZE(cfg, f)    .type = OPT_SIZE, .offset = OPT_AT(cfg, f, uint64_t)
#define OPT_TO_RATE(cfg, f)    .type = OPT_RATE, .offset = OPT_AT(cfg, f, struct rate)
#define OPT_TO_RANGE(cfg, f)   .type = OPT_RANGE, .offset = OPT_AT(cfg, f, struct range)
#define OPT_TO_PERCENT(cfg, f) .type = OPT_PERCENT, .offset = OPT_AT(cfg, f, double)
#define OPT_TO_DSCP(cfg, f)    .type = OPT_DSCP, .offset = OPT_AT(cfg, f, unsigned)
#define OPT_TO_ADDR(cfg, f)    .type = OPT_ADDR, .offset = OPT_AT(cfg, f, struct mc_addr)
#define OPT_TO_CHOICE(cfg, f)  .type = OPT_CHOICE, .offset = OPT_AT(cfg, f, int)
#define OPT_TO_COLOR(cfg, f)   .type = OPT_COLOR, .offset = OPT_AT(cfg, f, enum color_when)
#define OPT_TO_USER(cfg, f)    .type = OPT_USER, .offset = OPT_AT(cfg, f, struct opt_user)
#define OPT_TO_SET(cfg, f, v)  .type = OPT_SET, .min = (v), .offset = OPT_AT(cfg, f, int)
#define OPT_AT(cfg, f, ctype)                                                                      \
	(offsetof(cfg, f) + 0 * sizeof(char[_Generic(&((cfg *)0)->f, ctype * : 1)]))

enum color_when {
	COLOR_AUTO = 0,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* Where the common rows end up; a member `common` of struct config. */
struct common_opts {
	struct opt_list interfaces; /* -i */
	int family;		    /* -4, -6: enum mc_family */
	bool json;		    /* -j */
	bool no_names;		    /* -n */
	unsigned quiet, verbose;    /* -q, -v */
	enum color_when color;	    /* --color */
	struct opt_user user;	    /* --user */
	bool no_sandbox;	    /* --no-sandbox */
};

/* -i; -4 -6 */
#define OPT_COMMON_INTERFACE(config)                                                               \
	{                                                                                          \
		'i', "interface", "IF", OPT_TO_LIST(config, common.interfaces),                    \
			.hint = OPT_HINT_IFACE, .help = "use this interface; may be repeated",     \
			.more = "Default: the one that the kernel would use; it is named in the "  \
				"output."                                                          \
	}
#define OPT_COMMON_FAMILY(config)                                                                  \
	{ '4', "ipv4", NULL, OPT_TO_SET(config, common.family, MC_IPV4),                           \
	  .help = "IPv4, where the group does not decide" },                                       \
	{                                                                                          \
		'6', "ipv6", NULL, OPT_TO_SET(config, common.family, MC_IPV6),                     \
			.help = "IPv6, where the group does not decide"                            \
	}

/* -n */
#define OPT_COMMON_NAMES(config)                                                                   \
	{                                                                                          \
		'n', "no-names", NULL, OPT_TO_FLAG(config, common.no_names),                       \
			.help = "numbers instead of names"                                         \
	}

/* Section Output: -j -q -v --color.  Further rows may follow in it. */
#define OPT_COMMON_OUTPUT(config)                                                                  \
	{ 'j',                                                                                     \
	  "json",                                                                                  \
	  NULL,                                                                                    \
	  OPT_TO_FLAG(config, common.json),                                                        \
	  .section = "Output",                                                                     \
	  .help = "JSON Lines on standard output" },                                               \
		{ 'q', "quiet", NULL, OPT_TO_COUNT(config, common.quiet),                          \
		  .help = "less output; twice: errors only" },                                     \
		{ 'v', "verbose", NULL, OPT_TO_COUNT(config, common.verbose),                      \
		  .help = "more output; may be repeated" },                                        \
	{                                                                                          \
		0, "color", "WHEN", OPT_TO_COLOR(config, common.color),                            \
			.help = "colour: auto, always or never (default auto)",                    \
			.more = "Without\n.Ar WHEN ,\n.Cm always .\n"                              \
				"In automatic mode\n.Ev NO_COLOR\nturns colour off."               \
	}

/* Section Privileges: --user --no-sandbox; see sandbox.h. */
#define OPT_COMMON_PRIVILEGES(config)                                                              \
	{ 0,                                                                                       \
	  "user",                                                                                  \
	  "NAME",                                                                                  \
	  OPT_TO_USER(config, common.user),                                                        \
	  .section = "Privileges",                                                                 \
	  .help = "go on as this user, once all is open; needs root",                              \
	  .more = "A name or a number.\n"                                                          \
		  "Default: the user who called.\n"                                                \
		  "Files that are opened later belong to that user." },                            \
	{                                                                                          \
		0, "no-sandbox", NULL, OPT_TO_FLAG(config, common.no_sandbox),                     \
			.help = "allow every system call; for debugging",                          \
			.more = "Capabilities are given up all the same.\n"                        \
				"See\n.Sx PRIVILEGES ."                                            \
	}

/* Section General: -h -V.  The last rows of every table. */
#define OPT_COMMON_GENERAL                                                                         \
	{ 'h',                                                                                     \
	  "help",                                                                                  \
	  NULL,                                                                                    \
	  .type = OPT_HELP,                                                                        \
	  .section = "General",                                                                    \
	  .help = "show this help and exit" },                                                     \
	{                                                                                          \
		'V', "version", NULL, .type = OPT_VERSION, .help = "show the version and exit"     \
	}

struct opt_example {
	const char *command; /* "mcsend 239.1.1.1:5000" */
	const char *does;    /* "Ten packets a second to 239.1.1.1." a sentence */
};

struct opt_exit {
	int status;
	const char *when; /* "every packet was sent." a clause, with full stop */
};

struct program {
	const char *name;
	const char *summary;  /* one line, lower case, no full stop */
	const char *operands; /* "SPEC ..."; NULL: none are allowed */
	enum opt_hint operand_hint;
	const struct opt *opts;
	size_t n_opts;
	const struct opt_example *examples;
	size_t n_examples;
	const struct opt_exit *exits;
	size_t n_exits;
};

#define OPT_PROGRAM_TABLES(o, ex, st)                                                              \
	.opts = (o), .n_opts = sizeof(o) / sizeof *(o), .examples = (ex),                          \
	.n_examples = sizeof(ex) / sizeof *(ex), .exits = (st),                                    \
	.n_exits = sizeof(st) / sizeof *(st)

#define OPT_ROWS_MAX 128

/* What is left after the options. */
struct opt_args {
	char **v; /* operands, in their order; NULL-terminated */
	int n;
	const struct program *program;
	bool seen[OPT_ROWS_MAX]; /* row by row: was it given */
};

#define OPT_RUN (-1)

/* Reads the command line into *config, which holds the defaults, and reorders
 * argv so that operands stand together.  Options may stand anywhere up to a
 * "--"; short ones cluster; long ones may be shortened and take =VALUE.
 * OPT_RUN: go on; else the status to exit with: after --help and --version
 * (printed), or after a mistake (one line on stderr).  Calls out_init() with the
 * program's name first, and out_color_init() with --color when it succeeds. */
int opt_parse(const struct program *p, int argc, char **argv, void *config, struct opt_args *args);

/* Frees the lists in *config. */
void opt_free(const struct program *p, void *config);

/* Was the option given?  name: the long name, which must be in the table. */
bool opt_given(const struct opt_args *args, const char *name);

/* Parses one value as the row's type asks, into *field.  0, or -EINVAL with a
 * text like "'5x/s' is not a rate; write 10/s, 5k/s, 20Mbit or max". */
int opt_value(const struct opt *o, void *field, const char *text, char *err, size_t err_size);

/* The text of --help. */
void opt_help(const struct program *p, FILE *f);

#endif
