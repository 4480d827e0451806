#!/bin/sh
# SPDX-License-Identifier: MIT
# What a program finds in registers, on stacks and in ghosts' addresses is the same in every run,
# whatever addresses the host has given; the ghosts lie where they do under Valgrind too.
# usage: test_seen.sh TERRARIUM PROGRAMS [VALGRIND]
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/seen.elf valgrind=${3:-}

look() { # words of a command before it
    feed 'seen
' "$@" "$terrarium" run --hash --program seen="$program"
    seen=$out
    hash=$(printf '%s\n' "$err" | sed -n 's/.*trace hash \([0-9a-f]*\).*/\1/p')
}

ghosts() { # of what a run has shown
    printf '%s\n' "$1" | grep '^tr_\|^__san\|^thread 17'
}

look
first=$seen first_hash=$hash
case_ok 'the program tells what it sees' has "$out" '^tr_symbol_find: 0*[1-9a-f]'
case_ok 'it sees the entry of a thread' has "$out" '^thread 18: '
for again in 2 3 4; do
    look
    case_ok "run $again shows the same" is "$seen" "$first"
    case_ok "run $again has the same hash" [ -n "$hash" -a "$hash" = "$first_hash" ]
done
if [ -n "$valgrind" ]; then
    LIMIT=300
    look "$valgrind" -q
    case_ok 'under Valgrind the ghosts lie there too' is "$(ghosts "$seen")" "$(ghosts "$first")"
    case_ok 'under Valgrind the hash is the same' is "$hash" "$first_hash"
fi
finish
