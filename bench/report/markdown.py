# SPDX-License-Identifier: MIT
"""The results as a page."""
from report.claims import OURS, YFFI, counter, instructions, median

PLOTS = (("how many times as fast", "ratios"), ("growth", "curves"), ("histories", "replay"))
PROGRAMS = (OURS, YFFI, "yjs", "loro", "automerge", "diamond-types")
REACHED = {True: "yes", False: "no", None: ""}
VERDICTS = {True: "yes", False: "**NO**", None: "not shown"}


def duration(ns):
    if ns is None:
        return ""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def table(head, lines):
    cells = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(str(c).replace("|", "\\|") for c in cell) + " |" for cell in cells) + "\n"


def verdict_table(results):
    lines = [[c["claim"], c["need"], c["found"], VERDICTS[c["holds"]], c["aim"], REACHED[c["reached"]]]
             for c in results["claims"]]
    held = sum(c["holds"] is True for c in results["claims"])
    missed = sum(c["holds"] is False for c in results["claims"])
    return (table(["what", "needed", "measured", "holds", "aim", "reached"], lines) +
            f"\n{held} hold, {missed} do not, {len(results['claims']) - held - missed} are not shown.\n")


def row_table(results):
    used = [p for p in PROGRAMS if any(p in r for r in results["rows"].values())]
    others = [p for p in used if p != OURS]
    head = ["row, an operation", *used, *(f"{p} / {OURS}" for p in others), "heap " + OURS, "heap " + YFFI]
    lines, notes = [], []
    for row, measured in results["rows"].items():
        ours = median(results, row, OURS)
        times = {p: median(results, row, p) for p in used}
        line = [row] + [duration(times[p]) for p in used]
        line += ["" if not ours or times[p] is None else f"{times[p] / ours:.2f}" for p in others]
        line += [f"{h:,.0f}" if (h := counter(results, row, p, "heap")) is not None else "" for p in (OURS, YFFI)]
        lines.append(line)
        notes += [f"- {row}, {p}: {m['absent']}" for p, m in measured.items() if "absent" in m]
    return table(head, lines), notes


def page(results, name):
    about = results["machine"]
    versions = ", ".join(f"{n} {v}" for n, v in results["versions"].items())
    rows, notes = row_table(results)
    before, after = (results[when][0] for when in ("load_before", "load_after"))
    parts = [
        f"# Yata beside its peers, {results['started'][:10]}\n",
        f"Commit {results['commit']}; {versions}. {about['processor']}, {about['cores']} cores, {about['memory']}; "
        f"{about['system']}; {about['compiler']}; node {about['node']}. Load before {before:.1f}, after {after:.1f}: "
        f"one above 1 makes times worse than they are. {results['seconds']} s"
        f"{'.' if results['complete'] else '; **not complete**.'}\n",
        "Times are medians of repetitions, each a process of its own (in node: one process); processor time of the "
        "thread for Yata and yffi, elapsed time for the others. Loro, Automerge and diamond-types store and send "
        "formats of their own. Written by `bench/compare.py`.\n",
    ]
    if results["absent"]:
        parts.append("**Not compared:** " + "; ".join(f"{n}: {w}" for n, w in results["absent"].items()) + "\n")
    parts += ["## What is to hold\n", verdict_table(results)]
    if results["slower"]:
        parts += ["## Rows in which a peer of the same format is faster\n",
                  table(["row", "peer", "times as fast"], [[r, p, f"{q:.2f}"] for r, p, q in results["slower"]])]
    if results["instructions"]:
        lines = []
        for row in results["instructions"]:
            ours, theirs = instructions(results, row, OURS), instructions(results, row, YFFI)
            lines.append([row, f"{ours:,}" if ours else "", f"{theirs:,}" if theirs else "",
                          f"{theirs / ours:.2f}" if ours and theirs else ""])
        parts += ["## Instructions of the measured phase\n", table(["row", OURS, YFFI, f"{YFFI} / {OURS}"], lines)]
    parts += [f"![{what}]({name}-{file}.svg)\n" for what, file in PLOTS]
    parts += ["## All rows\n", rows]
    if notes:
        parts += ["## Not measured\n", "\n".join(notes) + "\n"]
    return "\n".join(parts)
