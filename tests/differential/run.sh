#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh RUNNER START COUNT [PROGRAMS]: runs the programs START .. START+COUNT-1 in yjs and in Yata. At the first difference it
# prints seed and bytes, shrinks the program and prints its transcript. Exit code 0: no difference.
# RUNNER is the program built from run.c, PROGRAMS what writes the records (programs.mjs; undo_programs.mjs); needs node and, once, `npm ci` in this folder.
set -u
runner=$1 start=${2:-1} count=${3:-1000} programs=${4:-programs.mjs}
here=$(dirname "$0")
result=$(mktemp)
trap 'rm -f "$result"' EXIT
node "$here/$programs" "$start" "$count" | "$runner" >"$result"
code=$?
cat "$result"
if [ "$code" -ne 0 ]; then
    seed=$(sed -n 's/^seed \([0-9]*\) step .*/\1/p' "$result" | head -n 1)
    [ -n "$seed" ] && node "$here/shrink.mjs" "$runner" "$seed" "$programs"
fi
exit "$code"
