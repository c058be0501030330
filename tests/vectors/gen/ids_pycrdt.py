#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Id sets and id maps by pycrdt: writes to ../ids_pycrdt.txt (README.md has the format).

usage: ids_pycrdt.py      with pycrdt==0.14.13 installed
"""
import pathlib
import random

from pycrdt import ContentAttribute, IdMap, IdSet

CLIENTS = [0, 1, 9, 127, 128, 300, 2**31, 2**32 + 5, 2**53 - 1]
ATTRIBUTES = [ContentAttribute(name, value) for name in ("insert", "insertAt", "delete", "\u00e9\U0001f600")
              for value in (None, True, 5, -1.5, "Alice", {"b": 1}, [1, "x"], 2**40)]


def hexa(data):
    return bytes(data).hex() or "-"


def random_map(rng):
    made = IdMap()
    for _ in range(rng.randrange(8)):
        attributes = rng.sample(ATTRIBUTES, 1 + rng.randrange(3))
        made.insert(rng.choice(CLIENTS), rng.randrange(20), 1 + rng.randrange(8), attributes)
    return made


def main():
    rng = random.Random(7)
    lines = []
    for _ in range(150):
        a, b = random_map(rng), random_map(rng)
        runs = [f"{client}:{r.start}:{r.end - r.start}" for client, r in a]
        lines.append(" ".join(["map", hexa(a.encode()), *runs]))
        lines.append(f"as-set {hexa(a.encode())} {hexa(a.as_id_set().encode())}")
        lines.append(f"maps {hexa(a.encode())} {hexa(b.encode())} {hexa((a | b).encode())} {hexa((a - b).encode())} "
                     f"{hexa((a & b).encode())}")
    assert IdSet.decode(bytes(a.as_id_set().encode())).encode() == a.as_id_set().encode()
    out = pathlib.Path(__file__).parent.parent / "ids_pycrdt.txt"
    out.write_text("\n".join(lines) + "\n")


main()
