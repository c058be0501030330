#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares libyrs with yffi: exported symbols, signatures, structs, constants; for both generations.

Fetches the crate with cargo, builds it, and writes its header with cbindgen (found in PATH, else installed by cargo into
the work folder). Then it looks at what both headers declare and at what both shared libraries export.

Reported as faults: a symbol, signature, size, offset or constant that is missing or differs. Our additions stand in
libyrs.h behind "Additions of Yata"; anything else that only we have is a fault.

usage: compare.py --library 27=LIBYRS.SO --library 28=LIBYRS.SO [--work FOLDER] [--peer 27=HEADER,LIBRARY] PROJECT
Where there is no cargo it says so and skips (exit status 77).
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

VERSIONS = {"27": "0.27.3", "28": "0.28.0"}
ADDITIONS = "Additions of Yata"
# What the header says with other words: opaque handles, and what C calls the same.
SAME = [
    (r"\bstruct\s+", ""), (r"\bunion\s+", ""), (r"\bconst\b", ""), (r"\bTransactionInner\b", "YTransaction"),
    (r"\bLinkSource\b", "Weak"), (r"\bStickyIndex\b", "YStickyIndex"), (r"\bYFFI_API\b", ""), (r"\bextern\b", ""),
]
STRUCTS = """YOptions id guid collection_id flags; YOutput tag len value; YInput tag len value; YMapInputData keys values;
YMapEntry key value; YXmlAttr name value; YStateVector entries_count client_ids clocks; YIdRange start end;
YIdRangeSeq len seq; YIdSet entries_count client_ids ranges; YAfterTransactionEvent before_state after_state delete_set;
YSubdocsEvent added_len removed_len loaded_len added removed loaded; YPendingUpdate missing update_v1 update_len;
YDeltaIn tag len attributes insert; YChunk data fmt_len fmt; YTextEvent inner txn; YMapEvent inner txn;
YArrayEvent inner txn; YXmlEvent inner txn; YXmlTextEvent inner txn; YWeakLinkEvent inner txn; YEvent tag content;
YPathSegment tag value; YDeltaAttr key value; YDeltaOut tag len attributes_len attributes insert;
YEventChange tag len values; YEventKeyChange key tag old_value new_value; YUndoManagerOptions capture_timeout_millis;
YUndoEvent kind origin origin_len meta; YBranchId client_or_len variant;
YOutputContent flag num integer str buf array map y_type y_doc; YInputContent flag num integer str buf values map doc weak;
YEventContent text map array xml_elem xml_text weak; YPathSegmentCase key index; YBranchIdVariant clock name"""


def run(command, **more):
    return subprocess.run(command, check=True, text=True, capture_output=True, **more).stdout


def build(work, abi):
    """Fetches and builds the crate; returns its folder and its shared library. What was built before is kept."""
    version = VERSIONS[abi]
    package = work / f"package-{abi}"
    crate = work / f"yffi-{abi}"
    library = crate / "target/release/libyrs.so"
    if not (crate / "Cargo.lock").exists():
        shutil.rmtree(crate, ignore_errors=True)
        (package / "src").mkdir(parents=True, exist_ok=True)
        (package / "src/lib.rs").write_text("")
        (package / "Cargo.toml").write_text(
            '[package]\nname = "peer"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n'
            f'yffi = "={version}"\nyrs = "={version}"\n')
        run(["cargo", "vendor", "vendored"], cwd=package)
        shutil.copytree(package / "vendored/yffi", crate)
        (crate / "Cargo.lock").unlink(missing_ok=True)
        with (crate / "Cargo.toml").open("a") as manifest:
            manifest.write('\n[workspace]\n\n[profile.release]\ncodegen-units = 1\nlto = true\npanic = "abort"\n')
        run(["cargo", "update", "-p", "yrs", "--precise", version], cwd=crate)
    if not library.exists():
        run(["cargo", "build", "--release"], cwd=crate)
    return crate, library


def fetch(work, abi):
    """Builds the crate; returns its header and its shared library."""
    crate, library = build(work, abi)
    cbindgen = shutil.which("cbindgen") or str(work / "tools/bin/cbindgen")
    if not pathlib.Path(cbindgen).exists():
        run(["cargo", "install", "cbindgen", "--root", str(work / "tools"), "--locked", "-j1"])
    header = work / f"yffi-{abi}.h"
    header.write_text(run([cbindgen, "-q", "-c", "cbindgen.toml"], cwd=crate))
    return header, library


def exported(library):
    lines = run(["nm", "-D", "--defined-only", str(library)]).splitlines()
    return {line.split()[-1] for line in lines if line.split()[-1].startswith("y")}


def signatures(header, abi):
    """{name: normal form} of all functions that a header declares, and the names of our additions."""
    text = pathlib.Path(header).read_text()
    extra = text[text.rfind(ADDITIONS):] if ADDITIONS in text else ""
    added = set(re.findall(r"\b(y\w+)\(", re.sub(r"/\*.*?\*/", "", extra, flags=re.S)))
    plain = run(["cc", "-E", "-P", f"-DYFFI_ABI={abi}", "-x", "c", str(header)])
    plain = plain.replace('__attribute__((visibility("default")))', "")
    found = {}
    for match in re.finditer(r"(?:^|[;}])\s*([\w\s*]+?[\s*])(y[a-z]\w+)\s*\(((?:[^()]|\([^()]*\))*)\)\s*(?=;)", plain):
        found[match[2]] = f"{normal(match[1])} ({', '.join(map(parameter, split(match[3])))})"
    return found, added


def split(text):
    """At the commas that are in no parentheses."""
    parts, depth, part = [], 0, ""
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += c
    return [*parts, part]


def normal(text):
    """A type, constness kept apart so that its place does not matter."""
    constant = len(re.findall(r"\bconst\b", text))
    for pattern, by in SAME:
        text = re.sub(pattern, by, text)
    return re.sub(r"\s+", "", text) + " const" * constant


def parameter(text):
    text = text.strip()
    callback = re.match(r"(.*?)\(\s*\*\s*\w*\s*\)\s*\((.*)\)$", text, re.S)
    if callback:
        return f"{normal(callback[1])}(*)({', '.join(map(parameter, split(callback[2])))})"
    return normal(re.sub(r"(?<=[\s*])(?!const\b)\w+$", "", text) if re.search(r"[\s*]\w+$", text) else text)


def layout(header, abi, work):
    """The output of a program that prints sizes, offsets and constants."""
    text = pathlib.Path(header).read_text()
    constants = sorted(set(re.findall(r"^\s*#define\s+((?:Y|ERR)\w*_\w+|YCHANGE_\w+)\s+\(?-?\d", text, re.M)))
    lines = [f'printf("{name} = %d\\n", (int)({name}));' for name in constants]
    for struct in STRUCTS.split(";"):
        name, *members = struct.split()
        lines.append(f'printf("{name}: %zu\\n", sizeof({name}));')
        lines += [f'printf("{name}.{m} at %zu, %zu\\n", offsetof({name}, {m}), sizeof((({name} *)0)->{m}));'
                  for m in members]
    source = f'#include <stddef.h>\n#include <stdio.h>\n#include "{header}"\nint main(void) {{\n' + "\n".join(lines) + "\n}\n"
    program = work / f"layout-{abi}-{abs(hash(str(header)))}"
    run(["cc", "-w", f"-DYFFI_ABI={abi}", "-x", "c", "-", "-o", str(program)], input=source)
    return set(run([str(program)]).splitlines())


def compare(project, work, abi, ours_library, peer):
    header, library = peer or fetch(work, abi)
    ours_header = project / "include/libyrs.h"
    faults = []
    theirs, _ = signatures(header, abi)
    ours, added = signatures(ours_header, abi)
    exports = exported(ours_library)
    for name in sorted(exported(library) ^ set(theirs)):
        faults.append(f"{name}: header and library of yffi disagree; is the header read correctly?")
    for name, form in sorted(theirs.items()):
        if name not in ours or name not in exports:
            faults.append(f"{name}: missing")
        elif ours[name] != form:
            faults.append(f"{name}: yffi has {form}, we have {ours[name]}")
    for name in sorted((set(ours) | exports) - set(theirs) - added):
        faults.append(f"{name}: only we have it, and it is not marked as an addition")
    for name in sorted(added & set(ours) - exports):
        faults.append(f"{name}: declared, not exported")
    theirs_layout, ours_layout = layout(header, abi, work), layout(ours_header, abi, work)
    faults += [f"yffi: {line}; not so here" for line in sorted(theirs_layout - ours_layout)]
    for fault in faults:
        print(f"{abi}: {fault}")
    print(f"yffi {VERSIONS[abi]}: {len(theirs)} functions, {len(theirs_layout)} sizes, offsets and constants, "
          f"{len(added & set(ours))} additions of ours, {len(faults)} faults")
    return len(faults)


def for_each(check, peer_files):
    """Calls it with the project, a work folder, a generation, our library of it, and what was built of the peer, if
    anything; the exit status that comes of the faults it counts."""
    options = argparse.ArgumentParser()
    options.add_argument("--library", action="append", default=[], metavar="ABI=FILE")
    options.add_argument("--peer", action="append", default=[], metavar=f"ABI={peer_files}",
                         help="built before: nothing is fetched")
    options.add_argument("--work", type=pathlib.Path, help="folder to fetch and build in; kept")
    options.add_argument("project", type=pathlib.Path)
    args = options.parse_args()
    peers = {abi: tuple(map(pathlib.Path, files.split(","))) for abi, files in (p.split("=", 1) for p in args.peer)}
    libraries = dict(item.split("=", 1) for item in args.library)
    if not shutil.which("cargo") and not all(abi in peers for abi in libraries):
        print("SKIPPED: there is no cargo to fetch and build yffi with")
        return 77
    with tempfile.TemporaryDirectory() as temporary:
        work = (args.work or pathlib.Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        faults = sum(check(args.project, work, abi, library, peers.get(abi))
                     for abi, library in libraries.items())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(for_each(compare, "HEADER,LIBRARY"))
