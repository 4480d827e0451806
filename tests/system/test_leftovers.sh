#!/bin/sh
# SPDX-License-Identifier: MIT
# Drivers trust no state that another has left: before each of them a driver comes that leaves the
# device in another form, in the middle of a command, masked or asking.
# usage: test_leftovers.sh TERRARIUM PROGRAMS DEMO
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2 demo=$3

# left ACCESSES COMMANDS OPTION…: the demonstration's devices, of which these ports were used before.
left() {
    accesses=$1 commands=$2
    shift 2
    {
        sed -n '/^hardware all/p' "$demo/hardware.boot"
        echo "module leave $programs/leave.elf $accesses"
        sed '/^hardware all/d; /^program init.drivers/d' "$demo/hardware.boot"
        echo "program exercise $programs/exercise.elf"
        echo "program init.drivers $work/drivers"
    } >"$work/boot"
    feed "$commands" "$terrarium" run "$@" "$work/boot"
}
cat "$demo/hardware.drivers" >"$work/drivers"

# ---- The clock -------------------------------------------------------------------------------

# clock NAME FORM HOUR SECOND EXPECTED: 2006-02-08 in a form of status register B.
clock() {
    left "70=0b 71=8$2 70=00 71=$4 70=02 71=00 70=04 71=$3 70=07 71=08 70=08 71=02 70=09 71=06 \
70=32 71=20 70=0b 71=$2" 'date
'
    case_ok "clock: $1" has "$out" "$5"
}
clock "midnight of twelve hours" 0 12 00 '^Wed 2006-02-08 00:00:00 UTC$'
clock "an hour after midnight" 0 01 00 '^Wed 2006-02-08 01:00:00 UTC$'
clock "noon of twelve hours" 0 92 00 '^Wed 2006-02-08 12:00:00 UTC$'
clock "the afternoon" 0 83 00 '^Wed 2006-02-08 15:00:00 UTC$'
clock "the last hour" 0 91 00 '^Wed 2006-02-08 23:00:00 UTC$'
clock "binary" 6 17 3b '^Wed 2006-02-08 23:00:59 UTC$'
clock "binary, midnight of twelve hours" 4 0c 00 '^Wed 2006-02-08 00:00:00 UTC$'
clock "binary, the afternoon" 4 8b 00 '^Wed 2006-02-08 23:00:00 UTC$'
clock "an hour that twelve hours do not have" 0 13 00 'TR_E_STATE'
clock "no hour at all" 2 2a 00 'TR_E_STATE'
clock "a second that is none" 2 10 61 'TR_E_STATE'
clock "interrupts that were on" 72 10 00 '^Wed 2006-02-08 10:00:00 UTC$'
left '70=0b 71=82 70=0a 71=76 70=00' 'date
sleep 3
date
'
case_ok "clock: stopped and held: it goes" has "$out" '^Sat 2000-01-01 00:00:0[23]'
left '70=0b 71=06 70=32 71=14 70=00 71=05 70=07 71=01 70=08 71=01 70=09 71=06' 'date
'
case_ok "clock: a binary century" has "$out" '^Sun 2006-01-01 00:00:0'
left '70=0b 71=86 70=00 71=ff 70=0b 71=06' 'sleep 5
date
'
case_ok "clock: what was no date does not become one" has "$out" 'TR_E_STATE'
for date in 2100-01-01 2106-02-07 9999-12-31; do
    left '+1' 'date
' --rtc $date
    case_ok "clock: $date, which the driver cannot tell, is not shown as another" \
        has "$out" 'TR_E_STATE'
done
left '+1' 'sleep 3
date
' --rtc 2099-12-31T23:59:58
case_ok "clock: nor is the next day of the last" has "$out" 'TR_E_STATE'

finish
