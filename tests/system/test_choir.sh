#!/bin/sh
# SPDX-License-Identifier: MIT
# Streams that several threads use at once: each call has its stream for itself.
# usage: test_choir.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2
LIMIT=60

lines_are_whole() { # NAME
    case_ok "$1: printf's lines are whole" is "$(printf '%s\n' "$out" |
        grep -c '^voice [0-3] line [0-9]* la la la la la la la la la la la la la$')" 600
    case_ok "$1: so are those of puts" is "$(printf '%s\n' "$out" | grep -c '^puts in one$')" 600
    case_ok "$1: what is held is held" is "$(printf '%s\n' "$out" |
        grep -c '^held by \([0-3]\): \1$')" 600
    case_ok "$1: each is there once" is "$(printf '%s\n' "$out" | grep '^voice' | sort -u |
        wc -l)" 600
}

run "$terrarium" exec "$programs/choir.elf"
lines_are_whole exec
for slice in 1ms 33us 20us; do
    "$terrarium" extract default.boot -o "$work/slices.boot"
    echo "slice $slice" >>"$work/slices.boot"
    feed 'choir
' "$terrarium" run "$work/slices.boot" --program choir="$programs/choir.elf"
    lines_are_whole "slices of $slice"
done
feed "$(printf 'x%.0s' $(seq 1 3000))
xx
" "$terrarium" exec "$programs/choir.elf" read
case_ok 'two readers get each byte once' has "$out" '^read 3002$'
finish
