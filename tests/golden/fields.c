/* fields.c - every field of every control packet of a capture, one a line:
 * frame number, a tab, path=value and what the value means */
#include <mc/capture.h>
#include "../unit/dissect_check.h"

#define TEXT_SIZE (1 << 20)

static void print_frame(unsigned long number, const struct mc_frame *f)
{
	static char text[TEXT_SIZE];
	struct dissect_text t = { .buf = text, .size = sizeof(text) };
	int rc = mc_dissect(f, text_field, &t);

	if (rc == -MC_EUNSUPPORTED)
		return;
	printf("%lu\tmessage=%s\n", number, mc_message_name(f));
	printf("%lu\tresult=%s\n", number, rc ? mc_strerror(rc) : "ok");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		printf("%lu\t%s\n", number, line);
}

int main(int argc, char **argv)
{
	struct mc_cap_frame frame;
	struct mc_frame f;
	struct mc_why why;
	mc_cap *cap;
	int rc;

	if (argc != 2) {
		fputs("usage: fields FILE\n", stderr);
		return 2;
	}
	if (mc_cap_open_file(&cap, argv[1], &why) < 0) {
		fprintf(stderr, "fields: %s\n", why.what);
		return 3;
	}
	for (unsigned long number = 1; (rc = mc_cap_next(cap, &frame, &why)) == 1; number++)
		if (mc_frame_parse(&f, mc_cap_linktype(cap), frame.data.p, frame.data.len) == 0)
			print_frame(number, &f);
	if (rc < 0)
		fprintf(stderr, "fields: %s\n", why.what);
	mc_cap_close(cap);
	return rc < 0;
}
