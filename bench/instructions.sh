#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions of one 64-byte call and reply, exactly: the difference of two counted runs under
# callgrind, which no load of the host can disturb. usage: instructions.sh BENCH GUEST SMALL TERRARIUM
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

total() { # round trips, the bench and its words: instructions in all
    rounds=$1 bench=$2
    shift 2
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$bench" --rounds "$rounds" "$@" \
        >"$work/text" 2>&1 || { cat "$work/text" >&2; exit 1; }
    sed -n "s/^totals: //p" "$work/out"
}

few=$(total 1000 "$@")
many=$(total 11000 "$@")
echo "call and reply, 64 bytes: $(((many - few) / 10000)) instructions"
