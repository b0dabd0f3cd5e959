/* fuzz_script.c - any text as a scenario of mchost: steps that can be run, or a reason */
#include "mchost/script.h"

#include <mc/craft.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input.h"
#include "messages.h"
#include "mchost/shares.h"

static void check_step(const struct step *s, const struct channels *ch)
{
	struct mc_craft craft;
	uint64_t n;

	require(s->line > 0 && s->at.ns >= 0);
	require(s->rate.unit == RATE_NONE || (s->rate.unit == RATE_PACKETS && s->rate.value > 0));
	switch (s->action) {
	case DO_JOIN:
	case DO_LEAVE:
		require(!s->groups || (s->first < ch->n && s->groups <= ch->n - s->first));
		for (uint64_t i = 0; i < s->groups && i < 3; i++)
			require(channel_group(ch, s->first + i).family != MC_ANY);
		/* fall through */
	case DO_KILL:
	case DO_REVIVE:
		require(shares_count(&n, s->who, 1000));
		break;
	case DO_CRAFT:
		require(s->message && mc_craft_parse(&craft, s->message, NULL) == 0);
		break;
	case DO_CHURN:
	case DO_ZAP:
	case DO_END:
		break;
	}
}

static void check_script(const struct script *s, const struct channels *ch)
{
	for (unsigned i = 0; i < s->n; i++) {
		check_step(&s->steps[i], ch);
		require(!i || s->steps[i - 1].at.ns <= s->steps[i].at.ns);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[32];
	struct config c = { .scenario = path };
	struct opt_args none = { .n = 0 };
	struct channels ch = { .n = 0 };
	struct script s;
	unsigned before = messages;
	int status;

	if (fd < 0)
		fd = memfd_create("scenario", MFD_CLOEXEC);
	require(fd >= 0 && ftruncate(fd, 0) == 0);
	require(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	require(channels_open(&ch, &c, &none) == 0);
	status = script_open(&s, &c, &ch);
	require((status == 0) == (messages == before));
	if (!status && channels_ready(&ch) == 0)
		check_script(&s, &ch);
	script_close(&s);
	channels_close(&ch);
	return 0;
}
