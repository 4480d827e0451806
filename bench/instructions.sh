#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions of one 64-byte call and reply, exactly: the difference of two counted runs under
# callgrind, which no load of the host can disturb. Only the kernel's own functions count: under
# Valgrind the machine does more than otherwise. Needs debug information (RelWithDebInfo).
#
# usage: instructions.sh BENCH COMPILER [check | record]
# instructions.txt has a line for each compiler; check fails if its figure grew by more than a tenth,
# record writes it anew.
set -eu

bench=$1
compiler=$2
mode=${3:-show}
file=$(dirname "$0")/instructions.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

total() { # batches of 5000 round trips: instructions in all
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$bench" --rounds "$1" \
        >"$work/text" 2>&1 || { cat "$work/text" >&2; exit 1; }
    callgrind_annotate --threshold=100 --auto=no --show=Ir "$work/out" |
        sed -n 's/([^)]*)//; /[/ ]kernel\/[a-z_0-9]*\.[ch]:/{s/,//g; p;}' |
        awk '{ sum += $1 } END { printf "%d\n", sum }'
}

few=$(total 1)
many=$(total 3)
count=$(((many - few) / 10000))
if [ "$count" -lt 100 ]; then
    echo "no round trips were counted; was the kernel built with -g?" >&2
    exit 1
fi
echo "call and reply, 64 bytes: $count instructions ($compiler)"
case $mode in
check)
    was=$(awk -v name="$compiler" '$1 == name { print $2 }' "$file")
    if [ -z "$was" ]; then
        echo "nothing recorded for $compiler; ninja bench-instructions records it" >&2
        exit 1
    fi
    echo "recorded: $was"
    if [ "$((count * 10))" -gt "$((was * 11))" ]; then
        echo "grew by more than a tenth; if that has to be: ninja bench-instructions" >&2
        exit 1
    fi
    ;;
record)
    { grep -v "^$compiler " "$file" 2>/dev/null || :; echo "$compiler $count"; } >"$work/new"
    cat "$work/new" >"$file"
    ;;
esac
