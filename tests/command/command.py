#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the yata command as its users do: every subcommand, every class of error, every exit code.

The updates are bytes that yjs 13.6.33 made (clients 1 and 2; what was done stands beside them), so "the same as yjs"
is tested here too. The environment variable YATA_TRACES may name a folder with the editing-traces collection; without
it only traces written here are replayed.

usage: command.py PROGRAM       speaks TAP
"""
import base64
import gzip
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import traceback

PROGRAM = os.path.abspath(sys.argv[1])
PATIENCE = int(os.environ.get("YATA_PATIENCE", "1"))  # how much slower than usual the machine may be
COMMANDS = ("show", "log", "meta", "sv", "diff", "apply", "merge", "split", "convert", "obfuscate", "check", "replay")
READERS = [name for name in COMMANDS if name not in ("diff", "replay")]  # that need nothing but an update
OPTIONS = {"split": ("--size", "100"), "convert": ("--from", "v1", "--to", "v1")}  # that they cannot do without

# One session of client 1, an update for each step:
#   text 'body': insert "Hello world" at 0; delete 6 at 5; insert ", Würld <emoji>!" at 5
#   map 'meta': title = "A"; title = "B"; tags = new array; tags.push("x", 1, null, true, 2.5)
#   array 'list': insert [{a: [1, 2]}, "nul<U+0000>inside"]
SESSION = [
    "01010100040104626f64790b48656c6c6f20776f726c6400",
    "000101010506",
    "0101010b84010a0e2c2057c3bc726c6420f09f98802100",
    "010101162801046d657461057469746c650177014100",
    "01010117a80116017701420101011601",
    "010101182701046d65746104746167730000",
    "0101011908000118057701787d017e787c4020000000",
    "0101011e0801046c697374027601016175027d017d02770a6e756c00696e7369646500",
]
# encodeStateAsUpdate of it, with gc and without, its state vector, and its content.
STATE = (
    "01080100040104626f64790548656c6c6f8101040684010a0e2c2057c3bc726c6420f09f9880212101046d657461057469746c6501a8011601"
    "7701422701046d65746104746167730008000118057701787d017e787c402000000801046c697374027601016175027d017d02770a6e756c00"
    "696e7369646501010205061601"
)
STATE_NO_GC = (
    "01080100040104626f64790548656c6c6f8401040620776f726c6484010a0e2c2057c3bc726c6420f09f9880212801046d657461057469746c"
    "6501770141a80116017701422701046d65746104746167730008000118057701787d017e787c402000000801046c6973740276010161750"
    "27d017d02770a6e756c00696e7369646501010205061601"
)
VECTOR = "010120"
CONTENT = {
    "body": "Hello, W\u00fcrld \U0001f600!",
    "meta": {"title": "B", "tags": ["x", 1, None, True, 2.5]},
    "list": [{"a": [1, 2]}, "nul\u0000inside"],
}
# A peer that has the first two steps, and what it lacks.
PEER = "01020100040104626f64790548656c6c6f810104060101010506"
PEER_VECTOR = "01010b"
PEER_LACKS = (
    "0106010b84010a0e2c2057c3bc726c6420f09f9880212101046d657461057469746c6501a80116017701422701046d65746104746167730008"
    "000118057701787d017e787c402000000801046c697374027601016175027d017d02770a6e756c00696e7369646501010205061601"
)
# The peer, client 2, inserts "Peer: " at 0; then both have everything.
PEER_EDITED = "0201020044010006506565723a20020100040104626f64790548656c6c6f810104060101010506"
BOTH = (
    "0201020044010006506565723a20080100040104626f64790548656c6c6f8101040684010a0e2c2057c3bc726c6420f09f9880212101046d65"
    "7461057469746c6501a80116017701422701046d65746104746167730008000118057701787d017e787c402000000801046c69737402760101"
    "6175027d017d02770a6e756c00696e7369646501010205061601"
)
# <p id="q">hi</p> in a fragment 'page'
XML = "0104070007010470616765030170070007000604000701026869280007000269640177017100"
# client 1: "abc" in text 't'; "a<U+0000>b" in text 't'
ABC = "01010100040101740361626300"
NUL = "01010100040101740361006200"
# Client 3: insert "a", "b", "c" at the end of text 't', delete the "c"; and the state of it.
GAP = ["0101030004010174016100", "01010301840300016200", "01010302840301016300", "000103010201"]
GAP_STATE = "0102030004010174026162810301010103010201"
# The session and its state in format v2.
SESSION_V2 = [
    "0000010100000104120f626f647948656c6c6f20776f726c64040b0101000001010000",
    "0000000000000100000000000101010505",
    "00000241000114000184100e2c2057c3bc726c6420f09f9880210b00000001010b00",
    "00000101000001280c096d6574617469746c650405010100010101011677014100",
    "0000024100012c0001880100000001010101177701420101011600",
    "00000101000001270b086d657461746167734400010101000001011800",
    "00000241000130000108010001000001050101197701787d017e787c4020000000",
    "000001010000010806046c69737404010100010201011e7601016175027d017d02770a6e756c00696e7369646500",
]
STATE_V2 = (
    "000002410304080c1804000d0400810084002100a800270008342c626f647948656c6c6f2c2057c3bc726c6420f09f9880216d657461746974"
    "6c656d657461746167736c69737404050b0405440105010200000101000506410005020108007701427701787d017e787c4020000076010161"
    "75027d017d02770a6e756c00696e7369646501010205050b00"
)
# The same state by convertUpdateFormatV1ToV2: yjs does not write one that went through a document.
STATE_CONVERTED = (
    "000002410304080c1804000d04008100840021008800270008342c626f647948656c6c6f2c2057c3bc726c6420f09f9880216d657461746974"
    "6c656d657461746167736c69737404050b0405440105010200000101000506410005020108007701427701787d017e787c4020000076010161"
    "75027d017d02770a6e756c00696e7369646501010205050b00"
)
PEER_LACKS_V2 = (
    "000002410203141804000984002100a80027000829232c2057c3bc726c6420f09f9880216d6574617469746c656d657461746167736c697374"
    "0b040544010501010000010100044100050201060b7701427701787d017e787c402000007601016175027d017d02770a6e756c00696e736964"
    "6501010205050b00"
)
# mergeUpdates of the session, of its first, fourth and second update, and diffUpdate of the first against PEER_VECTOR.
MERGED = (
    "01070100040104626f64790b48656c6c6f20776f726c6484010a0e2c2057c3bc726c6420f09f9880212801046d657461057469746c65017701"
    "41880116017701422701046d65746104746167730008000118057701787d017e787c402000000801046c697374027601016175027d017d0277"
    "0a6e756c00696e7369646501010205061601"
)
MERGED_V2 = (
    "000002410203141804000b04008400280088002700083a32626f647948656c6c6f20776f726c642c2057c3bc726c6420f09f9880216d657461"
    "7469746c656d657461746167736c697374044b0004054401050102000001010004410005020107007701417701427701787d017e787c402000"
    "007601016175027d017d02770a6e756c00696e7369646501010205050b00"
)
HOLE = "01030100040104626f64790b48656c6c6f20776f726c640a0b2801046d657461057469746c65017701410101010506"
DIFF = (
    "0106010b84010a0e2c2057c3bc726c6420f09f9880212801046d657461057469746c6501770141880116017701422701046d65746104746167"
    "730008000118057701787d017e787c402000000801046c697374027601016175027d017d02770a6e756c00696e7369646501010205061601"
)
DIFF_V2 = (
    "000002410203141804000984002800880027000829232c2057c3bc726c6420f09f9880216d6574617469746c656d657461746167736c697374"
    "0b040544010501010000010100044100050201060b7701417701427701787d017e787c402000007601016175027d017d02770a6e756c00696e"
    "7369646501010205050b00"
)
# obfuscateUpdate of the state.
OBSCURE = (
    "01080100040104626f64790530303030308101040684010a0b32323232323232323232322101046d657461013301880116017d042701046d65"
    "746101350008000118057d067d067d067d067d060801046c697374027d077d0701010205061601"
)
OBSCURE_V2 = (
    "000002410304080c1804000d040081008400210088002700082b22626f6479303030303032323232323232323232326d657461336d65746135"
    "6c69737404050b040104010405010200000101000506410005020108007d047d067d067d067d067d067d077d0701010205050b00"
)
# Client 1: text 't': insert "Hello world", bold on 0..5, embed {image: "a.png"} with {width: 3} at the end;
# map 'm': nested = new text "plain"; fragment 'x': <DIV id="q"> with the text "hi", i on its first letter.
# Obfuscated whole, and with formats and names kept.
RICH = (
    "01100100040101740548656c6c6f8401040620776f726c6446010004626f6c640474727565c60104010504626f6c64046e756c6c86010a0577"
    "69647468013385010d117b22696d616765223a22612e706e67227d86010e057769647468046e756c6c2701016d066e65737465640204000110"
    "05706c61696e0701017803034449562800011602696401770171070001160604000118016884011901694601190169027b7dc60119011a0169"
    "046e756c6c00"
)
RICH_V2 = (
    "000300030402410e0b08000c0602040c0004020004000a28021f040084004600c60086008500860027000400070028000700040084004600c6"
    "44347448656c6c6f20776f726c64626f6c64626f6c64776964746877696474686d6e6573746564706c61696e78444956696468696969010506"
    "4400450001060501030241020701010000010000030203060101011000787e7d03760105696d6167657705612e706e677e77017176007e00"
)
RICH_OBSCURE = (
    "0110010004010174053030303030840104063131313131314601000132077b2269223a327dc6010401050132046e756c6c86010a0134077b22"
    "69223a347d85010d027b7d86010e0134046e756c6c2701016d013702040001100538383838380701017803066e6f64652d3928000116023130"
    "017d0a07000116060400011801328401190133460119023134087b2269223a31347dc60119011a023134046e756c6c00"
)
RICH_KEPT = (
    "01100100040101740530303030308401040631313131313146010004626f6c640474727565c60104010504626f6c64046e756c6c86010a0577"
    "69647468013385010d027b7d86010e057769647468046e756c6c2701016d013702040001100538383838380701017803034449562800011602"
    "3130017d0a070001160604000118013284011901334601190169027b7dc60119011a0169046e756c6c00"
)
RICH_DELTA = [
    {"insert": "Hello", "attributes": {"bold": True}},
    {"insert": " world"},
    {"insert": {"image": "a.png"}, "attributes": {"width": 3}},
]
TRUNCATED = ABC[:-4]


def raw(text):
    return bytes.fromhex(text)


class Run:
    """One run of the command. Standard output stays bytes."""

    def __init__(self, *args, stdin=b"", code=0, folder=None, quiet=True):
        run = subprocess.run([PROGRAM, *args], input=stdin, capture_output=True, cwd=folder, timeout=60 * PATIENCE)
        self.out = run.stdout
        self.err = run.stderr.decode()
        told = f"yata {' '.join(map(str, args))}\n{run.stdout[:2000]!r}\n{self.err}"
        if "Sanitizer" in self.err or "runtime error:" in self.err:
            raise AssertionError(told)
        same(run.returncode, code, f"exit code of {told}")
        if code == 0 and quiet and "pending" not in self.err and "no root named" not in self.err:
            same(self.err, "", "standard error")
        if code != 0:
            expect(self.err.startswith("yata: ") and self.err.endswith("\n"), f"an error message: {told}")

    @property
    def json(self):
        return json.loads(self.out)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def same(got, wanted, what="result"):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, expected {wanted!r}")


def fails(message, *args, stdin=b"", code=1):
    """The command fails, and standard error is this one line."""
    run = Run(*args, stdin=stdin, code=code)
    same(run.err, message + "\n", "standard error")
    same(run.out, b"", "standard output")


def misused(message, *args):
    """The command line is refused, with a hint at the help."""
    name = args[0] + " " if args and args[0] in COMMANDS else ""
    fails(f"yata: {message}; see 'yata {name}--help'", *args, code=2)


class Folder:
    """A temporary folder with files in it; paths go to the command as they are."""

    def __init__(self, where=None):
        self.holder = tempfile.TemporaryDirectory(prefix="yata-command-", dir=where)
        self.path = pathlib.Path(self.holder.name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.holder.cleanup()

    def file(self, name, data):
        path = self.path / name
        path.write_bytes(data)
        return str(path)

    def updates(self, texts):
        return [self.file(f"{i}.bin", raw(text)) for i, text in enumerate(texts)]

    def trace(self, name, patches, end, **more):
        """A trace of one patch a transaction; more: members of the JSON object."""
        trace = {"startContent": "", "endContent": end, "txns": [{"patches": [p]} for p in patches], **more}
        return self.file(name, json.dumps(trace).encode())


# ---------------------------------------------------------------- help and usage


def test_help():
    top = Run("--help").out.decode()
    same(Run("-h").out.decode(), top)
    same(Run("help").out.decode(), top)
    for name in COMMANDS:
        summary = re.search(rf"^  {name} +(.+)$", top, re.M)
        expect(summary, f"{name} is in the list")
        text = Run(name, "--help").out.decode()
        same(text.splitlines()[0], f"yata {name} - {summary.group(1)}")
        for part in (f"Usage: yata {name} ", "\nOptions:\n", "\nExample"):
            expect(part in text, f"{part!r} in the help of {name}")
        same(Run(name, "-h").out.decode(), text)
        same(Run("help", name).out.decode(), text)
        same(Run(name, "--help", "a", "b", "--nonsense").out.decode(), text)
        expect(max(map(len, text.splitlines())) <= 96, f"lines of the help of {name} are short")
        for option in re.findall(r"^ {2}.{6}(--[a-z-]+)", text, re.M):
            run = subprocess.run([PROGRAM, name, option], capture_output=True, text=True, check=False)
            expect("unknown" not in run.stderr, f"{name} takes {option}: {run.stderr}")


def test_version():
    expect(re.fullmatch(rb"yata \d+\.\d+\.\d+\n", Run("--version").out), "a version")


def test_misuse():
    misused("missing command")
    misused("there is no command 'frobnicate'", "frobnicate")
    misused("unknown option --frobnicate", "--frobnicate")
    misused("there is no command 'frobnicate'", "help", "frobnicate")
    for name in COMMANDS:
        misused("missing FILE", name)
        misused("unknown option --frobnicate", name, "--frobnicate", "x")
        misused("unknown option --frobnicate", name, "x", "--frobnicate=3")
        misused("unknown option -z", name, "-z", "x")
    misused("option --in needs a value", "show", "x", "--in")
    misused("option -o needs a value", "apply", "x", "-o")
    misused("option --pretty takes no value", "show", "--pretty=1", "x")
    misused("ambiguous option --o", "apply", "--o", "hex", "x")
    misused("--in is binary, hex or base64, not 'octal'", "log", "--in", "octal", "x")
    misused("--out is binary, hex or base64, not 'file'", "apply", "--out", "file", "x")
    misused("one FILE is enough, 'b' is too much", "log", "a", "b")
    misused("one FILE is enough, 'b' is too much", "replay", "a", "b")
    misused("standard input (-) can be read only once", "show", "-", "-")
    misused("standard input (-) can be read only once", "diff", "--sv", "-", "-")
    misused("missing --sv FILE", "diff", "x")
    misused("missing --sv FILE", "diff", "--no-doc", "x")
    misused("--no-doc takes one FILE; `yata merge` makes one", "diff", "--no-doc", "--sv", "v", "x", "y")
    misused("--no-doc takes one FILE; `yata merge` makes one", "sv", "--no-doc", "x", "y")
    misused("--no-doc and --no-gc: without a document nothing is collected", "diff", "--no-doc", "--no-gc", "--sv", "v",
            "x")
    misused("--from is for updates: state vectors have one form", "check", "--sv", "--from", "v2", "x")
    misused("missing --to v1|v2", "convert", "x")
    misused("missing --size BYTES", "split", "x")
    misused("missing -o PREFIX: standard input has no name to begin those of the parts with", "split", "--size", "9",
            "-")
    misused("--keep is formats, subdocuments or names, not 'text'", "obfuscate", "--keep", "text", "x")
    for name in COMMANDS:
        if name != "replay":
            misused("--from is v1 or v2, not 'v3'", name, "--from", "v3", "x")
    for name in ("diff", "apply", "merge", "split", "convert", "obfuscate", "replay"):
        misused("--to is v1 or v2, not '2'", name, "--to", "2", "x")
    for number in ("0", "-1", "1k", "", str(2**31)):
        misused(f"--size is a number from 1 to {2**31 - 1}, not '{number}'", "split", "--size", number, "x")
    for root in ("text", "a:", "a:number", ":"):
        misused(f"--root is NAME:text, NAME:array, NAME:map or NAME:xml, not '{root}'", "show", "--root", root, "x")
    limit = 2**53 - 1
    for number in ("0", "-1", "+1", " 1", "1x", "", str(limit + 1), "9" * 40):
        misused(f"--client is a number from 1 to {limit}, not '{number}'", "replay", "--client", number, "x")
    misused("--repeat is a number from 1 to 1000000, not '0'", "replay", "--repeat", "0", "x")


# ---------------------------------------------------------------- files and encodings


def test_missing_files():
    with Folder() as f:
        good, gone = f.file("good", raw(ABC)), str(f.path / "gone")
        for name in READERS:
            fails(f"yata: {gone}: No such file or directory", name, *OPTIONS.get(name, ()), gone)
        fails(f"yata: {gone}: No such file or directory", "replay", gone)
        fails(f"yata: {gone}: No such file or directory", "diff", "--sv", gone, good)
        fails(f"yata: {gone}: No such file or directory", "show", good, gone)
        fails(f"yata: {f.path}: Is a directory", "show", str(f.path))


def test_empty_files():
    with Folder() as f:
        empty, good = f.file("empty", b""), f.file("good", raw(ABC))
        for name in READERS:
            fails(f"yata: {empty}: byte 0: empty, which is not an update", name, *OPTIONS.get(name, ()), empty)
        fails(f"yata: {empty}: byte 0: empty, which is not a state vector", "diff", "--sv", empty, good)
        fails(f"yata: {empty}: byte 0: empty, which is not a state vector", "check", "--sv", empty)
        fails(f"yata: {empty}: byte 0: empty, which is not a trace", "replay", empty)
        blank = f.file("blank", b" \n\t")
        fails(f"yata: {blank}: byte 0: empty, which is not an update", "show", "--in", "hex", blank)
    fails("yata: (standard input): byte 0: empty, which is not an update", "show", "-")


def test_bad_updates():
    with Folder() as f:
        bad = f.file("bad", raw(TRUNCATED))
        bad_v2 = f.file("bad.v2", raw(STATE_V2)[:-1])
        for name in READERS:
            for file, extra in ((bad, ()), (bad_v2, ("--from", "v2"))):
                run = Run(name, *OPTIONS.get(name, ()), *extra, file, code=1)
                expect(re.fullmatch(rf"yata: {re.escape(file)}: byte \d+: .+\n", run.err), run.err)
                same(run.out, b"")
        for name in ("sv", "diff"):
            extra = ["--sv", f.file("zero", b"\0")] if name == "diff" else []
            run = Run(name, "--no-doc", *extra, bad, code=1)
            expect(re.fullmatch(rf"yata: {re.escape(bad)}: byte \d+: .+\n", run.err), run.err)
        # A good file before it does not help, and nothing is written.
        target = f.path / "target"
        Run("apply", "-o", str(target), f.file("good", raw(ABC)), bad, code=1)
        expect(not target.exists(), "no file after a failure")
        vector = f.file("vector", raw("0105"))
        run = Run("diff", "--sv", vector, f.file("good", raw(ABC)), code=1)
        expect(run.err.startswith(f"yata: {vector}: byte "), run.err)


def test_bytes_behind_the_end():
    with Folder() as f:
        two = f.file("two", raw(ABC) + raw(NUL))
        fails(f"yata: {two}: byte 13: the update ends here, and 13 more follow", "check", two)
        fails("yata: (standard input): byte 13: the update ends here, and 1 more follow", "check", "-",
              stdin=raw(ABC) + b"\0")
        run = Run("apply", two, quiet=False)
        same(run.out, raw(ABC))
        same(run.err, f"yata: {two}: byte 13: the update ends here, 13 more are ignored\n")


def test_every_truncation_is_refused():
    with Folder() as f:
        whole = raw(STATE)
        files = [f.file(f"{i}", whole[:i]) for i in range(len(whole))]
        run = Run("check", *files, code=1)
        same(run.out, b"")
        lines = run.err.splitlines()
        same(len(lines), len(files))
        for i, line in enumerate(lines):
            found = re.fullmatch(r"yata: .*: byte (\d+): .+", line)
            expect(found and int(found.group(1)) <= i, line)


def test_input_encodings():
    spaced = " ".join(ABC[i : i + 2] for i in range(0, len(ABC), 2)).upper() + "\r\n"
    b64 = base64.b64encode(raw(ABC)).decode()
    wanted = raw(ABC)
    same(Run("apply", "--in", "binary", "-", stdin=wanted).out, wanted)
    for text in (ABC, spaced, "\n\t " + ABC):
        same(Run("apply", "--in", "hex", "-", stdin=text.encode()).out, wanted)
    for text in (b64, b64.rstrip("="), " " + b64[:5] + "\n" + b64[5:] + "\n", b64[:-1] + " ="):
        same(Run("apply", "--in=base64", "-", stdin=text.encode()).out, wanted)
    # both alphabets
    binary = raw("01010100040101740cf09f9880efbfbfefbbbfc3bf00")
    for text in (base64.b64encode(binary), base64.urlsafe_b64encode(binary)):
        same(Run("check", "--in", "base64", "-", stdin=text).out, b"(standard input): valid update, 22 bytes\n")


def test_bad_encodings():
    for what, text, byte, reason in (
        ("hex", b"01 0g", 4, "not a hex digit"),
        ("hex", b"01 0", 4, "the hex text ends in the middle of a byte"),
        ("hex", "ü".encode(), 0, "not a hex digit"),
        ("hex", b"00\0", 2, "not a hex digit"),
        ("base64", b"AA*=", 2, "not a base64 digit"),
        ("base64", b"AAAAA", 5, "the base64 text ends in the middle of a byte"),
        ("base64", b"AAB", 3, "the base64 text ends in the middle of a byte"),
        ("base64", b"AA=", 3, "incomplete base64 padding"),
        ("base64", b"A===", 4, "misplaced base64 padding"),
        ("base64", b"=", 1, "incomplete base64 padding"),
        ("base64", b"AA==\nAA==", 5, "base64 goes on after its padding"),
    ):
        fails(f"yata: (standard input): byte {byte}: {reason}", "show", "--in", what, "-", stdin=text)


def test_output_encodings():
    with Folder() as f:
        doc = f.file("doc", raw(ABC))
        same(Run("apply", doc).out, raw(ABC))
        same(Run("apply", "--out", "binary", doc).out, raw(ABC))
        same(Run("apply", "--out", "hex", doc).out.decode(), ABC + "\n")
        same(Run("apply", "--out", "base64", doc).out, base64.b64encode(raw(ABC)) + b"\n")
        target = f.path / "target"
        same(Run("apply", "-o", str(target), "--out", "hex", doc).out, b"")
        same(target.read_text(), ABC + "\n")
        same(Run("apply", "-o", "-", doc).out, raw(ABC))
        for text in (GAP_STATE, STATE, BOTH):
            same(Run("apply", "--in", "hex", "--out", "base64", "-", stdin=text.encode()).out.strip(),
                 base64.b64encode(raw(text)))


def test_output_file_is_replaced_in_one_step():
    with Folder() as f:
        doc = pathlib.Path(f.file("doc", raw(SESSION[0])))
        doc.chmod(0o640)
        rest = f.updates(SESSION[1:])
        Run("apply", "-o", str(doc), str(doc), *rest)
        same(doc.read_bytes(), raw(STATE))
        same(doc.stat().st_mode & 0o777, 0o640)
        same(len(list(f.path.iterdir())), 1 + len(rest), "files left behind")
        # a link stays a link
        link = f.path / "link"
        link.symlink_to("doc")
        Run("apply", "--output", str(link), "--in", "hex", "-", stdin=ABC.encode())
        expect(link.is_symlink(), "still a link")
        same(doc.read_bytes(), raw(ABC))
        gone = f.path / "no" / "such"
        fails(f"yata: {gone}: No such file or directory", "apply", "-o", str(gone), str(doc))
        fails(f"yata: {f.path}: Is a directory", "apply", "-o", str(f.path), str(doc))


def test_full_disk():
    if not os.path.exists("/dev/full"):
        return
    with Folder() as f:
        doc = f.file("doc", raw(ABC))
        fails("yata: /dev/full: No space left on device", "apply", "-o", "/dev/full", doc)
        for args in (["show", doc], ["apply", doc], ["check", doc], ["log", doc], ["sv", doc], ["meta", doc],
                     ["merge", doc], ["convert", "--to", "v2", "--from", "v1", doc], ["obfuscate", doc], ["--help"],
                     ["show", "--help"], ["--version"]):
            with open("/dev/full", "wb") as full:
                run = subprocess.run([PROGRAM, *args], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            same(run.returncode, 1, f"exit code of {args}")
            same(run.stderr, "yata: (standard output): No space left on device\n")


def test_file_names_and_nul():
    with Folder() as f:
        doc = f.file("Grüße \U0001f600 \u65e5\u672c.bin", raw(NUL))
        same(Run("show", doc).json, {"t": "a\0b"})
        same(Run("show", "--pretty", doc).json, {"t": "a\0b"})
        odd = f.file("-o", raw(NUL))
        same(Run("show", "--", "-o", folder=f.path).json, {"t": "a\0b"})
        expect(odd, "a file that looks like an option")
        fails(f"yata: {f.path}/é: No such file or directory", "show", f"{f.path}/é")
        latin = bytes(f.path) + b"/\xff.bin"
        pathlib.Path(os.fsdecode(latin)).write_bytes(raw(ABC))
        run = subprocess.run([os.fsencode(PROGRAM), b"check", latin], capture_output=True, check=True)
        same(run.stdout, latin + b": valid update, 13 bytes\n")


def test_closed_pipe():
    # The document is longer than a pipe holds, and nobody reads.
    with Folder() as f:
        size = 1 << 20
        length = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
        doc = f.file("doc", raw("0101010004010174") + length + b"x" * size + b"\0")
        for args in (["show", doc], ["apply", doc], ["show", "--pretty", doc], ["check", *[doc] * 9], ["--help"]):
            run = subprocess.Popen([PROGRAM, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            run.stdout.close()
            same(run.stderr.read(), b"", "standard error")
            run.stderr.close()
            same(run.wait(60 * PATIENCE), 0, f"exit code of {args[0]}")


def test_terminal():
    def on_terminal(*args):
        """What the command shows on a terminal, and its exit code."""
        parent, child = pty.openpty()
        run = subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=child, stderr=subprocess.PIPE,
                             check=False)
        os.close(child)
        shown = b""
        try:
            while part := os.read(parent, 65536):
                shown += part
        except OSError:  # Linux: the other end was closed
            pass
        os.close(parent)
        return shown, run.stderr.decode(), run.returncode

    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        return f"no terminal can be opened here: {error}"
    with Folder() as f:
        doc, vector = f.file("doc", raw(ABC)), f.file("vector", raw("00"))
        for args in (["apply", doc], ["diff", "--sv", vector, doc], ["sv", "--binary", doc], ["merge", doc],
                     ["diff", "--no-doc", "--sv", vector, doc], ["convert", "--from=v1", "--to=v1", doc],
                     ["obfuscate", doc]):
            shown, err, code = on_terminal(*args)
            same((shown, code), (b"", 2))
            expect(err.startswith("yata: binary is not for a terminal"), err)
        same(on_terminal("apply", "--out", "hex", doc), ((ABC + "\r\n").encode(), "", 0))
        same(on_terminal("apply", "--out", "binary", doc), (raw(ABC), "", 0))
        same(on_terminal("show", doc), (b'{"t":"abc"}\r\n', "", 0))
        same(on_terminal("apply", "-o", str(f.path / "target"), doc), (b"", "", 0))


# ---------------------------------------------------------------- show, log, sv


def test_show():
    with Folder() as f:
        same(Run("show", *f.updates(SESSION)).json, CONTENT)
        same(Run("show", f.file("state", raw(STATE))).json, CONTENT)
        same(list(Run("show", f.file("state", raw(STATE))).json), ["body", "meta", "list"])
        same(Run("show", "--no-gc", *f.updates(SESSION)).json, CONTENT)
        same(Run("show", f.file("abc", raw(ABC))).out, b'{"t":"abc"}\n')
        same(Run("show", "-", stdin=raw("0000")).out, b"{}\n")
        target = f.path / "target"
        Run("show", "-o", str(target), f.file("abc", raw(ABC)))
        same(target.read_bytes(), b'{"t":"abc"}\n')


def test_show_pretty():
    with Folder() as f:
        run = Run("show", "--pretty", f.file("state", raw(STATE)))
        same(run.json, CONTENT)
        same(run.out.decode(), json.dumps(CONTENT, indent=2, ensure_ascii=False) + "\n")
        same(Run("show", "--pretty", "-", stdin=raw("0000")).out, b"{}\n")


def test_show_roots():
    with Folder() as f:
        xml, abc = f.file("xml", raw(XML)), f.file("abc", raw(ABC))
        same(Run("show", xml).json, {"page": '<p id="q">hi</p>'})
        same(Run("show", "--root", "page:xml", xml).json, {"page": '<p id="q">hi</p>'})
        same(Run("show", "--root", "t:text", abc).json, {"t": "abc"})
        same(Run("show", "--root", "t:array", abc).json, {"t": ["a", "b", "c"]})
        run = Run("show", "--root", "t:text", "--root", "a:b:map", "--root", ":array", abc)
        same(run.json, {"t": "abc", "a:b": {}, "": []})
        same(run.err, "yata: no root named 'a:b' in these files: it is shown empty\n"
                      "yata: no root named '' in these files: it is shown empty\n")
        run = Run("show", "--root", "t:text", "--root", "t:map", abc, code=2)
        expect(run.err.startswith("yata: root 't' as map: "), run.err)


def test_show_rich_text():
    xml = '<div id="q"><i>h</i>i</div>'
    with Folder() as f:
        rich, rich_v2 = f.file("rich", raw(RICH)), f.file("rich.v2", raw(RICH_V2))
        plain = {"t": "Hello world", "m": {"nested": "plain"}, "x": xml}
        for args in ([rich], ["--from", "v2", rich_v2]):
            same(Run("show", *args).json, plain)
            for extra in ([], ["--root", "t:text", "--root", "x:xml"], ["--pretty"]):
                same(Run("show", "--delta", *extra, *args).json, {**plain, "t": RICH_DELTA})
        expect(b'[\n    {\n      "insert": "Hello",' in Run("show", "--delta", "--pretty", rich).out, "indented")
        same(Run("show", "--delta", "-", stdin=raw("0000")).out, b"{}\n")
        same(Run("show", "--delta", "--root", "e:text", "-", stdin=raw("0000")).out, b'{"e":[]}\n')
        same(Run("show", "--delta", f.file("state", raw(STATE))).json,
             {**CONTENT, "body": [{"insert": CONTENT["body"]}]})


def test_show_pending():
    with Folder() as f:
        a, b, c, gone = f.updates(GAP)
        run = Run("show", a, c)
        same(run.json, {"t": "a"})
        same(run.err, "yata: pending: 1 struct and 0 ranges of deletions wait for updates that are not here\n"
                      "yata: pending: missing from client 3: clock 1 and on\n")
        run = Run("show", gone)
        same(run.err, "yata: pending: 0 structs and 1 range of deletions wait for updates that are not here\n"
                      "yata: pending: missing from client 3: clock 0 and on\n")
        # Client 2 builds on what client 1 typed.
        run = Run("show", "-", stdin=raw("0101020044010006506565723a2000"))
        same(run.err, "yata: pending: 1 struct and 0 ranges of deletions wait for updates that are not here\n"
                      "yata: pending: missing from client 1: clock 0 and on\n")
        for order in ([a, b, c, gone], [gone, c, b, a], [c, a, gone, b], [a, a, b, c, gone, c]):
            run = Run("show", *order)
            same((run.json, run.err), ({"t": "ab"}, ""))


def test_log():
    with Folder() as f:
        lines = Run("log", f.file("state", raw(STATE))).out.decode().splitlines()
        same(len(lines), 8 + 2, "structs and ranges of deletions")
        for part in ("Hello", "body", "title"):
            expect(any(part in line for line in lines), f"{part} in the log")
        same(Run("log", "-", stdin=raw("0000")).out, b"")
        # what waits is listed all the same
        same(len(Run("log", "-", stdin=raw(GAP[2])).out.splitlines()), 1)
        same(Run("log", "--in", "hex", "-", stdin=STATE.encode()).out.decode().splitlines(), lines)


def test_meta():
    with Folder() as f:
        state = f.file("state", raw(STATE))
        deleted = [{"client": 1, "from": 5, "to": 11}, {"client": 1, "from": 22, "to": 23}]
        clients = [{"client": 1, "from": 0, "to": 32}]
        wanted = {"clients": clients, "deleted": deleted, "roots": ["body", "meta", "list"]}
        for args in ([state], ["--pretty", state], ["--from", "v2", f.file("state.v2", raw(STATE_V2))]):
            same(Run("meta", *args).json, wanted)
        # parseUpdateMeta: from {1 => 0}, to {1 => 23}; the hole between is not told of
        same(Run("meta", f.file("hole", raw(HOLE))).out,
             b'{"clients":[{"client":1,"from":0,"to":23}],"deleted":[{"client":1,"from":5,"to":11}],'
             b'"roots":["body","meta"]}\n')
        same(Run("meta", "-", stdin=raw(GAP[3])).json,
             {"clients": [], "deleted": [{"client": 3, "from": 2, "to": 3}], "roots": []})
        same(Run("meta", "-", stdin=raw("0000")).out, b'{"clients":[],"deleted":[],"roots":[]}\n')
        # the largest client, and a name that JSON has to escape
        largest = "ffffffffffffff0f"
        same(Run("meta", "--in", "hex", "-", stdin=f"0101{largest}0004010322000a016100".encode()).out,
             b'{"clients":[{"client":9007199254740991,"from":0,"to":1}],"deleted":[],"roots":["\\"\\u0000\\n"]}\n')
        target = f.path / "target"
        Run("meta", "-o", str(target), state)
        same(json.loads(target.read_text()), wanted)


def test_sv():
    with Folder() as f:
        state, both = f.file("state", raw(STATE)), f.file("both", raw(BOTH))
        same(Run("sv", state).out, b'{"1": 32}\n')
        same(Run("sv", *f.updates(SESSION)).out, b'{"1": 32}\n')
        same(Run("sv", both).json, {"1": 32, "2": 6})
        same(Run("sv", "-", stdin=raw("0000")).out, b"{}\n")
        same(Run("sv", "--binary", state).out, raw(VECTOR))
        same(Run("sv", "--out", "hex", state).out.decode(), VECTOR + "\n")
        same(Run("sv", "--binary", "--out", "base64", state).out, base64.b64encode(raw(VECTOR)) + b"\n")
        target = f.path / "target"
        Run("sv", "--binary", "-o", str(target), both)
        same(target.read_bytes(), raw("020206" + "0120"))
        same(Run("check", "--sv", str(target)).out.decode(), f"{target}: valid state vector, 5 bytes\n")


def test_sv_without_a_document():
    with Folder() as f:
        hole = f.file("hole", raw(HOLE))
        same(Run("sv", "--no-doc", hole).out, b'{"1": 11}\n')
        same(Run("sv", "--no-doc", "--out", "hex", hole).out, b"01010b\n")
        same(Run("sv", "--no-doc", "--from", "v2", f.file("v2", raw(STATE_V2))).json, {"1": 32})
        # what begins in the middle is nothing yet
        same(Run("sv", "--no-doc", "-", stdin=raw(GAP[2])).out, b"{}\n")


# ---------------------------------------------------------------- diff, apply, check


def test_diff_is_that_of_yjs():
    with Folder() as f:
        updates = f.updates(SESSION)
        for vector, wanted in ((PEER_VECTOR, PEER_LACKS), ("00", STATE)):
            same(Run("diff", "--sv", f.file("vector", raw(vector)), *updates).out.hex(), wanted)
        # nothing lacks but the deletions, which always come along
        same(Run("diff", "--sv", f.file("vector", raw(VECTOR)), *updates).out.hex(), "0001010205061601")
        same(Run("diff", "--sv", "-", *updates, stdin=raw(PEER_VECTOR)).out.hex(), PEER_LACKS)
        hexes = f.file("state.hex", STATE.encode())
        same(Run("diff", "--in", "hex", "--out", "hex", "--sv", "-", hexes, stdin=PEER_VECTOR.encode()).out.decode(),
             PEER_LACKS + "\n")
        same(Run("diff", "--no-gc", "--sv", f.file("zero", raw("00")), *updates).out.hex(), STATE_NO_GC)


def test_diff_and_apply_synchronise():
    with Folder() as f:
        ours, theirs = f.file("ours", raw(STATE)), f.file("theirs", raw(PEER_EDITED))
        vectors = str(f.path / "ours.sv"), str(f.path / "theirs.sv")
        for doc, vector in zip((ours, theirs), vectors):
            Run("sv", "--binary", "-o", vector, doc)
        for_them, for_us = str(f.path / "for-them"), str(f.path / "for-us")
        Run("diff", "--sv", vectors[1], "-o", for_them, ours)
        Run("diff", "--sv", vectors[0], "-o", for_us, theirs)
        Run("apply", "-o", ours, ours, for_us)
        Run("apply", "-o", theirs, theirs, for_them)
        same(pathlib.Path(ours).read_bytes().hex(), BOTH)
        same(pathlib.Path(theirs).read_bytes().hex(), BOTH)
        same(Run("show", ours).json["body"], "Peer: " + CONTENT["body"])


def test_apply_compacts():
    with Folder() as f:
        updates = f.updates(SESSION)
        same(Run("apply", *updates).out.hex(), STATE)
        same(Run("apply", "--no-gc", *updates).out.hex(), STATE_NO_GC)
        same(Run("apply", *reversed(updates)).out.hex(), STATE)
        same(Run("apply", *updates, *updates).out.hex(), STATE)
        # compacting once, or step by step with a file between, is the same
        doc = f.file("doc", raw("0000"))
        for update in updates:
            Run("apply", "-o", doc, doc, update)
        same(pathlib.Path(doc).read_bytes().hex(), STATE)
        same(Run("apply", doc).out.hex(), STATE)
        same(Run("apply", f.file("no-gc", raw(STATE_NO_GC))).out.hex(), STATE)
        expect(len(raw(STATE)) < sum(len(raw(text)) for text in SESSION), "smaller than its parts")


def test_apply_keeps_what_waits():
    with Folder() as f:
        a, b, c, gone = f.updates(GAP)
        doc = f.file("doc", b"\0\0")
        for update in (gone, c, a):
            run = Run("apply", "-o", doc, doc, update)
            expect("pending" in run.err, "what waits is reported")
        run = Run("apply", doc, b)
        same((run.out.hex(), run.err), (GAP_STATE, ""))


def test_check():
    with Folder() as f:
        good, bad = f.file("good", raw(STATE)), f.file("bad", raw(TRUNCATED))
        gone, two = str(f.path / "gone"), f.file("two", raw("0000"))
        size = len(raw(STATE))
        same(Run("check", good).out.decode(), f"{good}: valid update, {size} bytes\n")
        same(Run("check", "-", stdin=raw("0000")).out, b"(standard input): valid update, 2 bytes\n")
        same(Run("check", "-q", good, two).out, b"")
        run = Run("check", good, bad, gone, two, code=1)
        same(run.out.decode(), f"{good}: valid update, {size} bytes\n{two}: valid update, 2 bytes\n")
        lines = run.err.splitlines()
        expect(re.fullmatch(rf"yata: {re.escape(bad)}: byte \d+: .+", lines[0]), lines[0])
        same(lines[1:], [f"yata: {gone}: No such file or directory"])
        same(Run("check", "--quiet", good, bad, code=1).out, b"")
        same(Run("check", "--sv", "-", stdin=raw("00")).out, b"(standard input): valid state vector, 1 byte\n")
        run = Run("check", "--sv", "-", stdin=raw("020101"), code=1)
        expect(run.err.startswith("yata: (standard input): byte "), run.err)


# ---------------------------------------------------------------- formats, and updates without a document


def test_formats():
    with Folder() as f:
        v1, v2 = f.updates(SESSION), [f.file(f"{i}.v2", raw(text)) for i, text in enumerate(SESSION_V2)]
        vector = f.file("vector", raw(PEER_VECTOR))
        same(Run("show", "--from", "v2", *v2).json, CONTENT)
        same(Run("sv", "--from", "v2", *v2).out, b'{"1": 32}\n')
        for files, options, state, lacks in (
            (v1, ["--from", "v1"], STATE, PEER_LACKS),
            (v1, ["--to", "v2"], STATE_V2, PEER_LACKS_V2),
            (v2, ["--from", "v2"], STATE_V2, PEER_LACKS_V2),
            (v2, ["--from", "v2", "--to", "v1"], STATE, PEER_LACKS),
        ):
            same(Run("apply", *options, *files).out.hex(), state, f"state with {options}")
            same(Run("diff", *options, "--sv", vector, *files).out.hex(), lacks, f"difference with {options}")
        same(Run("log", "--from", "v2", f.file("s2", raw(STATE_V2))).out, Run("log", f.file("s1", raw(STATE))).out)
        same(Run("check", "--from", "v2", v2[1]).out.decode(),
             f"{v2[1]}: valid update, {len(raw(SESSION_V2[1]))} bytes\n")
        trace, kept = f.trace("trace.json", [[0, 0, "hi"]], "hi"), str(f.path / "kept")
        Run("replay", "--to", "v2", "--out", kept, trace)
        same(Run("show", "--from", "v2", kept).json, {"text": "hi"})


def test_the_other_format_is_noticed():
    """Many updates of format v2 begin with an empty one of format v1: they must not be taken for that."""
    with Folder() as f:
        v1, v2 = f.file("v1", raw(RICH)), f.file("v2", raw(RICH_V2))
        doc = f.file("doc", raw(RICH_V2))
        for name in READERS:
            if name == "check":
                continue
            options = OPTIONS.get(name, ())
            run = Run(name, *options, v2, code=1)
            same(run.err.splitlines()[-1], f"yata: {v2}: this is an update of format v2: --from v2 reads it")
            run = Run(name, *options, "--from", "v2", v1, code=1)
            lines = run.err.splitlines()
            expect(re.match(rf"yata: {re.escape(v1)}: byte \d+: ", lines[0]), run.err)
            same(lines[1:], [f"yata: {v1}: this is an update of format v1: --from v1 reads it"])
        Run("apply", "-o", doc, doc, v1, code=1)
        same(pathlib.Path(doc).read_bytes(), raw(RICH_V2), "not overwritten")
        run = Run("check", v2, v1, code=1)
        same(run.out.decode(), f"{v1}: valid update, {len(raw(RICH))} bytes\n")
        expect(run.err.endswith(f"yata: {v2}: this is an update of format v2: --from v2 reads it\n"), run.err)
        # bytes behind the end of an update of format v2
        long = f.file("long", raw(STATE_V2) + b"\1")
        size = len(raw(STATE_V2))
        fails(f"yata: {long}: byte {size}: the update ends here, and 1 more follow", "check", "--from", "v2", long)
        run = Run("merge", "--from", "v2", long, quiet=False)
        same(run.out.hex(), STATE_V2)
        same(run.err, f"yata: {long}: byte {size}: the update ends here, 1 more are ignored\n")


def test_convert():
    with Folder() as f:
        for v1, v2 in zip(SESSION, SESSION_V2):
            same(Run("convert", "--to", "v2", f.file("v1", raw(v1))).out.hex(), v2)
            # Info bit 5 is not kept where the key is not written: yjs, too, gives 88 back for a8.
            same(Run("convert", "--to", "v1", f.file("v2", raw(v2))).out.hex(), v1.replace("17a80116", "17880116"))
        same(Run("convert", "--to", "v2", f.file("state", raw(STATE))).out.hex(), STATE_CONVERTED)
        same(Run("convert", "--from", "v1", "--to", "v1", f.file("state", raw(STATE))).out.hex(),
             STATE.replace("a8011601", "88011601"))
        both = str(f.path / "state")
        Run("convert", "--to", "v2", "--out", "base64", "-o", both, both)
        same(Run("convert", "--to", "v2", "--from", "v2", "--in", "base64", "--out", "hex", both).out.decode(),
             STATE_CONVERTED + "\n")


def test_merge():
    with Folder() as f:
        v1, v2 = f.updates(SESSION), [f.file(f"{i}.v2", raw(text)) for i, text in enumerate(SESSION_V2)]
        for files, options, wanted in (
            (v1, [], MERGED), (v1[::-1], [], MERGED), (v1 + v1, [], MERGED), (v1, ["--to", "v2"], MERGED_V2),
            (v2, ["--from", "v2"], MERGED_V2), ([v1[0], v1[3], v1[1]], [], HOLE),
        ):
            same(Run("merge", *options, *files).out.hex(), wanted, f"merge with {options}")
        same(Run("show", f.file("merged", raw(MERGED))).json, CONTENT)
        same(Run("merge", v1[2]).out.hex(), SESSION[2], "one update stays as it is")
        # holes are no complaint: nothing waits where there is no document
        same(Run("merge", *[f.file(f"gap{i}", raw(GAP[i])) for i in (3, 2, 0)]).err, "")
        # the fault is told of the file that has it, also at the seam of two
        for cut in (0, 4, 2):
            bad = f.file("bad", raw(ABC)[: -cut - 1])
            run = Run("merge", v1[0], v1[1], bad, v1[2], code=1)
            found = re.fullmatch(rf"yata: {re.escape(bad)}: byte (\d+): .+\n", run.err)
            expect(found and int(found.group(1)) < len(raw(ABC)), run.err)
            run = Run("merge", bad, code=1)
            same(run.err, found.group(0))
        target = f.path / "target"
        Run("merge", "-o", str(target), v1[0], bad, code=1)
        expect(not target.exists(), "no file after a failure")


def test_diff_without_a_document():
    with Folder() as f:
        merged, vector = f.file("merged", raw(MERGED)), f.file("vector", raw(PEER_VECTOR))
        merged_v2 = f.file("merged.v2", raw(MERGED_V2))
        same(Run("diff", "--no-doc", "--sv", vector, merged).out.hex(), DIFF)
        same(Run("diff", "--no-doc", "--sv", vector, "--to", "v2", merged).out.hex(), DIFF_V2)
        same(Run("diff", "--no-doc", "--sv", vector, "--from", "v2", merged_v2).out.hex(), DIFF_V2)
        run = Run("diff", "--no-doc", "--sv", "-", "--from", "v2", "--to", "v1", merged_v2, stdin=raw(PEER_VECTOR))
        same(run.out.hex(), DIFF)
        same(Run("show", f.file("peer", raw(PEER)), f.file("diff", raw(DIFF))).json, CONTENT)
        bad = f.file("bad", raw("0105"))
        run = Run("diff", "--no-doc", "--sv", bad, merged, code=1)
        expect(re.fullmatch(rf"yata: {re.escape(bad)}: byte \d+: .+\n", run.err), run.err)


def test_split():
    def parts(f, prefix):
        return sorted(str(path) for path in f.path.iterdir() if path.name.startswith(prefix))

    with Folder() as f:
        state, rich = f.file("state", raw(STATE)), f.file("rich", raw(RICH))
        same(Run("split", "--size", "60", state).out, b"")
        made = parts(f, "state.")
        expect(len(made) > 2 and made[0].endswith("state.000"), made)
        for i, part in enumerate(made):
            expect(os.path.getsize(part) <= 60, "small enough")
            same(Run("show", *made[: i + 1]).err, "", "nothing waits for a later part")
        same(Run("apply", *made).out.hex(), STATE)
        # small enough: the only part
        Run("split", "--size", "5000", "-o", str(f.path / "one"), state)
        same([pathlib.Path(part).read_bytes() for part in parts(f, "one")], [raw(STATE)])
        # into the other format, as text, from standard input
        Run("split", "--size", "60", "--to", "v2", "--out", "hex", "-o", str(f.path / "r-"), "-", stdin=raw(RICH))
        made = parts(f, "r-")
        for part in made:
            expect(len(pathlib.Path(part).read_text()) <= 121, "60 bytes")
        same(Run("show", "--delta", "--from", "v2", "--in", "hex", *made).out, Run("show", "--delta", rich).out)
        # what cannot be cut
        run = Run("split", "--size", "4", "-o", str(f.path / "tiny."), state, quiet=False)
        line = rf"yata: {f.path}/tiny\.000: \d+ bytes: it holds something that cannot be cut\n"
        expect(re.match(line, run.err), run.err)
        same(Run("apply", *parts(f, "tiny.")).out.hex(), STATE)
        gone = str(f.path / "no" / "such")
        fails(f"yata: {gone}000: No such file or directory", "split", "--size", "60", "-o", gone, state)
    # Names stay in order beyond 1000 parts. Every file is synchronised: on a disk that takes its time.
    with Folder("/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as f:
        size = 1001
        long = f.file("long", raw("0101010004010174") + bytes([size & 0x7F | 0x80, size >> 7]) + b"x" * size + b"\0")
        Run("split", "--size", "1", "-o", str(f.path / "many."), long, quiet=False)
        made = parts(f, "many.")
        same({len(part) for part in made}, {len(made[0])}, "lengths of names")
        same(Run("show", *made).json, {"t": "x" * size})


def test_obfuscate():
    with Folder() as f:
        state, rich = f.file("state", raw(STATE)), f.file("rich", raw(RICH))
        same(Run("obfuscate", state).out.hex(), OBSCURE)
        same(Run("obfuscate", "--from", "v2", f.file("v2", raw(STATE_V2))).out.hex(), OBSCURE_V2)
        same(Run("obfuscate", rich).out.hex(), RICH_OBSCURE)
        keep = [option for part in ("formats", "names", "subdocuments") for option in ("--keep", part)]
        same(Run("obfuscate", *keep, rich).out.hex(), RICH_KEPT)
        out = Run("obfuscate", "--keep", "formats", rich).out
        expect(b"bold" in out and b"DIV" not in out and b"Hello" not in out, out)
        out = Run("obfuscate", "--keep=names", "--to", "v2", rich).out
        expect(b"bold" not in out and b"DIV" in out and b"Hello" not in out, out)
        Run("check", "--from", "v2", f.file("obscure", out))
        same(Run("sv", f.file("obscure", raw(OBSCURE))).out, Run("sv", state).out)


# ---------------------------------------------------------------- replay

# Positions count Unicode scalar values: the emoji is one.
PATCHES = [[0, 0, "a\U0001f600c"], [2, 0, "b"], [1, 1, ""], [0, 1, "A\0"], [4, 0, "\u00fc\n"]]
TYPED = "A\0bc\u00fc\n"


def fields(run):
    """The report of a replay: {word: rest of the line}."""
    return dict(line.split(None, 1) for line in run.out.decode().splitlines() if not line.startswith(" "))


def test_replay():
    with Folder() as f:
        trace = f.trace("trace.json", PATCHES, TYPED)
        report = fields(Run("replay", trace))
        same(report["patches"], "5 (4 insert, 2 delete) in 5 transactions")
        same(report["text"], f"{len(TYPED.encode())} bytes, as expected")
        expect(re.fullmatch(r"\d+\.\d{4} s, \d+\.\d ns per patch", report["time"]), report["time"])
        expect(re.fullmatch(r"\d+ bytes", report["update"]), report["update"])
        expect(re.fullmatch(r"\d+ bytes in use, \d+ at the peak", report["memory"]), report["memory"])
        report = fields(Run("replay", "--repeat", "3", trace))
        expect(report["time"].endswith(" s)") and "(best of 3, median " in report["time"], report["time"])
        same(fields(Run("replay", "-", stdin=pathlib.Path(trace).read_bytes()))["patches"][:2], "5 ")


def test_replay_keeps_the_update():
    with Folder() as f:
        trace = f.trace("trace.json", PATCHES, TYPED)
        first, second = str(f.path / "first"), str(f.path / "second")
        report = fields(Run("replay", "--out", first, trace))
        same(report["update"], f"{os.path.getsize(first)} bytes")
        same(Run("show", first).json, {"text": TYPED})
        same(Run("sv", first).json, {"1": 9})  # UTF-16 units typed
        Run("replay", "-o", second, trace)
        same(pathlib.Path(first).read_bytes(), pathlib.Path(second).read_bytes())
        Run("replay", "--client", str(2**53 - 1), "--root", "other", "--output", second, trace)
        same(Run("sv", second).json, {str(2**53 - 1): 9})
        same(Run("show", second).json, {"other": TYPED})
        Run("replay", "--no-gc", "--out", second, trace)
        expect(os.path.getsize(second) > os.path.getsize(first), "deleted text was kept")
        misused("the update needs a file: standard output is for the report", "replay", "--out", "-", trace)
        gone = str(f.path / "no" / "such")
        fails(f"yata: {gone}: No such file or directory", "replay", "--out", gone, trace)


def test_replay_per_op():
    with Folder() as f:
        trace = {"endContent": "xyz!", "txns": [{"patches": [[0, 0, "abc"], [0, 3, "xyz"]]}, {"patches": [[3, 0, "!"]]}]}
        path = f.file("trace.json", json.dumps(trace).encode())
        outs = str(f.path / "one"), str(f.path / "two")
        same(fields(Run("replay", "--out", outs[0], path))["patches"], "3 (3 insert, 1 delete) in 2 transactions")
        report = fields(Run("replay", "--per-op", "--out", outs[1], path))
        same(report["patches"], "3 (3 insert, 1 delete) in 3 transactions")
        for out in outs:
            same(Run("show", out).json, {"text": "xyz!"})


def test_replay_start_and_gzip():
    with Folder() as f:
        trace = {"startContent": "begin \U0001f600", "endContent": "begin \U0001f600!", "txns": [{"patches": [[7, 0, "!"]]}]}
        text = json.dumps(trace).encode()
        expect(fields(Run("replay", f.file("plain.json", text))), "a report")
        whole = gzip.compress(text)
        expect(fields(Run("replay", f.file("whole.json.gz", whole))), "a report")
        expect(fields(Run("replay", "-", stdin=gzip.compress(text[:9]) + gzip.compress(text[9:]))), "two members")
        cut = f.file("cut.gz", whole[:-9])
        fails(f"yata: {cut}: byte {len(whole) - 9}: the gzip data ends in the middle", "replay", cut)
        run = Run("replay", "-", stdin=whole[:12] + b"\xff" * 20 + whole[32:], code=1)
        expect(re.match(r"yata: \(standard input\): byte \d+: bad gzip data", run.err), run.err)


def test_replay_mismatch():
    with Folder() as f:
        target = f.path / "target"
        path = f.trace("trace.json", PATCHES, TYPED + "?")
        fails(f"yata: {path}: the text differs from endContent at byte 7: it has 7 bytes, expected are 8",
              "replay", "--out", str(target), path)
        expect(not target.exists(), "no update of a mismatch")
        path = f.trace("trace.json", [[0, 0, "abc"], [4, 0, "d"]], "abcd")
        run = Run("replay", path, code=1)
        expect(run.err.startswith(f"yata: {path}: transaction 1, patch 0: "), run.err)
        path = f.trace("trace.json", [[0, 0, "abc"], [1, 3, ""]], "a")
        run = Run("replay", path, code=1)
        expect(run.err.startswith(f"yata: {path}: transaction 1, patch 0: "), run.err)


def test_replay_bad_traces():
    def bad(reason, value):
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        fails(f"yata: (standard input): {reason}", "replay", "-", stdin=text)

    run = Run("replay", "-", stdin=b'{"endContent": "', code=1)
    expect(re.match(r"yata: \(standard input\): byte \d+: ", run.err), run.err)
    run = Run("replay", "-", stdin=raw(STATE), code=1)
    expect(re.match(r"yata: \(standard input\): byte \d+: ", run.err), run.err)
    bad("not a trace: no JSON object", [])
    bad("not a trace: endContent is missing", {})
    bad("startContent is not a text", {"startContent": 1, "endContent": ""})
    bad("not a trace: txns is not a list", {"endContent": ""})
    bad("transaction 0: patches is not a list", {"endContent": "", "txns": [{}]})
    bad("transaction 0: patches is not a list", {"endContent": "", "txns": [7]})
    for patch in ([], [0, 0], [0, 0, "a", 1], [-1, 0, "a"], [0.5, 0, "a"], [0, 2**32, ""], [0, 0, None], "x", {}):
        bad('transaction 0: patch 1 is not [position, deleted, "inserted"]',
            {"endContent": "", "txns": [{"patches": [[0, 0, ""], patch]}]})
    kind = {"kind": "concurrent", "endContent": ""}
    bad("numAgents is not a number of agents", {**kind, "txns": []})
    bad("numAgents is not a number of agents", {**kind, "numAgents": 0, "txns": []})
    bad("numAgents is more than there are transactions", {**kind, "numAgents": 4000000000, "txns": []})
    good = {"patches": [], "parents": [], "agent": 0}
    kind["numAgents"] = 1
    bad("transaction 0: parents is not a list", {**kind, "txns": [{"patches": [], "agent": 0}]})
    bad("transaction 1: parent 0 is not an earlier transaction", {**kind, "txns": [good, {**good, "parents": [1]}]})
    bad("transaction 0: agent is not one of the 1", {**kind, "txns": [{**good, "agent": 1}]})


def concurrent(end, agents, txns, **more):
    """A concurrent trace from (agent, parents, patches...)."""
    return json.dumps({"kind": "concurrent", "numAgents": agents, "endContent": end,
                       "txns": [{"agent": a, "parents": p, "patches": list(patches)} for a, p, *patches in txns],
                       **more}).encode()


def test_replay_concurrent():
    # Agent 0 goes on while agent 1 works from what it saw; then each sees the other.
    txns = [
        (0, [], [0, 0, "ab"]),
        (1, [0], [2, 0, "Z"]),
        (0, [0], [0, 0, "X"]),
        (0, [2], [1, 1, ""]),
        (1, [1, 2], [4, 0, "!"], [0, 0, "<"]),
        (0, [3, 4], [0, 1, "["]),
        (2, [0], [1, 0, "-"]),
        (2, [5, 6], [6, 0, "."]),
    ]
    with Folder() as f:
        path = f.file("trace.json", concurrent("[X-bZ!.", 3, txns))
        for extra in ([], ["--per-op"], ["--no-gc"]):
            out = str(f.path / "out")
            report = fields(Run("replay", *extra, "--client", "10", "--out", out, path))
            expect(re.fullmatch(r"3, \d+ merges", report["documents"]), report["documents"])
            same(Run("show", out).json, {"text": "[X-bZ!."})
            same(set(Run("sv", out).json), {"10", "11", "12"})
        path = f.file("start.json", concurrent("{ab}", 2, [(1, [], [1, 0, "b"]), (0, [0], [1, 0, "a"])],
                                               startContent="{}"))
        expect(fields(Run("replay", path)), "a report")


def test_replay_concurrent_refusals():
    with Folder() as f:
        path = f.file("trace.json", concurrent("b", 1, [(0, [], [0, 0, "a"]), (0, [], [0, 0, "b"])]))
        fails(f"yata: {path}: transaction 1: its agent does not build on all of its own earlier work", "replay", path)
        path = f.file("trace.json", concurrent("ab", 2, [(0, [], [0, 0, "a"]), (1, [0], [1, 0, "b"])]))
        misused("--client leaves no numbers for 2 agents", "replay", "--client", str(2**53 - 1), path)
        expect(fields(Run("replay", "--client", str(2**53 - 2), path)), "a report")


def test_traces_of_others():
    folder = os.environ.get("YATA_TRACES")
    if not folder:
        return "YATA_TRACES names no folder"
    with Folder() as f:
        for name in ("sveltecomponent", "friendsforever_flat", "friendsforever_concurrent"):
            path = pathlib.Path(folder) / f"{name}.json.gz"
            out = str(f.path / name)
            Run("replay", "--out", out, str(path))
            same(Run("show", out).json["text"], json.loads(gzip.decompress(path.read_bytes()))["endContent"])
            same(Run("apply", out).out, pathlib.Path(out).read_bytes(), "a state applied to nothing")
    return None


def main():
    tests = [(name[5:].replace("_", " "), run) for name, run in globals().items() if name.startswith("test_")]
    print("TAP version 13")
    print(f"1..{len(tests)}")
    failed = 0
    for number, (title, run) in enumerate(tests, 1):
        try:
            skipped = run()
            print(f"ok {number} - {title}" + (f" # SKIP {skipped}" if skipped else ""))
        except Exception:  # whatever it is, the other tests still tell something
            failed += 1
            print(f"not ok {number} - {title}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
