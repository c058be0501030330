#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that src/ is a line of layers.

The one list of layers is in src/meson.build, lowest first. What is verified:
  - a file includes its own layer, lower ones and <yata/...>, never a layer above;
  - of the C library only what a freestanding compiler has, plus the exceptions in SYSTEM;
  - every source is listed, every listed file exists;
  - file base names are unique, so that grep and object names stay unambiguous;
  - src/yffi stands on the public headers alone: it includes its own files, <libyrs.h>, <yata/...> and what a hosted
    system has; its list is in src/yffi/meson.build;
  - programs outside src/ (the command, examples, benchmarks) see the public headers only.

usage: layers.py PROJECT
"""
import pathlib
import re
import sys

FREESTANDING = {"float.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h"}
# Hosted headers and the only files that may have them.
SYSTEM = {
    "string.h": {"base/config.h"},
    "assert.h": {"base/config.h"},
    "xxhash.h": {"base/hash.c"},
    "stdlib.h": {"base/hash.c"},  # xxhash.h has it; included first, so that its malloc can be taken away
    "stdlib.h": {"base/hash.c"},  # because xxhash.h includes it
}
HOSTED = "base/platform_hosted.c"
OUTSIDE = ("tools", "bench")
YFFI = "yffi"
YFFI_SYSTEM = {"pthread.h", "stdatomic.h", "stdlib.h", "string.h", "sys/single_threaded.h", "time.h"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def read_layers(build):
    """[(name, [file, ...]), ...] from the text of src/meson.build."""
    body = re.search(r"^layers = \[$(.*?)^\]$", build, re.M | re.S)
    if not body:
        sys.exit("src/meson.build: no list 'layers = ['")
    text = re.sub(r"#.*", "", body.group(1))
    found = re.findall(r"\['(\w+)',\s*\[(.*?)\]\s*\]", text, re.S)
    return [(name, re.findall(r"'([^']+)'", files)) for name, files in found]


def main():
    root = pathlib.Path(sys.argv[1])
    src = root / "src"
    build = (src / "meson.build").read_text()
    layers = read_layers(build)
    rank = {name: i for i, (name, _) in enumerate(layers)}
    faults = []

    listed = {f"{name}/{file}" for name, files in layers for file in files}
    listed |= {path for path in re.findall(r"'(\w+/\w+\.c)'", build)}
    listed |= {f"{YFFI}/{file}" for file in re.findall(r"'(\w+\.c)'", (src / YFFI / "meson.build").read_text())}
    present = {str(p.relative_to(src)) for p in src.rglob("*.c")}
    faults += [f"src/{p}: not listed in src/meson.build" for p in sorted(present - listed)]
    faults += [f"src/{p}: listed in src/meson.build, but there is no such file" for p in sorted(listed - present)]

    names = {}
    for path in sorted([*src.rglob("*.c"), *src.rglob("*.h")]):
        rel = str(path.relative_to(src))
        layer = rel.split("/")[0]
        if layer == YFFI:
            names.setdefault(path.stem if path.suffix == ".c" else path.name, []).append(rel)
            faults += check_yffi(src, rel, path.read_text())
            continue
        if layer not in rank:
            faults.append(f"src/{rel}: the folder is no layer")
            continue
        text = path.read_text()
        names.setdefault(path.stem if path.suffix == ".c" else path.name, []).append(rel)
        for kind, target in INCLUDE.findall(text):
            faults += check_include(src, rank, rel, layer, kind, target)

    for name, where in sorted(names.items()):
        if len(where) > 1:
            faults.append(f"file name '{name}' is taken twice: {', '.join(where)}")

    for top in OUTSIDE:
        for path in sorted([*(root / top).rglob("*.c"), *(root / top).rglob("*.h"), *(root / top).rglob("*.cpp")]):
            for kind, target in INCLUDE.findall(path.read_text()):
                if kind == '"' and target.split("/")[0] in rank:
                    faults.append(f"{path.relative_to(root)}: includes the internal {target}")

    for path in sorted((root / "include").rglob("*.h")):
        for kind, target in INCLUDE.findall(path.read_text()):
            hosted = path.name == "libyrs.h" and target == "stdlib.h"  # yffi's has it, too
            if kind == '"' or not (target.startswith("yata/") or target in FREESTANDING or hosted):
                faults.append(f"{path.relative_to(root)}: a public header includes {target}")

    for fault in faults:
        print(fault)
    print(f"{len(layers)} layers, {len(present)} sources, {len(faults)} faults")
    return 1 if faults else 0


def check_yffi(src, rel, text):
    faults = []
    for kind, target in INCLUDE.findall(text):
        if kind == '"':
            if not target.startswith(YFFI + "/"):
                faults.append(f'src/{rel}: "{target}" is inside the library; only the public headers are for {YFFI}')
            elif not (src / target).is_file():
                faults.append(f"src/{rel}: there is no src/{target}")
        elif not (target.startswith("yata/") or target == "libyrs.h" or target in FREESTANDING | YFFI_SYSTEM):
            faults.append(f"src/{rel}: includes <{target}>")
    return faults


def check_include(src, rank, rel, layer, kind, target):
    if kind == '"':
        to = target.split("/")[0]
        if to not in rank:
            return [f'src/{rel}: "{target}" names no layer; write "layer/file.h"']
        if rank[to] > rank[layer]:
            return [f"src/{rel}: includes upwards: {layer} -> {target}"]
        if not (src / target).is_file():
            return [f'src/{rel}: there is no src/{target}']
        return []
    if target.startswith("yata/") or target in FREESTANDING or rel == HOSTED:
        return []
    if rel in SYSTEM.get(target, ()):
        return []
    return [f"src/{rel}: <{target}> is not for a freestanding library"]


if __name__ == "__main__":
    sys.exit(main())
