#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples of spec/command.md print what the page shows.

Every ```console block is a shell session: lines that begin with "$ " are run, in order and in one folder, and what
follows them is their output (standard error included). Other blocks are not looked at.

usage: reference.py PROGRAM PAGE            exit status 1: an example is out of date
       reference.py PROGRAM PAGE --write    bring the page up to date
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.M | re.S)


def main():
    program, page = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    text = page.read_text(encoding="utf-8")
    counts = {"examples": 0, "faults": 0}

    with tempfile.TemporaryDirectory(prefix="yata-reference-") as folder:
        (pathlib.Path(folder) / "bin").mkdir()
        (pathlib.Path(folder) / "bin" / "yata").symlink_to(program)
        (pathlib.Path(folder) / "here").mkdir()
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": f"{folder}/bin:{os.environ['PATH']}"}

        def run(block):
            """The block with the output of today."""
            new = ""
            for part in re.split(r"^(?=\$ )", block.group(1), flags=re.M):
                if not part:
                    continue
                command, _, shown = part.partition("\n")
                out = subprocess.run(["sh", "-c", command[2:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, cwd=f"{folder}/here", env=environment, text=True,
                                     check=False, timeout=60).stdout
                counts["examples"] += 1
                if out != shown:
                    counts["faults"] += 1
                    print(f"{command}\n--- the page says\n{shown}--- it prints\n{out}")
                new += f"{command}\n{out}"
            return new

        new = BLOCK.sub(run, text)

    if len(sys.argv) > 3:
        page.write_text(new, encoding="utf-8")
        return 0
    print(f"{counts['examples']} examples, {counts['faults']} faults")
    return 1 if counts["faults"] or not counts["examples"] else 0


if __name__ == "__main__":
    sys.exit(main())
