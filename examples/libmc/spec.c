/* spec.c - the notation of groups, as all programs read it */
#include <mc/spec.h>
#include <stdio.h>

static void read_one(const char *text)
{
	char canonical[MC_SPEC_TEXT], last[MC_ADDR_TEXT];
	struct mc_spec_error err;
	struct mc_spec spec;
	struct mc_addr g;

	if (mc_spec_parse(&spec, text, &err) < 0) {
		printf("%s\n%*s^ %s\n", text, (int)err.offset, "",
		       err.text);
		return;
	}
	if (mc_spec_format(&spec, canonical, sizeof(canonical)) < 0)
		return;
	g = mc_spec_group(&spec, spec.count - 1);
	printf("%s: up to %s\n", canonical, mc_addr_format(&g, last));
}

int main(void)
{
	read_one("239.1.0.0/22:5000%eth1");
	read_one("10.0.0.1@232.1.1.1-232.1.1.9");
	read_one("239.1.1.1+0");
	return 0;
}

/* prints:
 * 239.1.0.0+1024:5000%eth1: up to 239.1.3.255
 * 10.0.0.1@232.1.1.1+9: up to 232.1.1.9
 * 239.1.1.1+0
 *           ^ a range has at least 1 group
 */
