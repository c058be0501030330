#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh RUNNER START COUNT: the programs START .. START+COUNT-1 of awareness and sync messages in y-protocols and in Yata.
# Exit code 0: no difference. RUNNER is built from protocol.c; needs node and, once, `npm ci` in the folder above.
set -u
here=$(dirname "$0")
node "$here/protocol.mjs" "${2:-1}" "${3:-1000}" | "$1"
