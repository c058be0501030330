#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs the library into an empty folder and builds programs against that folder alone: in C and in C++, found by
pkg-config and by CMake, each for yata and for libyrs. Says what it could not try because a tool is missing.

usage: consumer.py BUILD-FOLDER PREFIX
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

YATA = """#include <yata/yata.h>
#include <stdio.h>
int main(void) {
    yata_doc *doc;
    if (yata_doc_new(NULL, &doc)) return 1;
    yata_doc_free(doc);
    printf("%s\\n", yata_version());
    return 0;
}
"""
YRS = """#include <libyrs.h>
#include <string.h>
int main(void) {
    YDoc *doc = ydoc_new();
    Branch *text = ytext(doc, "name");
    YTransaction *txn = ydoc_write_transaction(doc, 0, NULL);
    ytext_insert(text, txn, 0, "hello world", NULL);
    char *str = ytext_string(text, txn);
    int differs = strcmp(str, "hello world");
    ystring_destroy(str);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    return differs;
}
"""
CMAKE = """cmake_minimum_required(VERSION 3.13)
project(consumer {language})
find_package({package} 0.1 CONFIG REQUIRED)
add_executable(consumer main.{ending})
target_link_libraries(consumer {package}::{package})
"""
LANGUAGES = {"C": ("c", "cc", "-std=c11"), "CXX": ("cpp", "c++", "-std=c++17")}


def run(command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def by_pkg_config(work, root, libdir, package, source, language):
    ending, compiler, standard = LANGUAGES[language]
    env = {**os.environ, "PKG_CONFIG_LIBDIR": str(libdir / "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(root)}
    flags = run(["pkg-config", "--cflags", "--libs", package], env=env).split()
    main = work / f"{package}.{ending}"
    main.write_text(source)
    program = work / f"{package}-{ending}"
    run([compiler, standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", main, "-o", program, *flags,
         f"-Wl,-rpath,{libdir}"])
    run([program])


def by_cmake(work, prefix, libdir, package, source, language):
    ending = LANGUAGES[language][0]
    folder = work / f"cmake-{package}-{ending}"
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(CMAKE.format(language=language, package=package, ending=ending))
    (folder / f"main.{ending}").write_text(source)
    run(["cmake", "-G", "Ninja", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}"])
    run(["cmake", "--build", folder / "build"])
    run([folder / "build/consumer"])


def main():
    build, prefix = pathlib.Path(sys.argv[1]), sys.argv[2]
    tried = 0
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary) / "root"
        run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", root])
        installed = root / prefix.lstrip("/")
        libdir = next(installed.rglob("pkgconfig")).parent
        for package, source in (("yata", YATA), ("yrs", YRS)):
            if not list(libdir.glob(f"lib{package}.*")):
                print(f"SKIPPED {package}: it is not part of this build")
                continue
            for language in LANGUAGES:
                ways = [("pkg-config", lambda: by_pkg_config(root.parent, root, libdir, package, source, language)),
                        ("cmake", lambda: by_cmake(root.parent, installed, libdir, package, source, language))]
                for tool, way in ways:
                    if not shutil.which(tool):
                        print(f"SKIPPED {tool}: there is none")
                        continue
                    way()
                    tried += 1
                    print(f"{package} in {language} by {tool}")
    print(f"{tried} programs")
    return 0 if tried else 77


if __name__ == "__main__":
    sys.exit(main())
