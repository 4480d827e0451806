#!/bin/sh
# SPDX-License-Identifier: MIT
# A program with a thread pointer of its own is interrupted by all that comes from outside: ticks
# of both clocks, signals to the simulator.
# usage: test_own.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/own.elf

feed 'own
' "$terrarium" run --program own="$program"
if has "$out" 'illegal instruction'; then
    case_ok 'this host lets no program set it: that ends the program alone' is "$status" 0
    finish
fi
has "$out" '^not promised here' && kept='^not promised here' || kept='^has its own: yes'
case_ok 'it is kept over counted ends of slices' has "$out" "$kept"
feed 'own uncounted
' "$terrarium" run --program own="$program"
case_ok 'it is kept over the watchdog' has "$out" "$kept"
case_ok 'the watchdog has come' has "$err" 'is not counted'
feed 'own
' "$terrarium" run --clock host --program own="$program"
case_ok "it is kept over ticks of the host's clock" has "$out" "$kept"

for row in 'INT 130' 'TERM 143'; do
    signal=${row% *} wanted=${row#* }
    feed 'own for ever
' timeout --preserve-status -s "$signal" 1 "$terrarium" run --program own="$program"
    case_ok "SIG$signal while it spins is $wanted" is "$status" "$wanted"
    case_ok "SIG$signal came while it spun" has "$err" '^begins'
done
finish
