#!/bin/sh
# SPDX-License-Identifier: MIT
# Thread-local variables and errno of each thread: as on the host, in any slicing, with both compilers
# and under Valgrind.
# usage: test_locals.sh TERRARIUM PROGRAMS HOST SOURCES [VALGRIND]
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2 host=$3 sources=$4
LIMIT=60

run "$host"
said=$out
case_ok 'the host runs it' has "$said" '^first: 7 0 10 wide 5, 0$'
for compiler in cc gcc clang; do
    command -v "$compiler" >/dev/null || continue
    for level in -O0 -O2; do
        run env CC="$compiler" "$terrarium" cc "$level" "$sources/locals.c" -o "$work/locals.elf"
        case_ok "$compiler $level compiles it" is "$status" 0
        run "$terrarium" exec "$work/locals.elf"
        case_ok "$compiler $level: it says what it says on the host" is "$out" "$said"
    done
done
for slice in 1ms 33us 20us; do
    "$terrarium" extract default.boot -o "$work/slices.boot"
    echo "slice $slice" >>"$work/slices.boot"
    feed 'locals
' "$terrarium" run "$work/slices.boot" --program locals="$programs/locals.elf"
    case_ok "slices of $slice: nothing of another's" is \
        "$(printf '%s\n' "$out" | grep -c '^thread [123]: 20000[123], faults 0$')" 3
    case_ok "slices of $slice: nor of the first" has "$out" '^first: 7 0 10 wide 5, 0$'
done
run "$terrarium" exec "$programs/blocks.elf"
blocks=$out
case_ok "threads of the call have theirs" is "$(printf '%s\n' "$out" | grep -c '^ended with 0$')" 3
case_ok 'which the first does not see' has "$out" '^first: 70, 0$'
for what in none misaligned 'no such flag' 'beyond the last address' \
    'a block that begins in a page for reading' 'one that ends where nothing is'; do
    case_ok "a bad stack: $what" has "$out" "^$what: TR_E_INVAL$"
done
if [ -n "${5:-}" ]; then
    run "$5" -q --error-exitcode=9 "$terrarium" exec "$programs/locals.elf"
    case_ok 'Valgrind has nothing to say' is "$status $out" "0 $said"
    run "$5" -q --error-exitcode=9 "$terrarium" exec "$programs/blocks.elf"
    case_ok 'nor of threads of the call' is "$status $out" "0 $blocks"
fi
finish
