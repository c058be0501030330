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
    orders = {"1": lambda n: 1, "log n": lambda n: math.log2(n), "sqrt n": math.sqrt, "n": float,
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


def growth(results, claim, name, need=LOGARITHMIC, to=1000000):
    """The order of growth of an operation at 10^3..10^6: by instructions, which caches do not change, and by time."""
    by_count = curve(results, name, OURS, counts_per_operation)
    by_time = curve(results, name, OURS, median)
    shown, holds = "not measured", None
    if len(by_count) >= 3 and by_count[-1][0] >= to:
        best = fit(by_count)
        holds = best["order"] in need
        shown = f"O({best['order']}): " + ", ".join(f"{y:,.0f}" for _, y in by_count) + f" instructions at {by_count[0][0]:,}..{by_count[-1][0]:,}"
    if by_time:
        shown += "; " + ", ".join(f"{y:,.0f}" for _, y in by_time) + f" ns to {by_time[-1][0]:,}"
    return line(claim, "O(log n) an operation", shown, holds)


def ratio(results, claim, row, need, aim=None, program=YFFI):
    return at_least(claim, quotient(median(results, row, program), median(results, row, OURS)), need, aim)


def count_ratio(results, claim, row, need, aim):
    return at_least(claim, quotient(instructions(results, row, YFFI), instructions(results, row, OURS)), need, aim)


def verdicts(results):
    text = results.get("text_bytes")
    R = lambda *a, **k: ratio(results, *a, **k)
    ours = lambda row: median(results, row, OURS)
    lines = [
        R("replay automerge-paper, a transaction per keystroke", f"replay/{PAPER}/a transaction each", 100, 250),
        R("the same with an update observer", f"replay/{PAPER}/update observer", 60, 120),
        R("the same with an update observer, against yjs", f"replay/{PAPER}/update observer", 1, program=YJS),
        R("the same in one transaction", f"replay/{PAPER}/one transaction", 2500, 5000),
        at_most("native interface, one transaction", ours(f"native replay/{PAPER}/one transaction"), 60, " ns", show="{:.1f}"),
        line("... within twice of diamond-types", "", "", None),
    ]
    against = quotient(ours(f"native replay/{PAPER}/one transaction"), median(results, f"replay/{PAPER}/one transaction", DIAMOND))
    lines[-1] = line("native interface, one transaction, against diamond-types", "", "not measured" if against is None else f"{against:.2f}x its time", None if against is None else True,
                     "at most 2x", None if against is None else against <= 2)
    for name in ("rustcode", "seph-blog1", "sveltecomponent", "friendsforever_flat"):
        lines.append(R(f"replay {name}, a transaction each", f"replay/{name}/a transaction each", 60, 200))
    for form in ("v1", "v2"):
        lines.append(count_ratio(results, f"load automerge-paper {form}: fewer instructions", f"load/{PAPER}/{form}", 5, 12))
    for form in ("v1", "v2"):
        lines.append(count_ratio(results, f"encode automerge-paper {form}: fewer instructions", f"encode/{PAPER}/{form}", 3, 6))
        lines.append(R(f"encode automerge-paper {form}: time", f"encode/{PAPER}/{form}", 3, 6))
    lines += [
        R("10,000 small updates one by one", "small updates/10000", 2.5, 5),
        R("8,000 updates reversed", "updates reversed/8000", 50),
        growth(results, "updates reversed", "updates reversed"),
        R("8,000 updates shuffled", "updates shuffled/8000", 50),
        growth(results, "updates shuffled", "updates shuffled"),
        R("two clients prepend 8,000 characters, then merge", "concurrent prepends/8000", 50),
        growth(results, "concurrent prepends", "concurrent prepends"),
    ]
    big, small = ours(f"keystroke in the middle/{BIG}"), ours(f"keystroke in the middle/{PAPER}")
    lines += [
        at_most("a keystroke in the middle of the 100x document", big, 2000, " ns", show="{:,.0f}"),
        at_most("... against one in the 1x document", quotient(big, small), 2, "x"),
        R("load the 100x document", f"load/{BIG}/v1", 8),
        at_least("... and less memory", quotient(counter(results, f"load/{BIG}/v1", YFFI, "heap"), counter(results, f"load/{BIG}/v1", OURS, "heap")), 3),
    ]
    for what in ("append", "push"):
        row = f"{what}, one transaction/100000"
        total = ours(row)
        lines.append(at_most(f"100,000 {'appends' if what == 'append' else 'pushes'} in one transaction", None if total is None else total * 100000 / 1e6, 20, " ms"))
        # Flat: while it runs no more than twice what is held afterwards.
        heap, peak = counter(results, row, OURS, "heap"), counter(results, row, OURS, "peak_resident")
        flat = None if heap is None or peak is None else peak <= 2 * heap + (1 << 20)
        lines.append(line("... memory flat", "peak at most 2x the end + 1 MiB", "not measured" if flat is None else f"{peak:,.0f} B, {heap:,.0f} B at the end", flat))
    heap, theirs = (counter(results, f"load/{PAPER}/v1", p, "heap") for p in (OURS, YFFI))
    lines.append(line("heap after loading automerge-paper", "one third",
                      "not measured" if None in (heap, theirs) else f"{heap:,.0f} B, yffi {theirs:,.0f} B ({theirs / heap:.2f}x)",
                      None if None in (heap, theirs) else 3 * heap <= theirs, "4x the text",
                      None if heap is None or not text else heap <= 4 * text))
    for what, row in (("read the string", f"read string/{PAPER}"), ("state vector", f"state vector/{PAPER}"), ("range insert", "insert range/100000"),
                      ("map get", "map get/10000"), ("undo", "undo/1000"), ("destroy", f"destroy/{PAPER}")):
        lines.append(R(what, row, 1, 2))
    for name in ("insert anywhere", "remove anywhere", "format anywhere", "make sticky index", "read sticky index", "array get anywhere"):
        lines.append(growth(results, name, name))
    lines += [
        at_most("a transaction among 100,000 clients, against among one", quotient(ours("transaction among clients/100000"), ours("transaction among clients/1")), 1.25, "x"),
        R("diff for an up-to-date peer, 100x document", f"diff of nothing/{BIG}", 5),
    ]
    per_byte = [quotient(ours(f"diff of nothing/{n}"), counter(results, f"diff of nothing/{n}", OURS, "bytes")) for n in (BIG, PAPER)]
    lines.append(at_most("... a byte of it, against one in the 1x document", quotient(*per_byte), 2, "x"))
    wide = "native replay/wide"
    lines.append(at_most("UTF-16 against bytes, text that is not ASCII", quotient(ours(f"{wide}/a transaction each, UTF-16"), ours(f"{wide}/a transaction each")), 1.3, "x"))
    return lines


def rows_of_claims(all_rows):
    """The rows that the claims look at, for each of our programs to measure first."""
    asked = {}

    class Probe(dict):
        """Stands for the rows, and notes what is asked for."""

        def get(self, row, default=None):
            asked[row] = True
            return default

    verdicts({"rows": Probe(), "instructions": Probe(), "text_bytes": None})
    stems = {"updates reversed", "updates shuffled", "concurrent prepends", "insert anywhere", "remove anywhere",
             "format anywhere", "make sticky index", "read sticky index", "array get anywhere"}
    return [row for row in all_rows if row in asked or row.rpartition("/")[0] in stems]


def slower_rows(results):
    """[(row, program, how many times faster it is)] where a peer of our format is faster."""
    found = []
    for row, programs in results["rows"].items():
        for peer in (YFFI, YJS):
            q = quotient(median(results, row, OURS), median(results, row, peer))
            if q and q > 1:
                found.append((row, peer, q))
    return sorted(found, key=lambda f: -f[2])
