# SPDX-License-Identifier: MIT
"""Builds what is compared: Yata, yffi, and the peers. Each peer is optional: Absent says why it is not there.

Everything goes to one folder, and what is there is not built again: yffi and diamond-types take minutes.
"""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

from report.programs import Absent

YFFI = "0.28.0"
DIAMOND_TYPES = "1.0.0"


def make(command, what, **more):
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **more)
    except OSError as missing:
        raise Absent(f"{what}: {missing}") from None
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        lines = [line for line in lines if "error" in line] or lines
        raise Absent(f"{what}: " + " | ".join(lines[-3:])[:400])
    return done.stdout


def yata(project, folder, yffi):
    """A release build, optimised at link time as that of yffi is (its Cargo.toml); yffi: a folder with its header and
    library, or None. Returns the folder of the programs."""
    build = folder / "yata"
    options = ["--buildtype=release", "-Db_lto=true", "-Dbench=enabled", "-Dcommand=enabled", "-Dtests=disabled",
               f"-Dbench_yffi={yffi or ''}"]
    if (build / "build.ninja").exists():  # there, setup would leave some options as they are (Meson 1.0)
        make(["meson", "configure", build, *options], "meson")
    else:
        make(["meson", "setup", build, project, *options], "meson")
    programs = ["bench/bench-data", "bench/bench-yffi", "bench/bench-native"]
    if yffi:
        programs.append("bench/bench-yffi-peer")
    make(["ninja", "-C", build, *programs], "ninja")
    return build / "bench"


def yffi(project, folder, given):
    """The folder with libyrs.h and libyrs.so of yffi. given: "HEADER,LIBRARY" of one that was built before, or None."""
    place = folder / "yffi"
    place.mkdir(parents=True, exist_ok=True)
    if given:
        header, library = given.split(",")
    elif (place / "libyrs.so").exists() and (place / "libyrs.h").exists():
        return place
    else:
        if not shutil.which("cargo"):
            raise Absent("there is no cargo")
        # The test that compares the interfaces knows how to build the crate and to write its header.
        source = importlib.util.spec_from_file_location("compare_yffi", project / "tests/yffi/compare.py")
        module = importlib.util.module_from_spec(source)
        source.loader.exec_module(module)
        work = folder / "crates"
        work.mkdir(exist_ok=True)
        try:
            header, library = module.fetch(work, "28")
        except (subprocess.CalledProcessError, OSError) as failed:
            why = getattr(failed, "stderr", None) or str(failed)
            raise Absent(f"the crate could not be built: {why[-300:]}") from None
    shutil.copy(header, place / "libyrs.h")
    shutil.copy(library, place / "libyrs.so")
    return place


def node(project, folder):
    """The folder with the scripts and their npm packages, and the version of each."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Absent("there is no node or no npm")
    place = folder / "node"
    place.mkdir(parents=True, exist_ok=True)
    peers = project / "bench/peers"
    for script in peers.glob("*.mjs"):
        shutil.copy(script, place)
    lock = peers / "package-lock.json"
    there = place / "package-lock.json"
    if not (place / "node_modules").exists() or not there.exists() or there.read_bytes() != lock.read_bytes():
        shutil.copy(peers / "package.json", place)
        shutil.copy(lock, there)
        make(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm", cwd=place)
    wanted = json.loads((peers / "package.json").read_text())["dependencies"]
    return place, wanted


def diamond_types(project, folder):
    """The program on diamond-types."""
    place = folder / "diamond-types"
    program = place / "target/release/bench-diamond-types"
    source = project / "bench/peers/diamond-types"
    files = ("Cargo.toml", "src/main.rs")
    same = all((place / f).exists() and (place / f).read_bytes() == (source / f).read_bytes() for f in files)
    if same and program.exists():
        return program
    if not shutil.which("cargo"):
        raise Absent("there is no cargo")
    (place / "src").mkdir(parents=True, exist_ok=True)
    program.unlink(missing_ok=True)
    for name in files:
        shutil.copy(source / name, place / name)
    make(["cargo", "build", "--release"], "cargo", cwd=place)
    return program


def material(programs, folder, traces, small):
    """What the rows work on, written once for each set of histories."""
    place = folder / ("material-small" if small else "material")
    writer = programs / "bench-data"
    stamp = place / "written-by"
    mark = f"{writer.stat().st_size} {traces}"
    if not (place / "material.txt").exists() or not stamp.exists() or stamp.read_text() != mark:
        shutil.rmtree(place, ignore_errors=True)
        env = dict(os.environ)
        env.pop("YATA_TRACES", None)
        if traces:
            env["YATA_TRACES"] = str(traces)
        make([writer, place, *(["--small"] if small else [])], "bench-data", env=env)
        stamp.write_text(mark)
    return place


def folder_of(project):
    return pathlib.Path(os.environ.get("YATA_BUILD", project / "build")) / "compare"
