#!/bin/sh
# SPDX-License-Identifier: MIT
# Options and boot-file words for hardware, and what a boot does with them.
# usage: test_hardware.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/../system/check.sh"
terrarium=$1 programs=$2
image=$work/disk.img
head -c 65536 /dev/zero >"$image"

wrong() { # NAME PATTERN OPTION…
    name=$1 pattern=$2
    shift 2
    run "$terrarium" run "$@"
    case_ok "$name is refused" is "$status" 2
    case_ok "$name is told of" has "$err" "$pattern"
}

wrong "a disk that is not there" 'nothing.img.*No such file' --disk "$work/nothing.img"
wrong "a strange way to use a disk" '"xx": behind the comma' --disk "$image,xx"
wrong "a fifth drive" 'room for four' \
    --disk "$image" --disk "$image" --disk "$image" --disk "$image" --disk "$image"
wrong "a third floppy drive" 'two floppy drives' --floppy none --floppy none --floppy none
wrong "an unknown part" '"tape": no such part' --hardware all,tape
wrong "a floppy without its part" 'leaves that part out' --hardware all,-floppy --floppy none
wrong "an action without time" 'not TIME=ACTION' --at 'eject floppy0'
wrong "an unknown action" '"explode": no such action' --at '1s=explode'
wrong "a drive that cannot be" 'floppy0, floppy1 or drive0 to drive3' --at '1s=eject drive7'
wrong "a strange date" 'not a date' --rtc yesterday
wrong "a strange display" 'window, blocks or none' --display wall
wrong "a terminal that is none" 'standard input is no terminal' --keyboard terminal
printf 'module log embedded:log\nat 1s bad drive0 many\n' >"$work/boot"
wrong "a mistake in a boot file" 'boot:2: at: "many": sectors' "$work/boot"

feed 'ps
' "$terrarium" run --disk "$image,cow" --cdrom none --floppy none --at '1ms=bad drive0 5+3'
case_ok "a system with drives boots" is "$status" 0

feed 'echo before
reboot
echo after
' "$terrarium" run
case_ok "a script goes on after a reboot" has "$out" '^after$'
case_ok "and ends well" is "$status" 0

feed 'date
sleep 2
reboot
date
' "$terrarium" run --rtc 2026-11-22T23:59:58 --at '1s=irq 5' --verbose
case_ok "the date goes on over a reboot" has "$out" '2026-11-23 00:00:00'
case_ok "what has happened does not happen again" is "$(printf '%s\n' "$err" |
    grep -c 'line 5: raised 1 ')" 1

# The rest of a line is written when the line before has been carried out: its first byte is there.
mkfifo "$work/slow" "$work/told"
exec 3<>"$work/slow" 4<>"$work/told"
timeout 20 "$terrarium" run --hash <"$work/slow" >"$work/told" 2>"$work/err" 3>&- 4>&- &
slow=$!
printf 'echo one\necho t' >&3
timeout 20 head -c 1 <&4 >"$work/out" || true
printf 'wo\n' >&3
exec 3>&-
wait "$slow" || true
exec 4>&-
hash=$(grep 'trace hash' "$work/err")
case_ok "a system goes on while a line of input is not whole" [ -s "$work/out" -a -n "$hash" ]
feed 'echo one
echo two
' "$terrarium" run --hash
case_ok "how a pipe cuts the input does not matter" has "$err" "$hash"

printf 'module log embedded:log\nmodule init embedded:init\n' >"$work/boot"
run "$terrarium" run --stop-at 1s --verbose --at '100ms=stuck 5' --at '200ms=free 5' \
    --at '300ms=spurious 4' "$work/boot"
case_ok "lines that nobody listens to may do what they like" is "$status" 124

feed 'sleep 1
echo alive
' "$terrarium" run --at '100ms=stuck 4' --at '200ms=spurious 4'
case_ok "a line that asks without end leaves the system alive" has "$out" '^alive$'
case_ok "and it ends well" is "$status" 0

printf 'sector 0' | dd of="$image" conv=notrunc status=none
printf '%s\n' 'module console embedded:console' 'module log embedded:log' 'module init embedded:init' \
    'program shell embedded:shell' "module trespass $programs/trespass.elf" "disk $image,ro" >"$work/boot"
feed 'sleep 1
' "$terrarium" run "$work/boot"
case_ok "a device reaches only its driver's own page" is "$status" 0
case_ok "the host is told of the rest" has "$err" 'may not write 512 bytes at physical address'
case_ok "once" is "$(printf '%s\n' "$err" | grep -c 'may not')" 1
finish
