#!/usr/bin/env python3
"""termsvg.py - what a terminal showed, as an SVG that moves

    termsvg.py COLUMNS ROWS TITLE <FRAMES >PICTURE.svg

FRAMES is what tools/screencast records: for each state of the screen a line
"@ SECONDS", then its rows as `tmux capture-pane -e` prints them.  The same
frames give the same bytes.  Frames follow each other by CSS; where that does
not run, or motion is unwanted, the last one stands.  Cells are placed one run
of a style at a time, so that no font can shift them, and the picture has a
background of its own: it reads the same on a dark page and on a light one.  Long
waits are cut short.
"""
import html
import re
import sys

CELL_W, CELL_H, MARGIN, BAR = 7.2, 15, 10, 22
HOLD = 5.0  # seconds that the last frame stays
IDLE = 1.5  # seconds that another one stays at most
BACK, FORE, DIM = "#1b1f27", "#d5d9e0", "#8a919e"
COLOURS = ["#4b5263", "#e06c75", "#7ec77b", "#e0b46c", "#68a8ef", "#c678dd",
           "#56b6c2", "#d5d9e0", "#6b7385", "#ff7b86", "#98e094", "#f0cd8b",
           "#8cc1ff", "#da9cec", "#7fd4df", "#ffffff"]
SGR = re.compile(r"\x1b\[([0-9;:]*)m|\x1b[()][A-Z0-9]|\x0e|\x0f|\x1b\[[0-9;?]*[A-Za-z]")


class Style:
    """What SGR has set: colours as numbers, or None for the default."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.fore = self.back = None
        self.bold = self.dim = self.reverse = self.underline = False

    def key(self):
        return (self.fore, self.back, self.bold, self.dim, self.reverse, self.underline)

    def apply(self, codes):
        codes = [int(c or 0) for c in re.split("[;:]", codes)]
        while codes:
            c = codes.pop(0)
            if c == 0:
                self.reset()
            elif c in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[c], True)
            elif c in (22, 24, 27):
                if c == 22:
                    self.bold = self.dim = False
                else:
                    setattr(self, {24: "underline", 27: "reverse"}[c], False)
            elif 30 <= c <= 37 or 90 <= c <= 97:
                self.fore = c - 30 if c < 90 else c - 82
            elif 40 <= c <= 47 or 100 <= c <= 107:
                self.back = c - 40 if c < 100 else c - 92
            elif c == 39:
                self.fore = None
            elif c == 49:
                self.back = None
            elif c in (38, 48) and codes and codes[0] == 5:
                setattr(self, "fore" if c == 38 else "back", codes[1])
                del codes[:2]


def colour(number, default):
    """One of 16; of the 256 the cube and the greys are computed."""
    if number is None:
        return default
    if number < 16:
        return COLOURS[number]
    if number >= 232:
        level = 8 + 10 * (number - 232)
        return "#%02x%02x%02x" % (level, level, level)
    steps = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])


def runs(row, style):
    """(column, text, style) for every stretch of one style in a row.

    The style goes on from row to row.
    """
    column, at, found = 0, 0, []
    while at <= len(row):
        match = SGR.search(row, at)
        end = match.start() if match else len(row)
        if end > at:
            found.append((column, row[at:end], style.key()))
            column += end - at
        if not match:
            break
        if match.group(1) is not None:
            style.apply(match.group(1))
        at = match.end()
    return found


def number(x):
    return ("%.1f" % x).rstrip("0").rstrip(".")


def draw_run(column, text, style, y):
    fore, back, bold, dim, reverse, underline = style
    ink, paper = colour(fore, DIM if dim else FORE), colour(back, None)
    if reverse:
        ink, paper = paper or BACK, ink
    out = ""
    x = MARGIN + column * CELL_W
    if paper:
        out += '<rect x="%s" y="%s" width="%s" height="%d" fill="%s"/>' % (
            number(x), number(y - 11), number(len(text) * CELL_W), CELL_H, paper)
    # Words apart by two spaces or more are placed by themselves.
    for word in re.finditer(r"\S+(?: \S+)*", text):
        extra = ' fill="%s"' % ink if ink != FORE else ""
        extra += ' font-weight="bold"' if bold else ""
        extra += ' text-decoration="underline"' if underline else ""
        out += '<text x="%s" y="%s" textLength="%s"%s>%s</text>' % (
            number(x + word.start() * CELL_W), number(y), number(len(word.group()) * CELL_W), extra,
            html.escape(word.group(), quote=False))
    return out


def draw_rows(rows):
    out, style = [], Style()
    for i, row in enumerate(rows):
        y = BAR + MARGIN + 11 + i * CELL_H
        out.append("".join(draw_run(c, t, s, y) for c, t, s in runs(row, style)))
    return out


def read_frames(lines, rows):
    frames = []
    for line in lines:
        if line.startswith("@ "):
            frames.append((float(line[2:]), []))
        else:
            frames[-1][1].append(line.rstrip("\n"))
    return [(when, body[:rows]) for when, body in frames]


def keyframes(starts, total):
    """The rules by which frame i shows from its start to the next one's."""
    out = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else total
        first, last = 100 * start / total, 100 * end / total
        steps = "0%%{visibility:%s}" % ("visible" if start == 0 else "hidden")
        if start > 0:
            steps += "%.2f%%{visibility:visible}" % first
        if i + 1 < len(starts):
            steps += "%.2f%%{visibility:hidden}" % last
        out.append("@keyframes k%d{%s}#f%d{animation:k%d %.1fs step-end infinite}" % (
            i, steps, i, i, total))
    return "".join(out)


def main():
    columns, rows, title = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    frames = read_frames(sys.stdin, rows)
    starts = [0.0]
    for i in range(1, len(frames)):
        starts.append(starts[-1] + min(IDLE, frames[i][0] - frames[i - 1][0]))
    total = starts[-1] + HOLD
    width = 2 * MARGIN + columns * CELL_W
    height = BAR + 2 * MARGIN + rows * CELL_H
    # A row that frames share is drawn once.
    defs, ids = [], {}
    bodies = []
    for _, body in frames:
        used = ""
        for row in draw_rows(body):
            if not row:
                continue
            if row not in ids:
                ids[row] = "r%d" % len(ids)
                defs.append('<g id="%s">%s</g>' % (ids[row], row))
            used += '<use href="#%s"/>' % ids[row]
        bodies.append(used)
    print('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" '
          'role="img" aria-label="%s">' % (number(width), number(height), number(width),
                                           number(height), html.escape(title)))
    print("<style>text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
          "font-size:12px;white-space:pre}")
    print(".f{visibility:hidden}#f%d{visibility:visible}" % (len(frames) - 1))
    if len(frames) > 1:
        print("@media(prefers-reduced-motion:no-preference){%s}" % keyframes(starts, total))
    print("</style>")
    print('<rect width="100%%" height="100%%" rx="8" fill="%s" stroke="#6b7385"/>' % BACK)
    print('<text x="%s" y="17" text-anchor="middle" style="fill:%s">%s</text>' % (
        number(width / 2), DIM, html.escape(title)))
    print("<defs>%s</defs>" % "\n".join(defs))
    for i, body in enumerate(bodies):
        print('<g class="f" id="f%d" fill="%s">%s</g>' % (i, FORE, body))
    print("</svg>")


if __name__ == "__main__":
    main()
