#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions of one 64-byte call and reply, exactly: the difference of two counted runs under
# callgrind, which no load of the host can disturb. Only what runs inside kernel_call is counted: that
# is all of the kernel's work, and nothing of what the machine does for Valgrind's sake.
#
# usage: instructions.sh BENCH [check | record]
# check fails if it grew by more than a tenth over instructions.txt, record writes it there.
set -eu

bench=$1
mode=${2:-show}
record=$(dirname "$0")/instructions.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

total() { # batches of 5000 round trips: instructions in all
    valgrind --tool=callgrind --callgrind-out-file="$work/out" --collect-atstart=no \
        --toggle-collect=kernel_call "$bench" --rounds "$1" >"$work/text" 2>&1 ||
        { cat "$work/text" >&2; exit 1; }
    sed -n "s/^totals: //p" "$work/out"
}

few=$(total 1)
many=$(total 2)
count=$(((many - few) / 5000))
echo "call and reply, 64 bytes: $count instructions"
case $mode in
check)
    was=$(sed -n '/^[0-9]/{p;q;}' "$record")
    echo "recorded: $was"
    if [ "$((count * 10))" -gt "$((was * 11))" ]; then
        echo "it grew by more than a tenth; if that has to be: ninja bench-instructions" >&2
        exit 1
    fi
    ;;
record)
    printf '# Instructions of a 64-byte call and reply inside the kernel (instructions.sh).\n%s\n' \
        "$count" >"$record"
    ;;
esac
