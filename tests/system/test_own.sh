#!/bin/sh
# SPDX-License-Identifier: MIT
# A program with a thread pointer of its own is interrupted by all that comes from outside: ticks
# of both clocks, signals to the simulator.
# usage: test_own.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/own.elf

feed 'own
' "$terrarium" run --program own="$program"
case_ok 'it is kept over counted ends of slices' has "$out" '^has its own: yes'
feed 'own uncounted
' "$terrarium" run --program own="$program"
case_ok 'it is kept over the watchdog' has "$out" '^has its own: yes'
case_ok 'the watchdog has come' has "$err" 'is not counted'
feed 'own
' "$terrarium" run --clock host --program own="$program"
case_ok "it is kept over ticks of the host's clock" has "$out" '^has its own: yes'

for row in 'INT 130' 'TERM 143'; do
    signal=${row% *} wanted=${row#* }
    feed 'own for ever
' timeout --preserve-status -s "$signal" 1 "$terrarium" run --program own="$program"
    case_ok "SIG$signal while it spins is $wanted" is "$status" "$wanted"
    case_ok "SIG$signal came while it spun" has "$err" '^begins'
done
finish
