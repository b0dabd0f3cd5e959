/* gm_names.c - kinds of messages and types of records in words */
#include <mc/gm.h>

const char *mc_gm_kind_name(enum mc_gm_kind kind)
{
	switch (kind) {
	case MC_GM_QUERY:
		return "query";
	case MC_GM_REPORT:
		return "report";
	case MC_GM_LEAVE:
		return "leave";
	case MC_GM_OTHER:
		break;
	}
	return "other";
}

static const struct {
	const char *name, *brief;
} records[] = {
	[MC_REC_IS_IN] = { "MODE_IS_INCLUDE", "is_in" },
	[MC_REC_IS_EX] = { "MODE_IS_EXCLUDE", "is_ex" },
	[MC_REC_TO_IN] = { "CHANGE_TO_INCLUDE_MODE", "to_in" },
	[MC_REC_TO_EX] = { "CHANGE_TO_EXCLUDE_MODE", "to_ex" },
	[MC_REC_ALLOW] = { "ALLOW_NEW_SOURCES", "allow" },
	[MC_REC_BLOCK] = { "BLOCK_OLD_SOURCES", "block" },
};

static bool known(uint8_t type)
{
	return type >= MC_REC_IS_IN && type <= MC_REC_BLOCK;
}

const char *mc_record_name(uint8_t type)
{
	return known(type) ? records[type].name : "unknown";
}

const char *mc_record_short(uint8_t type)
{
	return known(type) ? records[type].brief : "unknown";
}
