#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every path that a text of the project names exists.

Looked at: the targets of Markdown links, words in `code` and in fenced blocks that begin with a folder of the project
or end like one of its files, and in comments of sources everything like spec/page.md.

usage: docs.py PROJECT
"""
import pathlib
import re
import sys

from tree import tracked

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?<![\w./@<>$*~-])[\w.-]+(?:/[\w.-]+)+/?(?![\w/*<{$])")
FILE = re.compile(r"^[\w.-]+\.(?:c|h|md|py|build|mjs|ini|json|cpp)$")
SOURCES = (".c", ".h", ".py", ".mjs", ".cpp", ".build", ".sh")
# Names that the build makes, and patterns in prose.
MADE = re.compile(r"^(build|out)[\w-]*(/|$)|(^|/)(node_modules|crash-\w+)(/|$)")


def main():
    root = pathlib.Path(sys.argv[1])
    files = tracked(root)
    names = {path.name for path in files}
    tops = {path.relative_to(root).parts[0] for path in files if len(path.relative_to(root).parts) > 1}
    faults = []
    looked = 0

    def exists(page, word):
        places = (root, page.parent, root / "src", root / "include")
        return any((place / word).exists() for place in places)

    for page in files:
        text = page.read_text(encoding="utf-8", errors="replace")
        rel = page.relative_to(root)
        words = set()
        if page.suffix == ".md":
            for target, _ in LINK.findall(text):
                if "://" not in target and not target.startswith("mailto:"):
                    looked += 1
                    if not (page.parent / target).exists():
                        faults.append(f"{rel}: the link to {target} leads nowhere")
            blocks = FENCE.findall(text)
            spans = CODE.findall(FENCE.sub("", text))
            for span in [*blocks, *spans]:
                words |= {w for w in PATH.findall(span) if w.split("/")[0] in tops}
            # Lower case only: `Y.Doc.js` and the like are names of others.
            for span in spans:
                if FILE.match(span) and span.split(".")[0] not in ("package", "package-lock") and span not in names:
                    faults.append(f"{rel}: there is no file {span}")
        elif page.suffix in SOURCES:
            words |= {w for w in PATH.findall(text) if w.split("/")[0] == "spec" and w.endswith(".md")}
        for word in sorted(words):
            looked += 1
            if not MADE.search(word) and not exists(page, word.rstrip("/.")):
                faults.append(f"{rel}: there is no {word}")

    for fault in faults:
        print(fault)
    print(f"{looked} paths in {len(files)} files, {len(faults)} faults")
    return 1 if faults or not looked else 0


if __name__ == "__main__":
    sys.exit(main())
