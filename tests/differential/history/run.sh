#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh REPLAY START COUNT: random programs about positions and snapshots, in yjs and in Yata.
# REPLAY is the program built from replay.c; needs node and, once, `npm ci` in the folder above.
set -u
here=$(dirname "$0")
result=$(mktemp)
trap 'rm -f "$result"' EXIT
{ node "$here/program.mjs" "${2:-1}" "${3:-1000}" || echo "failed program.mjs"; } | "$1" >"$result"
code=$?
cat "$result"
exit "$code"
