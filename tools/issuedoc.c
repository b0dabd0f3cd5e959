/* issuedoc.c - the page of all issues, from the library's table
 *
 *   issuedoc PAGE.in       the page, its line @ISSUES@ replaced
 */
#include <mc/issue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* mdoc wants each sentence on a line of its own. */
static void put_sentences(const char *text)
{
	for (; *text; text++) {
		if (text[0] != ' ' || text[-1] != '.')
			putchar(*text);
		else
			putchar('\n');
	}
	putchar('\n');
}

/* Texts begin with a letter, which is never a request. */
static void put_issue(const struct mc_issue_row *row)
{
	printf(".It Sy %s Pq %s\n", row->id, mc_severity_name(row->severity));
	printf("%c%s.\n", row->text[0] - 'a' + 'A', row->text + 1);
	put_sentences(row->why);
	printf(".Pq %s\n", row->rfc);
}

static void put_issues(enum mc_issue first, enum mc_issue last)
{
	printf(".Bl -tag -width 4n\n");
	for (enum mc_issue i = first; i <= last; i++)
		put_issue(mc_issue_row(i));
	printf(".El\n");
}

static void put_all(void)
{
	printf(".Ss Of one packet\n");
	put_issues(MC_ISSUE_NONE + 1, MC_ISSUE_ALIAS_GROUP);
	printf(".Ss Of several packets\n");
	put_issues(MC_ISSUE_ALIAS_GROUP + 1, MC_ISSUE_MAX - 1);
}

static int put_page(FILE *f)
{
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, f) > 0) {
		if (strcmp(line, "@ISSUES@\n")) {
			fputs(line, stdout);
			continue;
		}
		put_all();
		found = true;
	}
	free(line);
	return found ? 0 : 1;
}

int main(int argc, char **argv)
{
	FILE *f;
	int status;

	if (argc != 2) {
		fprintf(stderr, "Usage: issuedoc PAGE.in\n");
		return 2;
	}
	f = fopen(argv[1], "r");
	if (!f) {
		perror(argv[1]);
		return 1;
	}
	status = put_page(f);
	if (status)
		fprintf(stderr, "%s: no line @ISSUES@\n", argv[1]);
	fclose(f);
	return fflush(stdout) ? 1 : status;
}
