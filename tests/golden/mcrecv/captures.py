#!/usr/bin/env python3
"""captures.py - writes the captures of this directory, byte for byte the same each time

    captures.py DIRECTORY

Shares no code with the library: what mcrecv reads here was built from mc-probe(5)
and the RFCs a second time.
"""
import ipaddress
import random
import struct
import sys

START = 1700000000_000000000  # 2023-11-14T22:13:20Z
MS = 1000000
ETHERNET, RAW, SLL, SLL2 = 1, 101, 113, 276


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def probe(session, seq, sent, ttl=64, dscp=0, stream=0, size=64, crc=False):
    fill = bytes(i & 0xFF for i in range(40, size))
    def head(value):
        return struct.pack(">4sBBBBQQQII", b"mcpb", 1, int(crc), ttl, dscp,
                           session, seq, sent, stream, value)
    return head(crc32c(head(0) + fill) if crc else 0) + fill


def rtp(seq, timestamp, ssrc=0xCAFE0001, kind=0, size=160):
    return struct.pack(">BBHII", 0x80, kind, seq & 0xFFFF, timestamp & 0xFFFFFFFF,
                       ssrc) + bytes(size)


def udp(src, dst, sport, dport, payload):
    length = 8 + len(payload)
    pseudo = src.packed + dst.packed + (struct.pack(">BBH", 0, 17, length) if src.version == 4
                                        else struct.pack(">II", length, 17))
    head = struct.pack(">HHHH", sport, dport, length, 0)
    return head[:6] + struct.pack(">H", checksum(pseudo + head + payload) or 0xFFFF) + payload


def ip(src, dst, payload, ttl=64, tos=0, protocol=17, fragment=0):
    if src.version == 6:
        return struct.pack(">IHBB", 6 << 28 | tos << 20, len(payload), protocol,
                           ttl) + src.packed + dst.packed + payload
    head = struct.pack(">BBHHHBBH", 0x45, tos, 20 + len(payload), 0, fragment, ttl, protocol,
                       0) + src.packed + dst.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def datagram(payload, src="10.0.0.1", dst="239.1.1.1", sport=40000, dport=5000, **more):
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    return ip(src, dst, udp(src, dst, sport, dport, payload), **more)


def ether_type(packet):
    return 0x0800 if packet[0] >> 4 == 4 else 0x86DD


def ethernet(packet, tags=()):
    dst = packet[16:20] if packet[0] >> 4 == 4 else packet[24:40]
    mac = (b"\1\0\x5e" + bytes([dst[1] & 0x7F]) + dst[2:] if len(dst) == 4
           else b"\x33\x33" + dst[12:])
    head = mac + b"\2\0\0\0\0\1"
    for protocol, vid in tags:
        head += struct.pack(">HH", protocol, vid)
    return head + struct.pack(">H", ether_type(packet)) + packet


def sll(packet):
    return struct.pack(">HHH8sH", 2, 1, 6, b"\2\0\0\0\0\1", ether_type(packet)) + packet


def sll2(packet):
    return struct.pack(">HHIHBB8s", ether_type(packet), 0, 2, 1, 2, 6,
                       b"\2\0\0\0\0\1") + packet


def pcap(link, frames):
    """Nanosecond times, the other byte order than that of most machines."""
    out = struct.pack(">IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, link)
    for when, frame, *wire in frames:
        out += struct.pack(">IIII", when // 10**9, when % 10**9, len(frame),
                           wire[0] if wire else len(frame)) + frame
    return out


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(link, frames):
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link, 0, 65535) + struct.pack("<HHB3x", 9, 1, 9) +
                 struct.pack("<HH", 0, 0))
    for when, frame, *_ in frames:
        out += block(6, struct.pack("<IIIII", 0, when >> 32, when & 0xFFFFFFFF, len(frame),
                                    len(frame)) + frame)
    return out


def probe_stream(session, count, start=START, every=10 * MS, delay=250000, jitter=20000, hops=2,
                 dscp=0, dscp_seen=None, stream=0, size=64, crc=False, **where):
    """(arrival, sequence number, packet) of a sender whose packets all arrive."""
    rand = random.Random(session)
    tos = (dscp if dscp_seen is None else dscp_seen) << 2
    for seq in range(count):
        sent = start + seq * every
        body = probe(session, seq, sent, dscp=dscp, stream=stream, size=size, crc=crc)
        yield (sent + delay + rand.randrange(jitter), seq,
               datagram(body, ttl=64 - hops, tos=tos, **where))


def faulty_stream():
    """60 packets: 10 to 14 and 50 lost, 30 twice, 40 and 41 swapped."""
    packets = list(probe_stream(0x1111, 60, dscp=46))
    out = [(when, packet) for when, seq, packet in packets if seq not in (10, 11, 12, 13, 14, 50)]
    out.append((packets[30][0] + MS, packets[30][2]))
    out.append((packets[41][0] + MS, packets[40][2]))
    out.remove((packets[40][0], packets[40][2]))
    return out


def restarted_stream():
    """A sender that is started again, from another port; then again from the same."""
    where = {"src": "fd00::1", "dst": "ff35::8000:1"}
    for number, port in enumerate((40001, 40002, 40002)):
        begin = START + number * 300 * MS
        for when, _, packet in probe_stream(0x2220 + number, 20, begin, sport=port, **where):
            yield when, packet


def checked_stream():
    """With CRCs: packets 5 and 6 damaged on the way; remarked from CS6 to CS1."""
    for when, seq, packet in probe_stream(0x3333, 20, dst="239.1.1.2", crc=True, dscp=48,
                                          dscp_seen=8, size=100):
        yield when, packet[:90] + b"?" + packet[91:] if seq in (5, 6) else packet


def probes():
    frames = faulty_stream() + list(restarted_stream()) + list(checked_stream())
    return [(when, ethernet(packet)) for when, packet in sorted(frames)]


def rtp_frames():
    """G.711 every 20 ms across the wrap; three lost, two swapped, then a new SSRC."""
    frames = []
    for i in range(60):
        ssrc, seq = (0xCAFE0001, 65520 + i) if i < 50 else (0xCAFE0002, i)
        when = START + i * 20 * MS + i % 3 * 500000 + (21 * MS if i == 5 else 0)
        if i not in (20, 21, 33):
            frames.append((when, ethernet(datagram(rtp(seq, 160 * i, ssrc), dport=5004))))
    return sorted(frames)


def mixed_packets():
    """Probes among everything else that a link carries."""
    v4, group = ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("239.1.1.1")
    packets = [(when, packet) for when, _, packet in probe_stream(0x4444, 10)]
    foreign = [datagram(b"hello, group", sport=1234, dport=9999, ttl=1),
               datagram(b"", sport=1234, dport=9999, ttl=1),
               datagram(rtp(1, 0), dst="239.1.1.3", dport=5004),
               datagram(b"unicast", dst="10.0.0.2"),
               datagram(b"who is there", src="fe80::1", dst="ff02::fb", sport=5353, dport=5353,
                        ttl=255),
               ip(v4, ipaddress.ip_address("224.0.0.22"), b"\x22\0" + bytes(14), ttl=1, protocol=2),
               ip(v4, group, udp(v4, group, 1, 5000, bytes(64))[:40], fragment=0x2000),
               ip(v4, group, udp(v4, group, 1, 5000, bytes(64))[40:], fragment=5)]
    packets += [(START + i * 7 * MS, packet) for i, packet in enumerate(foreign)]
    return sorted(packets)


def damaged():
    """Headers that lie; every fourth packet is a whole one."""
    whole = datagram(probe(0x5555, 0, START))
    bad = [
        whole[:19],                                       # inside the IP header
        whole[:25],                                       # inside the UDP header
        b"\x4f" + whole[1:],                              # header of 60 bytes
        b"\x43" + whole[1:],                              # header of 12 bytes
        whole[:2] + b"\xff\xff" + whole[4:],              # longer than the frame
        whole[:2] + b"\0\x13" + whole[4:],                # shorter than its header
        whole[:24] + b"\xff\xff" + whole[26:],            # UDP longer than IP
        whole[:24] + b"\0\x07" + whole[26:],              # UDP shorter than its header
        whole[:26] + b"\xde\xad" + whole[28:],            # UDP checksum
        whole[:10] + b"\xde\xad" + whole[12:],            # IP checksum
        whole[:28] + b"mcpb\xff" + whole[33:],            # a probe of the future
        whole[:28] + b"mcpb" + b"\xff" * 60,              # sent before 1970
        datagram(b"mcpb"),                                # the magic alone
    ]
    frames, seq = [], 0
    for i, packet in enumerate(bad):
        frames.append((START + i * 20 * MS, ethernet(packet) if len(packet) >= 20
                       else ethernet(whole)[:14] + packet))
        if i % 3 == 2:
            when = START + i * 20 * MS + MS
            frames.append((when, ethernet(datagram(probe(0x5555, seq, when - 250000)))))
            seq += 1
    # Cut by a snap length of 60: the frame was longer.
    frames.append((START + 400 * MS, ethernet(whole)[:60], len(ethernet(whole))))
    return frames


def tagged():
    stacks = [((0x8100, 10),), ((0x88A8, 100), (0x8100, 10)), ((0x8100, 10 | 5 << 13),)]
    frames = []
    for i, (when, _, packet) in enumerate(probe_stream(0x6666, 12)):
        frames.append((when, ethernet(packet, stacks[i % 3])))
    for i, (when, _, packet) in enumerate(probe_stream(0x6667, 6, src="fd00::1",
                                                        dst="ff15::4d:1")):
        frames.append((when + MS, ethernet(packet, stacks[i % 3])))
    return sorted(frames)


def main():
    files = {
        "probes.pcap": pcap(ETHERNET, probes()),
        "probes.pcapng": pcapng(ETHERNET, probes()),
        "rtp.pcap": pcap(ETHERNET, rtp_frames()),
        "mixed.pcap": pcap(SLL, [(when, sll(packet)) for when, packet in mixed_packets()]),
        "cooked2.pcap": pcap(SLL2, [(when, sll2(packet)) for when, packet in mixed_packets()]),
        "raw.pcap": pcap(RAW, mixed_packets()),
        "tagged.pcap": pcap(ETHERNET, tagged()),
        "damaged.pcap": pcap(ETHERNET, damaged()),
        "empty.pcap": pcap(ETHERNET, []),
    }
    files["truncated.pcap"] = files["probes.pcap"][:-30]
    for name, data in files.items():
        with open(f"{sys.argv[1]}/{name}", "wb") as file:
            file.write(data)


main()
