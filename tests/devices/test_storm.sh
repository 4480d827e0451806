#!/bin/sh
# SPDX-License-Identifier: MIT
# Ten million interrupts, each counted once by the driver and by the machine.
# usage: test_storm.sh TERRARIUM PROGRAMS
LIMIT=300
. "$(dirname "$0")/../system/check.sh"
terrarium=$1 programs=$2

printf '%s\n' "module log embedded:log" "module storm $programs/storm.elf 10000000" >"$work/boot"
run "$terrarium" run "$work/boot" --verbose
case_ok "every period of the timer has one interrupt" is "$status" 0
case_ok "the machine counts as many" has "$err" 'line 0: raised 10000000 times, taken 10000000$'
printf '%s\n' "module log embedded:log" "module storm $programs/storm.elf 1000" >"$work/boot"
run "$terrarium" run "$work/boot" --at "3ms=irq 0"
case_ok "one too many is noticed" is "$status" 1
finish
