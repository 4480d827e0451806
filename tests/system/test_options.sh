#!/bin/sh
# SPDX-License-Identifier: MIT
# Every option of run with values it cannot have, and the examples of the help.
# usage: test_options.sh TERRARIUM
. "$(dirname "$0")/check.sh"
terrarium=$1
cd "$work" || exit 1
head -c 65536 /dev/zero >d.img
head -c 1474560 /dev/zero >floppy.img
printf '1s type a\n' >typed
echo text >text
mkdir folder

# refused VALUE OPTION PATTERN: status 2, a sentence that names the option and what is right.
refused() {
    feed 'echo it runs
' "$terrarium" run "--$2" "$1"
    case_ok "--$2 \"$1\": it is refused" is "$status:$out" '2:'
    case_ok "--$2 \"$1\": with a sentence" has "$err" "^terrarium: \(--\)\?$2\(: \| needs \).*$3"
    feed 'echo it runs
' "$terrarium" run "--$2=$1"
    case_ok "--$2=$1: it is refused" is "$status:$out" '2:'
}
for option in seed ram clock stop-at trace input program disk cdrom floppy display screenshot-at \
    sound keyboard serial rom rtc hardware at max-reboots; do
    refused '' "$option" '"" is empty'
    feed 'echo it runs' "$terrarium" run "--$option"
    case_ok "--$option alone: it is refused" is "$status:$out" '2:'
    case_ok "--$option alone: what it needs is told" has "$err" "^terrarium: --$option needs [A-Za-z]"
done
for option in hash pace no-pace announce gdb verbose; do
    feed 'echo it runs' "$terrarium" run "--$option=1"
    case_ok "--$option=1: it is refused" is "$status:$out" '2:'
    case_ok "--$option=1: told" has "$err" "^terrarium: --$option takes no argument"
done

for value in -1 99999999999999999999 1e3 ' 5' 5x 0x; do
    refused "$value" seed 'a number such as 42'
    refused "$value" max-reboots 'a number such as 42'
done
for value in 0 -1 4096 1M 65G 2097153 5.5 64m 99999999999999999999 99999999999G; do
    refused "$value" ram 'size of memory such as 8M, 64M or 1G.*from 2M to 64G'
done
for value in -1s 5 99999999999s 5s5 1.0000000001s .5s 5sec; do
    refused "$value" stop-at 'a time such as 500ns'
    refused "$value=irq 5" at 'a time is 500ns'
done
refused sometimes clock 'virtual or host'
refused sometimes input 'live, script or none'
refused wall display 'window, blocks or none'
for date in 2026-02-30 2027-02-29 2026-13-01 2026-00-01 2026-01-00 2026-04-31 1969-12-31 \
    1970-01-01 2026-11-22T24:00:00 2026-11-22T23:60:00 2026-11-22T23:59:60 2026-11-22T23:59:61 \
    2026-11-22T 2026-11-22T10:10 2026-1-2 12026-11-22 ' 2026-11-22' '2026-11-22 ' 26-11-22 \
    2026-11-22t10:10:10 Host; do
    refused "$date" rtc 'not a date after 1970-01-01 such as'
done
for parts in ',' 'rtc,' rtc,,vga - tape ,rtc -tape; do
    refused "$parts" hardware 'part'
done
for value in d.img,rx ,ro nofile none folder /dev/null d.img,cow,ro; do
    refused "$value" disk ''
done
refused d.img,rw cdrom 'read only'
refused folder floppy ''
for value in folder nofile; do
    refused "$value" keyboard 'folder\|nofile'
    refused "$value" rom 'folder\|nofile'
    refused "$value,out" serial 'folder\|nofile'
done
refused text rom 'not an expansion ROM'
refused , serial ''
refused x=folder program 'not a regular file'
refused x= program 'No such file'
refused '=text' program 'a name is 1 to 61'
refused 'a b=text' program 'a name is 1 to 61'
for action in 1s 1s= =irq '1s=explode' '1s=eject' '1s=eject floppy9' '1s=insert floppy0' '1s=irq' \
    '1s=irq 16' '1s=irq 5 6' '1s=bad drive0' '1s=bad drive0 5+' '1s=bad drive0 5+0' \
    '1s=bad drive0 x' '1s=screenshot' '1s=eject floppy0 x'; do
    refused "$action" at ''
done
refused '1s=eject floppy0' at 'floppy0: there is no such drive'
refused '1s=bad floppy1 5' at 'floppy1: there is no such drive'
refused '1s=eject drive2' at 'drive2: there is no such drive'
refused '1s=bad drive0 5' at 'drive0: there is no such drive'
refused 1s screenshot-at 'TIME=FILE.png'
refused 1s= screenshot-at 'a file is missing'
feed 'echo it runs' "$terrarium" run --disk d.img --at '1s=insert drive0 floppy.img'
case_ok "a disk is not changed" is "$status:$out" '2:'
case_ok "and that is told" has "$err" 'at: drive0: it is a disk'

# ---- Boot files say the same -----------------------------------------------------------------

"$terrarium" extract default.boot
for line in 'ram 0' 'ram 4096' 'ram 65G' 'rtc 2026-02-30' 'hardware rtc,' 'hardware ""' 'sound ""' \
    'serial ""' 'at 1s eject floppy0' 'at 1s eject floppy0 x' 'at 1s bad floppy0 1+0' \
    'rom text' 'keyboard folder' 'seed -1' 'slice 0' 'slice 5' 'limit message_size 0' \
    'limit nothing 5' 'clock sun' 'disk none' 'cdrom d.img,rw' 'module'; do
    (cat default.boot && echo "$line") >boot
    feed 'echo it runs' "$terrarium" run boot
    case_ok "boot file: $line: it is refused" is "$status:$out" '2:'
    case_ok "boot file: $line: with a sentence" has "$err" "^terrarium: .*[a-z]"
done
feed 'echo it runs' "$terrarium" run ''
case_ok "a boot file without a name" has "$err" "\"\": a boot file's name is missing"

# ---- What the help says works ----------------------------------------------------------------

works() {
    feed 'echo it runs
' "$terrarium" run "$@"
    case_ok "$*: it works" is "$status:$out" '0:it runs'
}
for size in 8M 64M 1G 5M 67108864; do
    works --ram $size
done
# shellcheck disable=SC2016
sizes=$("$terrarium" help run | sed -n 's/.*--ram SIZE *memory of the machine, as \(.*\): .*/\1/p')
case_ok "the help has examples of sizes" [ -n "$sizes" ]
for size in $(echo "$sizes" | tr -d ,); do
    works --ram "$size"
done
works --seed 0
works --seed 0x2a
works --rtc 2026-11-22
works --rtc 2026-11-22T20:51:34
works --rtc 2028-02-29
works --rtc host
works --stop-at 1.5s
works --stop-at 2min
works --floppy none --at '2s=eject floppy0'
works --hardware rtc,keyboard,serial,pci,floppy,ide,vga,sound
works --hardware all
works --hardware all,-sound
works --hardware none
works --disk d.img --disk floppy.img,ro --disk floppy.img,cow
works --cdrom d.img
works --floppy floppy.img,cow
works --max-reboots 0
works --seed 1 --seed 2
feed 'date
' "$terrarium" run --rtc 2026-11-22 --rtc 2027-11-22
case_ok "of two the last one counts" has "$out" '2027-11-22'

for name in run exec trace cc list extract doctor version help; do
    run "$terrarium" help "$name"
    case_ok "help $name" has "$out" "^usage: terrarium $name"
    case_ok "help $name is good" is "$status" 0
done
run "$terrarium" help run list
case_ok "help for two is refused" is "$status:$out" '2:'

finish
