/* bare_pcap.c - reads a capture through libpcap, and nothing else: the limit
 *
 *   bare_pcap FILE
 *
 * Prints the number of frames. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(argc > 1 ? argv[1] : "-", err);
	struct pcap_pkthdr *h;
	const u_char *data;
	uint64_t frames = 0, bytes = 0;

	if (!p) {
		fprintf(stderr, "bare_pcap: %s\n", err);
		return 3;
	}
	while (pcap_next_ex(p, &h, &data) == 1) {
		frames++;
		bytes += data[0];
	}
	pcap_close(p);
	printf("%llu %llu\n", (unsigned long long)frames, (unsigned long long)bytes);
	return 0;
}
