# SPDX-License-Identifier: MIT
"""Plots: bars and curves on logarithmic scales, as SVG written by hand."""
import html
import math

from report.claims import OURS, YFFI, curve, median, quotient

COLOURS = {OURS: "#0b6e4f", YFFI: "#c0392b", "yjs": "#d68910", "loro": "#2e6da4", "automerge": "#7d3c98", "diamond-types": "#566573"}
FONT = 'font-family="sans-serif" font-size="11"'


def text(x, y, what, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {FONT} {more}>{html.escape(str(what))}</text>'


def frame(width, height, title, parts):
    heading = text(10, 18, title, more='font-weight="bold"')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
            f'<rect width="{width}" height="{height}" fill="white"/>\n{heading}\n' + "\n".join(parts) + "\n</svg>\n")


def bars(title, lines, unit):
    """lines: [(label, value, colour)]; values on a logarithmic scale."""
    if not lines:
        return frame(500, 40, title + ": nothing was measured", [])
    low = min(1.0, *(v for _, v, _ in lines)) * 0.8
    high = max(v for _, v, _ in lines) * 1.3
    left, width, step = 330, 460, 16
    place = lambda v: left + width * math.log(v / low) / math.log(high / low)
    parts = []
    for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
        x = place(10.0**power)
        parts.append(f'<line x1="{x:.1f}" y1="28" x2="{x:.1f}" y2="{34 + step * len(lines)}" stroke="#ccc"/>')
        parts.append(text(x, 46 + step * len(lines), f"{10.0**power:g}{unit}", "middle"))
    for i, (label, value, colour) in enumerate(lines):
        y = 34 + step * i
        one, end = place(max(low, 1.0 if unit == "x" else low)), place(value)
        parts.append(text(left - 6, y + 10, label, "end"))
        parts.append(f'<rect x="{min(one, end):.1f}" y="{y}" width="{max(1, abs(end - one)):.1f}" height="{step - 4}" fill="{colour}"/>')
        parts.append(text(max(one, end) + 4, y + 10, f"{value:,.2g}{unit}" if value < 10 else f"{value:,.0f}{unit}"))
    return frame(left + width + 90, 56 + step * len(lines), title, parts)


def ratios(results):
    lines = []
    for row in results["rows"]:
        q = quotient(median(results, row, YFFI), median(results, row, OURS))
        if q:
            lines.append((row, q, COLOURS[OURS] if q >= 1 else COLOURS[YFFI]))
    return bars("how many times as fast as yffi (red: slower)", sorted(lines, key=lambda l: -l[1]), "x")


def replays(results):
    lines = []
    for row in results["rows"]:
        if row.startswith("replay/automerge-paper/") or row.startswith("native replay/automerge-paper/one"):
            lines += [(f"{row.split('/', 2)[2]}: {name}{' (own interface)' if row.startswith('native') else ''}", value, COLOURS[name])
                      for name in COLOURS if (value := median(results, row, name))]
    return bars("automerge-paper, nanoseconds a keystroke", lines, " ns")


def curves(results):
    """A small plot for each name that has sizes."""
    names = sorted({row.rpartition("/")[0] for row in results["rows"] if row.rpartition("/")[2].isdigit()})
    plots = [(name, {p: points for p in (OURS, YFFI) if len(points := curve(results, name, p, median)) >= 2}) for name in names]
    plots = [plot for plot in plots if plot[1]]
    size, gap, across = 200, 70, 3
    parts = []
    for i, (name, lines) in enumerate(plots):
        x0, y0 = 60 + (size + gap) * (i % across), 50 + (size + gap) * (i // across)
        every = [point for points in lines.values() for point in points]
        lows = [10 ** math.floor(math.log10(min(p[k] for p in every))) for k in (0, 1)]
        highs = [10 ** math.ceil(math.log10(max(p[k] for p in every) * 1.0001)) for k in (0, 1)]
        place = lambda n, t: (x0 + size * math.log(n / lows[0]) / math.log(highs[0] / lows[0]),
                              y0 + size - size * math.log(t / lows[1]) / math.log(highs[1] / lows[1]))
        parts.append(f'<rect x="{x0}" y="{y0}" width="{size}" height="{size}" fill="none" stroke="#888"/>')
        parts.append(text(x0 + size / 2, y0 - 6, name + ", ns", "middle"))
        for k in (0, 1):
            power = round(math.log10(lows[k]))
            while 10.0**power <= highs[k]:
                x, y = place(10.0**power if k == 0 else lows[0], 10.0**power if k == 1 else lows[1])
                parts.append(text(x, y0 + size + 14, f"1e{power}", "middle") if k == 0 else text(x0 - 4, y + 4, f"1e{power}", "end"))
                power += 1
        for program, points in lines.items():
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*p) for p in points))
            parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[program]}" stroke-width="2"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[program]}"/>' for x, y in (place(*p) for p in points)]
    rows = (len(plots) + across - 1) // across
    return frame(60 + (size + gap) * across, 60 + (size + gap) * max(rows, 1), f"growth with size: green {OURS}, red {YFFI}", parts)
