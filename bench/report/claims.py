# SPDX-License-Identifier: MIT
"""What is to hold, each with its measure: the thresholds of the project, and the verdict on them.

A claim gives lines {"claim", "need", "found", "holds", "aim", "reached"}. holds is None when a number is missing, and
such a line never counts as held.
"""
import math
import statistics

OURS, YFFI, YJS, DIAMOND = "yata", "yffi", "yjs", "diamond-types"
PAPER = "automerge-paper"
BIG = PAPER + "-x100"
LOGARITHMIC = ("1", "log n")
ANYWHERE = ("insert anywhere", "remove anywhere", "format anywhere", "make sticky index", "read sticky index",
            "array get anywhere")
CURVES = ("updates reversed", "updates shuffled", "concurrent prepends", *ANYWHERE)


def median(results, row, program):
    """Nanoseconds per operation, or None."""
    found = results["rows"].get(row, {}).get(program, {})
    return statistics.median(found["times"]) if "times" in found else None


def counter(results, row, program, name):
    return results["rows"].get(row, {}).get(program, {}).get(name)


def instructions(results, row, program):
    return results["instructions"].get(row, {}).get(program)


def quotient(a, b):
    return a / b if a is not None and b else None


def line(claim, need, found, holds, aim="", reached=None):
    return {"claim": claim, "need": need, "found": found, "holds": holds, "aim": aim, "reached": reached}


def at_least(claim, value, need, aim=None, unit="x"):
    shown = "not measured" if value is None else f"{value:,.2f}{unit}" if value < 10 else f"{value:,.0f}{unit}"
    return line(claim, f"{need:,}{unit}", shown, None if value is None else value >= need,
                f"{aim:,}{unit}" if aim else "", None if value is None or not aim else value >= aim)


def at_most(claim, value, need, unit, aim=None, show="{:,.2f}"):
    shown = "not measured" if value is None else show.format(value) + unit
    return line(claim, f"at most {need:,}{unit}", shown, None if value is None else value <= need,
                f"{aim:,}{unit}" if aim else "", None if value is None or not aim else value <= aim)


def fit(points):
    """The order of growth that fits best, of one factor each, by the relative error: {"order", "error", "factor"}."""
    orders = {"1": lambda n: 1, "log n": math.log2, "sqrt n": math.sqrt, "n": float,
              "n log n": lambda n: n * math.log2(n), "n^2": lambda n: n * n}
    best = None
    for name, order in orders.items():
        shares = [order(n) / y for n, y in points]
        factor = sum(shares) / sum(s * s for s in shares)
        error = math.sqrt(sum((1 - factor * s) ** 2 for s in shares) / len(points))
        if best is None or error < best["error"]:
            best = {"order": name, "error": error, "factor": factor}
    return best


def curve(results, name, program, of):
    """[(n, value per operation)] of the rows name/n."""
    points = []
    for row in results["rows"].keys() | results["instructions"].keys():
        stem, _, size = row.rpartition("/")
        if stem == name and size.isdigit():
            value = of(results, row, program)
            if value is not None:
                points.append((int(size), value))
    return sorted(points)


def counts_per_operation(results, row, program):
    n = instructions(results, row, program)
    ops = counter(results, row, program, "ops")
    return n / ops if n and ops else None


def growth(results, name):
    """The order of growth of an operation at 10^3..10^6: by instructions, which caches do not change; times beside."""
    by_count = curve(results, name, OURS, counts_per_operation)
    by_time = curve(results, name, OURS, median)
    found, holds = "not measured", None
    if len(by_count) >= 3:
        order = fit(by_count)["order"]
        holds = order in LOGARITHMIC
        found = f"O({order}), {listed(by_count)} instructions"
    if by_time:
        found += f"; {listed(by_time)} ns"
    return line(name + ", growth", "O(log n) an operation", found, holds)


def listed(points):
    return ", ".join(f"{y:,.0f}" for _, y in points) + f" at {points[0][0]:,} to {points[-1][0]:,}"


class View:
    """The results of a run, as the claims ask for them."""

    def __init__(self, results):
        self.results = results

    def ours(self, row):
        return median(self.results, row, OURS)

    def counter(self, row, name, program=OURS):
        return counter(self.results, row, program, name)

    def faster(self, claim, row, need, aim=None, program=YFFI):
        return at_least(claim, quotient(median(self.results, row, program), self.ours(row)), need, aim)

    def fewer(self, claim, row, need, aim):
        counts = [instructions(self.results, row, program) for program in (YFFI, OURS)]
        return at_least(claim + ": fewer instructions", quotient(*counts), need, aim)

    def growth(self, name):
        return growth(self.results, name)


def of_typing(view):
    own, diamond = f"native replay/{PAPER}/one transaction", f"replay/{PAPER}/one transaction"
    against = quotient(view.ours(own), median(view.results, diamond, DIAMOND))
    lines = [
        view.faster("replay automerge-paper, a transaction per keystroke", f"replay/{PAPER}/a transaction each", 100,
                    250),
        view.faster("the same with an update observer", f"replay/{PAPER}/update observer", 60, 120),
        view.faster("... against yjs", f"replay/{PAPER}/update observer", 1, program=YJS),
        view.faster("the same in one transaction", f"replay/{PAPER}/one transaction", 2500, 5000),
        at_most("native interface, one transaction", view.ours(own), 60, " ns", show="{:.1f}"),
        # An aim without a threshold: it holds when it was measured.
        line("... against diamond-types", "", "not measured" if against is None else f"{against:.2f}x its time",
             None if against is None else True, "at most 2x", None if against is None else against <= 2),
    ]
    for name in ("rustcode", "seph-blog1", "sveltecomponent", "friendsforever_flat"):
        lines.append(view.faster(f"replay {name}, a transaction each", f"replay/{name}/a transaction each", 60, 200))
    return lines


def of_updates(view):
    lines = [view.fewer(f"load automerge-paper {v}", f"load/{PAPER}/{v}", 5, 12) for v in ("v1", "v2")]
    for v in ("v1", "v2"):
        lines.append(view.fewer(f"encode automerge-paper {v}", f"encode/{PAPER}/{v}", 3, 6))
        lines.append(view.faster(f"encode automerge-paper {v}: time", f"encode/{PAPER}/{v}", 3, 6))
    return lines + [
        view.faster("10,000 small updates one by one", "small updates/10000", 2.5, 5),
        view.faster("8,000 updates reversed", "updates reversed/8000", 50),
        view.growth("updates reversed"),
        view.faster("8,000 updates shuffled", "updates shuffled/8000", 50),
        view.growth("updates shuffled"),
        view.faster("two clients prepend 8,000 characters, then merge", "concurrent prepends/8000", 50),
        view.growth("concurrent prepends"),
    ]


def of_memory(view):
    row = f"load/{PAPER}/v1"
    heap, theirs = view.counter(row, "heap"), view.counter(row, "heap", YFFI)
    text = view.results["text_bytes"]
    known = heap is not None and theirs is not None
    return line("heap after loading automerge-paper", "one third",
                f"{heap:,.0f} B, yffi {theirs:,.0f} B ({theirs / heap:.2f}x)" if known else "not measured",
                3 * heap <= theirs if known else None,
                "4x the text", heap <= 4 * text if known and text else None)


def of_long_transactions(view):
    """Flat: while it runs, no more memory than twice what is held afterwards."""
    lines = []
    for what, title in (("append", "appends"), ("push", "pushes")):
        row = f"{what}, one transaction/100000"
        each, heap, peak = view.ours(row), view.counter(row, "heap"), view.counter(row, "peak_resident")
        known = heap is not None and peak is not None
        lines.append(at_most(f"100,000 {title} in one transaction", each and each * 100000 / 1e6, 20, " ms"))
        lines.append(line("... memory flat", "peak at most 2x the end + 1 MiB",
                          f"{peak:,.0f} B, {heap:,.0f} B at the end" if known else "not measured",
                          peak <= 2 * heap + (1 << 20) if known else None))
    return lines


def of_size(view):
    big, small = (view.ours(f"keystroke in the middle/{name}") for name in (BIG, PAPER))
    loaded = [view.counter(f"load/{BIG}/v1", "heap", program) for program in (YFFI, OURS)]
    among = [view.ours(f"transaction among clients/{n}") for n in (100000, 1)]
    a_byte = [quotient(view.ours(f"diff of nothing/{name}"), view.counter(f"diff of nothing/{name}", "bytes"))
              for name in (BIG, PAPER)]
    return [
        at_most("a keystroke in the middle of the 100x document", big, 2000, " ns", show="{:,.0f}"),
        at_most("... against one in the 1x document", quotient(big, small), 2, "x"),
        view.faster("load the 100x document", f"load/{BIG}/v1", 8),
        at_least("... and less memory", quotient(*loaded), 3),
        *of_long_transactions(view),
        of_memory(view),
        at_most("a transaction among 100,000 clients, against among one", quotient(*among), 1.25, "x"),
        view.faster("diff for an up-to-date peer, 100x document", f"diff of nothing/{BIG}", 5),
        at_most("... a byte of it, against one in the 1x document", quotient(*a_byte), 2, "x"),
    ]


def of_reading(view):
    rows = {"read the string": f"read string/{PAPER}", "state vector": f"state vector/{PAPER}",
            "range insert": "insert range/100000", "map get": "map get/10000", "undo": "undo/1000",
            "destroy": f"destroy/{PAPER}"}
    wide = [view.ours(f"native replay/wide/a transaction each{unit}") for unit in (", UTF-16", "")]
    return [view.faster(what, row, 1, 2) for what, row in rows.items()] + [view.growth(name) for name in ANYWHERE] + [
        at_most("UTF-16 against bytes, text that is not ASCII", quotient(*wide), 1.3, "x")]


def verdicts(results):
    view = View(results)
    return [*of_typing(view), *of_updates(view), *of_size(view), *of_reading(view)]


def rows_of_claims(all_rows):
    """The rows that the claims look at, for each of our programs to measure first."""
    asked = {}

    class Probe(dict):
        """Stands for the rows, and notes what is asked for."""

        def get(self, row, default=None):
            asked[row] = True
            return default

    verdicts({"rows": Probe(), "instructions": Probe(), "text_bytes": None})
    return [row for row in all_rows if row in asked or row.rpartition("/")[0] in CURVES]


def slower_rows(results):
    """[(row, program, how many times faster it is)] where a peer of our format is faster."""
    found = []
    for row, programs in results["rows"].items():
        for peer in (YFFI, YJS):
            q = quotient(median(results, row, OURS), median(results, row, peer))
            if q and q > 1:
                found.append((row, peer, q))
    return sorted(found, key=lambda f: -f[2])
