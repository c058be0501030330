# SPDX-License-Identifier: MIT
"""Instructions of the phase that a row measures, by callgrind: collection is on while bench_measured (bench/row.cpp)
runs.

They depend on the compiler and the C library, hardly on the machine, and not on its mood.
"""
import re
import shutil

from report.programs import Absent, run


def possible():
    return shutil.which("valgrind") is not None


def count(program, row, limit=120):
    """Instructions of one iteration of the row. Absent when it cannot be counted."""
    if not possible():
        raise Absent("there is no valgrind")
    out, err = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=bench_measured",
                    *program.command(row)], limit, {"YATA_BENCH_ONCE": "1"})
    found = re.search(r"Collected : (\d+)", err)
    if "manual_time" not in out or not found:
        raise Absent("it does not have that")
    if "ERROR OCCURRED" in out:
        raise Absent(out.split("ERROR OCCURRED:")[1].strip().strip("'"))
    if int(found[1]) == 0:
        raise Absent("nothing was measured")
    return int(found[1])
