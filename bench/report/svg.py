# SPDX-License-Identifier: MIT
"""Plots: bars and curves on logarithmic scales, as SVG written by hand."""
import html
import math
import re

from report.claims import OURS, YFFI, curve, median, quotient

COLOURS = {OURS: "#0b6e4f", YFFI: "#c0392b", "yjs": "#d68910", "loro": "#2e6da4", "automerge": "#7d3c98",
           "diamond-types": "#566573"}
FONT = 'font-family="sans-serif" font-size="11"'


def text(x, y, what, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {FONT} {more}>{html.escape(str(what))}</text>'


def frame(width, height, title, parts):
    heading = text(10, 18, title, more='font-weight="bold"')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}">\n'
            f'<rect width="{width}" height="{height}" fill="white"/>\n{heading}\n' + "\n".join(parts) + "\n</svg>\n")


def bars(title, lines, unit):
    """lines: [(label, value, colour)]; values on a logarithmic scale, from 1 where they are ratios."""
    if not lines:
        return frame(500, 40, title + ": nothing was measured", [])
    low = min(1.0, *(v for _, v, _ in lines)) * 0.8
    high = max(v for _, v, _ in lines) * 1.3
    left, width, step = 330, 460, 16
    bottom = 34 + step * len(lines)
    parts = []

    def place(value):
        return left + width * math.log(value / low) / math.log(high / low)

    for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
        x = place(10.0**power)
        parts.append(f'<line x1="{x:.1f}" y1="28" x2="{x:.1f}" y2="{bottom}" stroke="#ccc"/>')
        parts.append(text(x, bottom + 12, f"{10.0**power:g}{unit}", "middle"))
    for i, (label, value, colour) in enumerate(lines):
        y = 34 + step * i
        start, end = sorted((place(1.0 if unit == "x" else low), place(value)))
        parts.append(text(left - 6, y + 10, label, "end"))
        parts.append(f'<rect x="{start:.1f}" y="{y}" width="{max(1, end - start):.1f}" height="{step - 4}" '
                     f'fill="{colour}"/>')
        parts.append(text(end + 4, y + 10, f"{value:,.2g}{unit}" if value < 10 else f"{value:,.0f}{unit}"))
    return frame(left + width + 90, bottom + 22, title, parts)


def ratios(results):
    lines = []
    for row in results["rows"]:
        q = quotient(median(results, row, YFFI), median(results, row, OURS))
        if q:
            lines.append((row, q, COLOURS[OURS] if q >= 1 else COLOURS[YFFI]))
    return bars("how many times as fast as yffi (red: slower)", sorted(lines, key=lambda bar: -bar[1]), "x")


def replays(results):
    lines = []
    for row in results["rows"]:
        if not re.match("(native )?replay/automerge-paper/", row):
            continue
        interface = " (own interface)" if row.startswith("native") else ""
        for name, colour in COLOURS.items():
            value = median(results, row, name)
            if value:
                lines.append((f"{row.split('/', 2)[2]}: {name}{interface}", value, colour))
    return bars("automerge-paper, nanoseconds a keystroke", lines, " ns")


class Plot:
    """A square with curves on two logarithmic scales."""

    SIZE = 200

    def __init__(self, x, y, lines):
        every = [point for points in lines.values() for point in points]
        self.x, self.y, self.lines = x, y, lines
        self.low = [math.floor(math.log10(min(p[k] for p in every))) for k in (0, 1)]
        self.high = [max(math.ceil(math.log10(max(p[k] for p in every))), self.low[k] + 1) for k in (0, 1)]

    def place(self, n, t):
        """Of powers of ten."""
        across, up = ((v - self.low[k]) / (self.high[k] - self.low[k]) for k, v in enumerate((n, t)))
        return self.x + self.SIZE * across, self.y + self.SIZE * (1 - up)

    def draw(self, title):
        yield (f'<rect x="{self.x}" y="{self.y}" width="{self.SIZE}" height="{self.SIZE}" fill="none" '
               'stroke="#888"/>')
        yield text(self.x + self.SIZE / 2, self.y - 6, title, "middle")
        for power in range(self.low[0], self.high[0] + 1):
            yield text(self.place(power, 0)[0], self.y + self.SIZE + 14, f"1e{power}", "middle")
        for power in range(self.low[1], self.high[1] + 1):
            yield text(self.x - 4, self.place(0, power)[1] + 4, f"1e{power}", "end")
        for program, points in self.lines.items():
            places = [self.place(math.log10(n), math.log10(t)) for n, t in points]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[program]}" stroke-width="2"/>'
            for x, y in places:
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[program]}"/>'


def curves(results):
    """A small plot for each name that has sizes."""
    names = sorted({row.rpartition("/")[0] for row in results["rows"] if row.rpartition("/")[2].isdigit()})
    plots = []
    for name in names:
        lines = {program: curve(results, name, program, median) for program in (OURS, YFFI)}
        lines = {program: points for program, points in lines.items() if len(points) >= 2}
        if lines:
            plots.append((name, lines))
    step, across, parts = Plot.SIZE + 70, 3, []
    for i, (name, lines) in enumerate(plots):
        parts += Plot(60 + step * (i % across), 50 + step * (i // across), lines).draw(name + ", ns")
    rows = (len(plots) + across - 1) // across
    return frame(60 + step * across, 60 + step * max(rows, 1), f"growth with size: green {OURS}, red {YFFI}", parts)
