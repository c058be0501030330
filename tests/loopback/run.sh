#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh CLIENT PACKAGES [SEED [EDITS]]: client.c and yjs over TCP on this machine, EDITS edits in all (1000), half of
# them on each side, with connections that are cut by both. Exit code 0: both ends have the same bytes in the end.
# CLIENT is the program built from client.c, PACKAGES a folder with node_modules (tests/differential after `npm ci`).
set -eu
client=$1 packages=$2 seed=${3:-1} edits=${4:-1000}
here=$(dirname "$0")
port=$(mktemp)
node "$here/peer.mjs" "$packages" "$seed" $((edits / 2)) >"$port" &
peer=$!
trap 'rm -f "$port"; kill "$peer" 2>/dev/null || true' EXIT
tries=0
while [ ! -s "$port" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$peer" 2>/dev/null; then
        echo "loopback: node does not listen"
        exit 1
    fi
    sleep 0.1
done
"$client" "$(cat "$port")" "$seed" $((edits - edits / 2))
wait "$peer"
