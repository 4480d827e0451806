#!/bin/sh
# SPDX-License-Identifier: MIT
# threads.h: a program of ISO C says the same here as on the host, in any slicing and under Valgrind; and what
# threads cost.
# usage: test_crew.sh TERRARIUM PROGRAMS HOST [VALGRIND]
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2 host=$3
LIMIT=60

for mode in many queues heap locks own last; do
    run "$host" "$mode"
    said=$out status_there=$status
    run "$terrarium" exec "$programs/crew.elf" "$mode"
    case_ok "$mode: it says what it says on the host" is "$out" "$said"
    case_ok "$mode: and ends as it does there" is "$status" "$status_there"
done
for slice in 1ms 33us 20us; do
    "$terrarium" extract default.boot -o "$work/slices.boot"
    echo "slice $slice" >>"$work/slices.boot"
    feed 'crew many
crew queues
crew own
crew heap
' "$terrarium" run "$work/slices.boot" --program crew="$programs/crew.elf"
    case_ok "slices of $slice: many" has "$out" '^200 threads: 19800, results 19800$'
    case_ok "slices of $slice: queues" has "$out" '^sum 2002000, left 0$'
    case_ok "slices of $slice: heap" has "$out" '^bytes lost: 0$'
    case_ok "slices of $slice: own" has "$out" '^done once before all: 50, destroyed 1225, done 1$'
done
# The library is not counted: by the host's clock a slice ends within it too.
feed 'crew heap
' "$terrarium" run "$work/slices.boot" --clock host --program crew="$programs/crew.elf"
case_ok 'the heap is whole wherever a thread is stopped' has "$out" '^bytes lost: 0$'
run "$terrarium" exec "$programs/herd.elf"
case_ok 'the pages of threads come back' has "$out" '^pages as before'
case_ok 'a sleep is exact' has "$out" '^slept so long'
case_ok 'who waits for a mutex sleeps' has "$out" '^the waiter sleeps'
if [ -n "${4:-}" ]; then
    run "$4" -q --error-exitcode=9 "$terrarium" exec "$programs/crew.elf" own
    case_ok 'Valgrind has nothing to say' is "$status" 0
fi
finish
