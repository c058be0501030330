#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the cases call every function of libyrs.h, at least twice, once in its error case? Are all cases of yffi's there?

Counts calls in the sources of the test program, after the preprocessor; a call of one of our own helpers (abi.h, check.h)
counts for what the helper calls. The error case of a function is a call in errors.cpp; functions that cannot fail are
listed here.

usage: inventory.py PROJECT
"""
import collections
import pathlib
import re
import subprocess
import sys

import compare

SOURCES = ["additions.cpp", "documents.cpp", "errors.cpp", "events.cpp", "subdocuments.cpp", "types.cpp", "undo.cpp", "weak.cpp"]
HELPERS = ["abi.h", "check.h", "show.cpp"]
CANNOT_FAIL = """yoptions ydoc_new ydoc_new_with_options yinput_null yinput_undefined yinput_bool yinput_float yinput_long
ytransaction_origin ybranch_doc ytransaction_root_name""".split()
# The test program of yffi, in our words (one case may cover several of its).
CASES = """update_exchange_basic ytext_basic yarray_basic ymap_basic yxmlelement_basic ytext_observe ytext_insert_delta
ytext_insert_embed ytext_formatting yarray_observe ymap_observe yxmltext_observe yxmlelement_observe yarray_deep_observe
ymap_deep_observe ydoc_observe_updates ydoc_observe_updates ydoc_observe_after_transaction ydoc_snapshots
ydoc_observe_subdocs yundomanager_undo_redo relative_position weak_link_references branch_ids unicode_support
array_event_observer_target ymap_multiple_nested_maps yinput_types yinput_types yinput_types yinput_types yinput_types
yinput_types yinput_types yinput_types ymap_json_input yarray_json_input json_output jsonpath_queries""".split()


def preprocessed(project, source, abi):
    """{name of a file of ours: its text}"""
    text = subprocess.run(["c++", "-E", "-std=c++17", f"-DYFFI_ABI={abi}", f"-I{project / 'include'}", str(source)],
                          check=True, capture_output=True, text=True).stdout
    found, name = collections.defaultdict(list), ""
    for line in text.splitlines():
        mark = re.match(r'# \d+ "([^"]*)"', line)
        if mark:
            name = pathlib.Path(mark[1]).name
        else:
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def helpers(text, functions):
    """{helper: what its body calls} of the functions that a source defines."""
    found = {}
    for match in re.finditer(r"\b(\w+)\s*\([^;{}]*\)\s*\{", text):
        depth, at = 1, match.end()
        while depth and at < len(text):
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
        calls = [n for n in re.findall(r"\b\w+\b", text[match.end():at]) if n in functions]
        if calls and match[1] not in functions:
            found.setdefault(match[1], []).extend(calls)
    return found


def count(project, abi, functions):
    """Calls of each function in all sources, and in errors.cpp."""
    total, wrong = collections.Counter(), set()
    here = project / "tests/yffi"
    own = {}
    for source in [*SOURCES, "show.cpp"]:
        files = preprocessed(project, here / source, abi)
        for name in HELPERS:
            own.update({h: c for h, c in helpers(files.get(name, ""), functions).items() if h not in own})
    for source in SOURCES:
        text = preprocessed(project, here / source, abi)[source]
        text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
        for name in re.findall(r"\b\w+\b", text):
            if name in functions:
                total[name] += 1
                if source == "errors.cpp":
                    wrong.add(name)
            for called in own.get(name, []):
                total[called] += 1
    return total, wrong


def main():
    project = pathlib.Path(sys.argv[1]).resolve()
    faults = []
    for abi in compare.VERSIONS:
        functions, added = compare.signatures(project / "include/libyrs.h", abi)
        total, wrong = count(project, abi, set(functions))
        for name in functions:
            if total[name] < 2 and name not in added:
                faults.append(f"{abi}: {name} is called {total[name]} times")
            if name not in wrong and name not in CANNOT_FAIL and name not in added:
                faults.append(f"{abi}: {name} has no error case")
        print(f"interface {abi}: {len(functions)} functions, {sum(total.values())} calls")
    named = set()
    for source in SOURCES:
        named.update(re.findall(r"^CASE\((\w+)\)", (project / "tests/yffi" / source).read_text(), re.M))
    faults += [f"case {n + 1} of yffi is missing: {case}" for n, case in enumerate(CASES) if case not in named]
    print(f"{len(CASES)} cases of yffi, {len(named)} of ours")
    for fault in faults:
        print(fault)
    return 1 if faults or len(CASES) != 39 else 0


if __name__ == "__main__":
    sys.exit(main())
