#!/bin/sh
# SPDX-License-Identifier: MIT
# What a program's small blocks had goes back: to its large ones and to the system; also under Valgrind.
# usage: test_heap.sh TERRARIUM PROGRAMS [VALGRIND]
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/peak.elf

run "$terrarium" exec "$program" 500000
for round in 1 2 3; do
    case_ok "round $round: 30 MB of small blocks, then one of 30 MB, in 64 MB" \
        has "$out" "^round $round: a peak; given back; a large block: yes"
done
feed 'peak 200000 & peak 100000 small & wait
' "$terrarium" run --program peak="$program"
case_ok 'two at once leave the memory as it was' is "$(printf '%s\n' "$out" | grep -c 'given back')" 6
if [ -n "${3:-}" ]; then
    run "$3" -q --error-exitcode=9 "$terrarium" exec "$program" 3000 small
    case_ok 'Valgrind has nothing to say' is "$status:$(printf '%s\n' "$out" | grep -c given)" 0:3
fi
finish
