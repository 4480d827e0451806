#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that writes upward from an address that is not its own, as one that looks for the kernel's memory
# would: it dies of its first page fault, wherever it begins, and the system goes on.
# usage: test_roams.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/roams.elf

# Round addresses where a sanitizer has nothing: below the windows, at the ghosts, between the windows and the host's own.
places='100000 110000000000 170000000000 17ffff000000 180000000000 180040000000
190000000000 1a0000000000 1b0000000000 1c0000000000 1d0000000000 1e0000000000 1f0000000000 1ffffffff000
4ffffffff000 500000000000 540000000000 800000000000 ffff800000000000'
script=
for place in $places; do
    script="${script}roams $place
"
done
feed "${script}hello after
exit 3
" "$terrarium" run --program roams="$program"
case_ok 'none has written anything' has_not "$out" '^wrote'
for place in $places; do
    wanted="page fault at address $place,"
    [ "$place" = 17ffff000000 ] && wanted='write to a ghost function'
    case_ok "from $place it ends at the very first" has "$out$err" "a.roams: $wanted"
done
case_ok 'the system goes on' has "$out" '^Hello, after!'
case_ok 'and ends as it was told' is "$status" 3
finish
