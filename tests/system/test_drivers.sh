#!/bin/sh
# SPDX-License-Identifier: MIT
# Drivers and the tools that use them: detection, the protocols, what happens when a driver dies, when
# one is hostile, and when interrupt lines misbehave. usage: test_drivers.sh TERRARIUM PROGRAMS DEMO
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2 demo=$3

# The pid of a process in the output of ps.
pid_of() {
    printf '%s\n' "$out" | awk -v name="$1" '$NF == name { print $1; exit }'
}

# What programs said, without the lines of the log.
said() {
    grep -v '^\[ *[0-9.]*\] ' "$work/out" >"$work/said"
}

# ---- What is there ---------------------------------------------------------------------------

head -c 1048576 /dev/zero >"$work/disk"
head -c 2097152 /dev/zero >"$work/cdrom"
head -c 1474560 /dev/zero >"$work/floppy"
# Drives take their time to say what they are.
feed 'timers
devices
ps
' "$terrarium" run --disk "$work/disk" --cdrom "$work/cdrom" --floppy "$work/floppy" \
    "$demo/hardware.boot"
for device in pci clock 'input.keyboard' 'input.mouse' 'serial.1' video sound 'disks.ata.0' \
    'disks.cdrom.0' 'disks.floppy.0'; do
    case_ok "the demonstration has $device" has "$out" " $device "
done
case_ok "what only drivers use is running" has "$out" 'd.dma$'
case_ok "no driver had to be started again" has_not "$out$err" 'started again'
feed 'devices
ps
lspci
' "$terrarium" run
case_ok "the default system has a clock" has "$out" ' clock .*d.clock'
case_ok "and a keyboard driver" has "$out" 'd.keyboard'
case_ok "lspci lists the host bridge" has "$out" '^00:00.0  8086:1237  host bridge'

feed 'devices
ps
date
' "$terrarium" run --hardware none
case_ok "without hardware the system runs" is "$status" 1
case_ok "without hardware no driver stays" has_not "$out" 'd.clock\|d.pci\|d.keyboard'
case_ok "without a clock date says so" has "$out" 'there is no clock'

# ---- The clock -------------------------------------------------------------------------------

feed 'date
date -s
timers
date
' "$terrarium" run --rtc 2028-02-29T23:59:59
case_ok "date tells the date" has "$out" '^Tue 2028-02-29 23:59:59 UTC$'
case_ok "date -s tells seconds" has "$out" '^1835481599$'
case_ok "the clock goes on over midnight" has "$out" '^Wed 2028-03-01 00:00:00 UTC$'
feed 'date 2001-02-03 04:05:06
date
' "$terrarium" run --rtc 2028-02-29
case_ok "an application may not set the clock" has "$out" 'TR_E_PERM'
case_ok "the clock was not set" has "$out" '2028-02-29'

# ---- Keyboard and mouse ----------------------------------------------------------------------

cat >"$work/keys" <<'END'
1s type aB
+100ms key control-left c
+50ms key caps-lock
+50ms type x
+50ms key up
+50ms move 10 -5
+50ms wheel 2
+50ms click left
+500ms key escape
END
cat >"$work/expected" <<'END'
key 1e pressed 'a'
key 1e released
key 2a pressed shift
key 30 pressed 'B' shift
key 30 released shift
key 2a released
key 1d pressed control
key 2e pressed U+0003 control
key 2e released control
key 1d released
key 3a pressed caps
key 3a released caps
key 2d pressed 'X' caps
key 2d released caps
key c8 pressed caps
key c8 released caps
mouse 10 -5 wheel 0
mouse 0 0 wheel 2
button 0 pressed
button 0 released
key 01 pressed U+001B caps
END
feed 'keys' "$terrarium" run --keyboard "$work/keys" "$demo/hardware.boot"
said
case_ok "keys and mouse come as events" cmp "$work/said" "$work/expected"
feed 'keys' "$terrarium" run --keyboard "$work/keys"
case_ok "an application may not watch keys unless the boot file says so" \
    has "$out" 'no such thing, or it is not yours'

# ---- The serial line -------------------------------------------------------------------------
feed 'ps' "$terrarium" run --serial "/dev/null,$work/sent"
case_ok "a line on which nothing comes does not hold the system up" is "$status" 0

awk 'BEGIN { for (i = 0; i < 3000; i++) print "line", i, "of many" }' >"$work/many"
printf 'from outside\nand more\n' >"$work/few"
feed 'talk "from inside"
talk
' "$terrarium" run --serial "$work/few,$work/sent" "$demo/hardware.boot"
case_ok "text goes out" is "$(cat "$work/sent")" 'from inside'
case_ok "what comes in is read to its end" has "$out" '^and more$'
feed 'talk -s' "$terrarium" run --serial "$work/many,$work/sent" "$demo/hardware.boot"
said
case_ok "a stream brings every byte" cmp "$work/said" "$work/many"
case_ok "a stream sends every byte back" cmp "$work/sent" "$work/many"

# ---- init's list of drivers ------------------------------------------------------------------

cat >"$work/rules.boot" <<END
module console embedded:console \$console
module log     embedded:log
module init    embedded:init
program init.drivers $work/drivers
program shell    embedded:shell
program pci      embedded:pci
program exercise $programs/exercise.elf
program hostile  $programs/hostile.elf
END
cat >"$work/drivers" <<END
# a comment
probe pci
pci 0601 hostile   # an ISA bridge: there is one
pci 0c03 exercise  # a USB controller: there is none
pci 06 exercise
look exercise
probe nowhere
END
feed 'ps
' "$terrarium" run "$work/rules.boot"
case_ok "a driver is started for the function it drives" has "$out" 'd.hostile$'
case_ok "and not for one that is not there" has_not "$out" 'exercise: done'
case_ok "a class that is no number is named" has "$out$err" 'init.drivers, line 5: expected'
case_ok "so is a line that makes no sense" has "$out$err" 'init.drivers, line 6: expected'
case_ok "a program the boot file does not bring is left out" has_not "$out$err" 'line 7'
feed 'ps
' "$terrarium" run --hardware -pci "$work/rules.boot"
case_ok "without a bus nothing is started for it" has_not "$out" 'd.hostile\|d.pci'

# ---- Every operation -------------------------------------------------------------------------

cat >"$work/exercise.boot" <<END
module console embedded:console \$console
module log     embedded:log
module init    embedded:init
program init.drivers $work/drivers
program shell    embedded:shell
program pci      embedded:pci
program clock    embedded:clock
program keyboard embedded:keyboard
program mouse    embedded:mouse
program serial   embedded:serial
program timers   embedded:timers
program exercise $programs/exercise.elf
END
for name in pci clock keyboard mouse serial exercise; do
    echo "probe $name"
done >"$work/drivers"
cat >"$work/answers" <<'END'
set: 0
then: 2031-12-31 23:59:57 day 3
set month 13: TR_E_INVAL
alarm of the 24th hour: 0
alarm: TR_E_INVAL
alarm asked: 0
alarm: 0
at second 1
after the alarm: 2032-1-1 0:0:1 day 4
memory: 1
century 20
registers as memory: TR_E_INVAL
beyond the memory: TR_E_INVAL
initialise: 0
information: 0
model MC146818, 128 bytes
lights: 0
lights again: 1536
lights that are not there: TR_E_INVAL
repeat: 0
layout de: 0
layout xx: TR_E_NOENT
state: 0
unsubscribe: TR_E_NOENT
subscribe: 0
information: 0
layout de, 1 subscribers
initialise: 0
lights of a mouse: TR_E_NOSYS
initialise the mouse: 0
information: 0
mouse: wheel
line 9600 7E2: 9600
line 100000: 115200
line 0: TR_E_INVAL
line with 9 bits: TR_E_INVAL
write nothing: 0
write: 9
information: 0
baud 115200, sent 9
vendor: 32902
odd address: TR_E_INVAL
width 3: TR_E_INVAL
no such function: 65535
write: 0
functions from the hundredth on: 0
one function: 1
its class 601
exercise: done
END
feed 'timers
timers
timers
timers
timers
timers
' "$terrarium" run --serial "$work/sent" "$work/exercise.boot"
said
grep -v ' tick ' "$work/said" >"$work/told"
case_ok "every operation is answered as the tables say" diff "$work/answers" "$work/told"
case_ok "what was written is on the line" is "$(cat "$work/sent")" 'exercise'

sed -i 's/probe exercise/probe exercise 500/' "$work/drivers"
feed "$(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do echo timers; done)
ps
" "$terrarium" run --serial "$work/few,$work/sent" "$work/exercise.boot"
case_ok "requests of chance end" has "$out" 'babble: done'
for name in pci clock keyboard mouse serial; do
    case_ok "requests of chance: d\\$name lives" has "$out" "d.$name\$"
done
case_ok "requests of chance: no driver had to be started again" has_not "$out$err" 'started again'

# ---- Drivers that die ------------------------------------------------------------------------

long=$(awk 'BEGIN { for (i = 0; i < 200; i++) printf "x" }')
feed 'ps' "$terrarium" run "$demo/hardware.boot"
clock=$(pid_of 'd\clock') keyboard=$(pid_of 'd\keyboard') serial=$(pid_of 'd\serial')
case_ok "the drivers have pids" [ -n "$clock" -a -n "$keyboard" -a -n "$serial" ]

feed "talk $long &
kill $serial
talk again
ps
" "$terrarium" run --serial "$work/few,$work/sent" "$demo/hardware.boot"
case_ok "a client of a killed driver is told" has "$out" 'talk: not sent: The other side is gone'
case_ok "init starts the driver again" has "$out$err" 'serial ended with code 137'
case_ok "the new driver has another pid" [ "$(pid_of 'd\serial')" -gt "$serial" ]
case_ok "the new driver works" has "$out" '^6 bytes sent'
case_ok "of the transfer a beginning went out, and nothing else" \
    grep -q '^x\{1,199\}again$' "$work/sent"

feed "keys &
kill $keyboard
ps
keys
" "$terrarium" run --keyboard "$work/keys" "$demo/hardware.boot"
case_ok "a subscriber learns that the driver has gone" has "$out" 'a driver has gone'
case_ok "the keyboard's driver is back" [ "$(pid_of 'd\keyboard')" -gt "$keyboard" ]
case_ok "the mouse's driver, whose cable went, is back" [ "$(pid_of 'd\mouse')" -gt "$keyboard" ]
case_ok "the new drivers tell events" has "$out" '^button 0 released'

# Each new clock driver is killed in its first second of life: the pids follow each other.
feed 'ps
kill '"$clock"'
ps
' "$terrarium" run "$demo/hardware.boot"
next=$(printf '%s\n' "$out" | awk '$NF == "d\\clock" { pid = $1 } END { print pid }')
case_ok "the clock's driver is back" [ "$next" -gt "$clock" ]
feed "kill $clock
kill $next
kill $((next + 1))
kill $((next + 2))
kill $((next + 3))
ps
date
" "$terrarium" run "$demo/hardware.boot"
case_ok "a driver that keeps ending is given up" \
    has "$out$err" 'clock is given up: it ended 5 times in a row'
case_ok "then its device is not there" has "$out" 'there is no clock'

# ---- A hostile driver ------------------------------------------------------------------------

cat >"$work/hostile.boot" <<END
module console embedded:console \$console
module log     embedded:log
module init    embedded:init
program init.drivers $work/drivers
program shell   embedded:shell
program clock   embedded:clock
program date    embedded:date
program hostile $programs/hostile.elf
END
printf 'probe clock\nprobe hostile\n' >"$work/drivers"
feed 'date
log
' "$terrarium" run "$work/hostile.boot"
refused() { # what it tries, the answer
    case_ok "hostile: $1: $2" has "$out" "^hostile: $1: $2\$"
}
refused "claim the console's ports" TR_E_BUSY
refused "claim from the last free port into them" TR_E_BUSY
refused "read a port without a claim" TR_E_ACCES
refused "acknowledge another's line" TR_E_NOENT
refused "acknowledge what has not fired" TR_E_STATE
refused "map the kernel's memory" TR_E_PERM
refused "destroy the clock's device" TR_E_PERM
refused "ask a driver for a device that is not its" TR_E_NOENT
case_ok "hostile: the claim is in the log" has "$out" 'd.hostile.*refused: a claim of ports'
case_ok "hostile: the port is" has "$out" 'd.hostile.*refused: a port it has not claimed'
case_ok "hostile: the acknowledgement is" has "$out" 'd.hostile.*refused: an acknowledgement'
case_ok "hostile: the map is" has "$out" 'd.hostile.*refused: a map of memory'
case_ok "hostile: the clock still works" has "$out" '^Sat 2000-01-01'

# ---- Lines that misbehave --------------------------------------------------------------------

feed 'keys' "$terrarium" run --keyboard "$work/keys" --at 900ms='irq 1' --at 950ms='irq 12' \
    --at 960ms='irq 8' --at 970ms='irq 3' --at 1020ms='spurious 1' --at 1040ms='spurious 12' \
    "$demo/hardware.boot"
said
case_ok "interrupts without a cause change nothing" cmp "$work/said" "$work/expected"
feed 'talk hello
timers
talk
date
' "$terrarium" run --serial "$work/few,$work/sent" --at 100us='stuck 8' --at 200us='stuck 1' \
    "$demo/hardware.boot"
case_ok "a stuck line is named" has "$out$err" 'interrupt line 8 does not stop asking'
case_ok "once" is "$(printf '%s\n' "$out$err" | grep -c 'line 8 does not')" 1
case_ok "with stuck lines the others work" has "$out" '^and more'
case_ok "and the clock can still be read" has "$out" '^Sat 2000-01-01 00:00:0[1-9] UTC'
case_ok "and the system ends well" is "$status" 0
feed 'keys 3' "$terrarium" run --keyboard "$work/keys" --at 10ms='stuck 12' --at 1500ms='free 12' \
    "$demo/hardware.boot"
case_ok "a stuck mouse does not keep keys from coming" has "$out" "key 2d pressed 'X'"
finish
