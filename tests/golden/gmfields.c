/* gmfields.c - IGMP and MLD messages of a capture as tshark -T fields shows them
 *
 *   gmfields [-o] FILE     -o: other protocols inside IGMP, their first fields
 *
 * One line a message, columns as in tshark.bats.  What cannot be read is a line
 * of two columns: the number of the frame, and why. */
#include <mc/capture.h>
#include <mc/gm.h>
#include <stdio.h>
#include <string.h>

enum { SEPARATOR = ';' };

static void put_addr(const struct mc_addr *a)
{
	char text[MC_ADDR_TEXT];

	fputs(mc_addr_format(a, text), stdout);
}

static void next(void)
{
	putchar(SEPARATOR);
}

/* Two columns, of which one is filled. */
static void put_either(bool first, const struct mc_addr *a)
{
	if (first)
		put_addr(a);
	next();
	if (!first)
		put_addr(a);
	next();
}

static void put_header(unsigned number, const struct mc_frame *f)
{
	bool v4 = f->dst.family == MC_IPV4;

	printf("%u%c", number, SEPARATOR);
	put_either(v4, &f->src);
	put_either(v4, &f->dst);
	if (v4)
		printf("%u;;", f->ttl);
	else
		printf(";%u;", f->ttl);
	if (f->router_alert && v4)
		printf("%u", f->router_alert_value);
	next();
	if (f->router_alert && !v4)
		printf("%u", f->router_alert_value);
	next();
}

static void put_checksum(const struct mc_frame *f, const struct mc_gm *gm)
{
	printf("0x%02x%02x;%d;", f->l4.p[2], f->l4.p[3], !gm->bad_checksum);
}

/* ---- lists, joined by commas ---- */

enum list { TYPES, GROUPS, N_SOURCES, AUX_WORDS };

static void put_list(const struct mc_gm *gm, enum list what)
{
	struct mc_record r;
	size_t pos = 0;

	while (mc_gm_next(gm, &pos, &r)) {
		fputs(r.offset ? "," : "", stdout);
		if (what == TYPES)
			printf("%u", r.type);
		else if (what == GROUPS)
			put_addr(&r.group);
		else
			printf("%zu", what == N_SOURCES ? r.n_sources : r.aux.len / 4);
	}
}

static void put_sources(const struct mc_gm *gm, const struct mc_span *list, unsigned n, bool *any)
{
	for (unsigned i = 0; i < n; i++) {
		struct mc_addr a = mc_gm_source(gm->family, list, i);

		fputs(*any ? "," : "", stdout);
		put_addr(&a);
		*any = true;
	}
}

static void put_all_sources(const struct mc_gm *gm)
{
	struct mc_record r;
	size_t pos = 0;
	bool any = false;

	put_sources(gm, &gm->sources, gm->n_sources, &any);
	while (mc_gm_next(gm, &pos, &r))
		put_sources(gm, &r.sources, r.n_sources, &any);
}

/* ---- the columns of IGMP, the columns of MLD ---- */

static bool has_query_fields(const struct mc_gm *gm)
{
	return gm->kind == MC_GM_QUERY && gm->version == (gm->family == MC_IPV4 ? 3 : 2);
}

static bool has_records(const struct mc_gm *gm)
{
	return gm->kind == MC_GM_REPORT && gm->version == (gm->family == MC_IPV4 ? 3 : 2);
}

/* tshark shows the code of the query interval in IGMP, and the interval in MLD. */
static void put_s_qrv_qqi(const struct mc_gm *gm)
{
	int64_t qqi = gm->family == MC_IPV4 ? gm->qqic : gm->qqi.ns / 1000000000;

	if (has_query_fields(gm))
		printf("%d;%u;%lld;", gm->s, gm->qrv, (long long)qqi);
	else
		fputs(";;;", stdout);
}

/* The response time, which tshark reads in reports and leaves of version 2 too. */
static void put_tenths(const struct mc_frame *f, const struct mc_gm *gm)
{
	if (gm->kind == MC_GM_QUERY && gm->version > 1)
		printf("%lld", (long long)(gm->max_resp.ns / 100000000));
	else if (gm->version == 2)
		printf("%u", f->l4.p[1]);
	next();
}

static void put_igmp(const struct mc_frame *f, const struct mc_gm *gm)
{
	printf("0x%02x;%u;", gm->raw_type, gm->version);
	put_tenths(f, gm);
	put_checksum(f, gm);
	if (has_records(gm))
		put_list(gm, GROUPS);
	else
		put_addr(&gm->group);
	next();
	put_s_qrv_qqi(gm);
	if (has_records(gm))
		put_list(gm, N_SOURCES);
	else if (has_query_fields(gm))
		printf("%u", gm->n_sources);
	next();
	put_all_sources(gm);
	next();
	if (has_records(gm))
		printf("%u", gm->n_records);
	next();
	put_list(gm, TYPES);
	next();
	put_list(gm, AUX_WORDS);
	fputs(";;;;;;;;;;;;;;;;;\n", stdout);
}

static void put_mld_fixed(const struct mc_gm *gm)
{
	long long ms = gm->max_resp.ns / 1000000;

	if (has_query_fields(gm))
		printf(";%lld;", ms);
	else
		printf("%lld;;", ms);
	if (!has_records(gm))
		put_addr(&gm->group);
	next();
	put_s_qrv_qqi(gm);
	if (has_query_fields(gm))
		printf("%u", gm->n_sources);
	next();
	if (has_query_fields(gm))
		put_all_sources(gm);
	next();
}

static void put_mld(const struct mc_frame *f, const struct mc_gm *gm)
{
	fputs(";;;;;;;;;;;;;;", stdout);
	printf("%u;", gm->raw_type);
	put_checksum(f, gm);
	if (has_records(gm)) {
		fputs(";;;;;;;;", stdout);
		printf("%u;", gm->n_records);
	} else {
		put_mld_fixed(gm);
		next();
	}
	put_list(gm, TYPES);
	next();
	put_list(gm, AUX_WORDS);
	next();
	put_list(gm, N_SOURCES);
	next();
	put_list(gm, GROUPS);
	next();
	if (has_records(gm))
		put_all_sources(gm);
	putchar('\n');
}

static void put_message(unsigned number, const struct mc_frame *f, const struct mc_gm *gm)
{
	put_header(number, f);
	if (gm->family == MC_IPV4)
		put_igmp(f, gm);
	else
		put_mld(f, gm);
}

static void put_other(unsigned number, const struct mc_frame *f, const struct mc_gm *gm)
{
	put_header(number, f);
	printf("0x%02x;0x%02x%02x;%d\n", gm->raw_type, f->l4.p[2], f->l4.p[3], !gm->bad_checksum);
}

static void put_frame(unsigned number, uint32_t link, const struct mc_span *data, bool others)
{
	enum mc_fault fault;
	struct mc_frame f;
	struct mc_gm gm;

	if (mc_frame_parse(&f, link, data->p, data->len))
		return;
	if (mc_gm_parse(&gm, &f, &fault)) {
		if (fault != MC_FAULT_PROTOCOL && !others)
			printf("%u;%s\n", number, mc_fault_name(fault));
		return;
	}
	if (gm.kind != MC_GM_OTHER && !others)
		put_message(number, &f, &gm);
	else if (gm.kind == MC_GM_OTHER && others && gm.family == MC_IPV4)
		put_other(number, &f, &gm);
}

int main(int argc, char **argv)
{
	bool others = argc == 3 && !strcmp(argv[1], "-o");
	struct mc_why why = { 0 };
	struct mc_cap_frame frame;
	unsigned number = 0;
	mc_cap *cap;
	int rc;

	if (argc < 2 || mc_cap_open_file(&cap, argv[argc - 1], &why)) {
		fprintf(stderr, "gmfields: %s\n", argc < 2 ? "which file?" : why.what);
		return 2;
	}
	while ((rc = mc_cap_next(cap, &frame, &why)) > 0)
		put_frame(++number, mc_cap_linktype(cap), &frame.data, others);
	mc_cap_close(cap);
	return rc < 0 || fflush(stdout) ? 1 : 0;
}
