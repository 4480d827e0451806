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
        sed '/^hardware all/d; /^program init.drivers/d; s/^module init/program init/' \
            "$demo/hardware.boot"
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

# ---- The others: what they do is what they do after power-on ------------------------------------

# usual NAME COMMANDS OPTION…: keeps what the commands give when nothing was touched.
usual() {
    usual_name=$1 usual_commands=$2
    shift 2
    left '' "$usual_commands" "$@"
    case_ok "$usual_name: it works untouched" has_not "$out$err" 'TR_E_\|started again\|no such'
    cp "$work/out" "$work/usual"
}

# same NAME ACCESSES OPTION…: the commands of `usual` give the same again.
same() {
    same_name=$1 same_accesses=$2
    shift 2
    left "$same_accesses" "$usual_commands" "$@"
    case_ok "$usual_name: $same_name" cmp "$work/out" "$work/usual"
}

cat >"$work/keys" <<'END'
2s type aB
+50ms key up
+50ms move 10 -5
+50ms move -7 3
+50ms wheel 2
+50ms click left
+500ms key escape
END
pressed() {
    same "$@" --keyboard "$work/keys"
}
usual 'keyboard and mouse' keys --keyboard "$work/keys"
case_ok "keyboard and mouse: events come" has "$out" '^mouse 10 -5'
pressed "both off, no interrupts, no translation" '64=60 60=30'
pressed "a mode that waits for its byte" '64=60'
pressed "a byte for the mouse that does not come" '64=d4'
pressed "both switched off by commands" '64=ad 64=a7'
pressed "an answer that nobody has read" '64=aa +1000'
pressed "the keyboard switched off" '60=f5 +5000'
pressed "the keyboard waits for its lights" '60=ed +5000'
pressed "the keyboard waits for its rate" '60=f3 +5000'
pressed "the keyboard's other codes" '60=f0 +5000 60? 60=01 +5000'
pressed "answers on their way" '60=f2'
pressed "a keyboard that tests itself" '60=ff'
pressed "a mouse that tests itself" '64=d4 60=ff'
pressed "a mouse that sends back what it is sent" '64=d4 60=ee +5000'
pressed "a mouse that waits for its rate" '64=d4 60=f3 +5000'
pressed "a mouse that waits for its resolution" '64=d4 60=e8 +5000'
pressed "a mouse that waits to be asked" '64=d4 60=f0 +5000 60?'
pressed "a mouse that doubles" '64=d4 60=e7 +5000 60?'
pressed "a mouse that tells already" '64=a8 64=d4 60=f4 +5000 60?'

printf 'from outside\nand more\n' >"$work/few"
talked() {
    same "$@" --serial "$work/few,$work/sent"
    case_ok "serial line: $1: what was sent" is "$(cat "$work/sent")" 'from inside'
}
usual 'serial line' 'talk "from inside"
talk
' --serial "$work/few,$work/sent"
case_ok "serial line: what came in is read" has "$out" '^and more$'
talked "the divisor's latch" '2fb=80'
talked "the divisor's latch, a slow line, odd parity" '2fb=80 2f8=ff 2f9=01 2fb=8b'
talked "every interrupt, none taken" '2f9=0f +1000'
talked "every interrupt and the latch" '2f9=0f 2fb=83 +1000'
talked "its own echo" '2fc=1b'
talked "a break that is sent" '2fb=43 2fc=08 +2000'
talked "no FIFO" '2fa=00'
talked "a FIFO with its highest mark" '2fa=c1'

usual console 'echo one
echo two
'
same "the divisor's latch" '3fb=80'
same "every interrupt and the latch" '3f9=0f 3fb=83 +1000'
same "its own echo" '3fc=1b'
same "a break" '3fb=43'

head -c 1048576 /dev/urandom >"$work/disk"
head -c 1048576 /dev/urandom >"$work/other"
head -c 1474560 /dev/urandom >"$work/floppy"
head -c 2097152 /dev/urandom >"$work/cdrom"
turned() {
    same "$@" --disk "$work/disk" --disk "$work/other" --cdrom "$work/cdrom" \
        --floppy "$work/floppy"
}
usual 'drives' 'timers
sectors -c disks\ata\0 0 200
sectors -c disks\ata\1 0 200
sectors -c disks\cdrom\0 0 100
' --disk "$work/disk" --disk "$work/other" --cdrom "$work/cdrom" --floppy "$work/floppy"
turned "no interrupts" '3f6=02 376=02'
turned "a reset that is not over" '3f6=04 376=04'
turned "the second drive" '1f6=f0 176=f0'
turned "a sector at the port" '1f6=e0 1f2=02 1f3=00 1f4=00 1f5=00 1f7=20 +20000'
turned "a sector at the port that was told of" \
    '1f6=f0 1f2=02 1f3=00 1f4=00 1f5=00 1f7=20 +20000 1f7?'
turned "a command under way" '1f6=e0 1f2=08 1f3=00 1f4=00 1f5=00 1f7=20'
turned "a drive that waits for a sector" '1f6=e0 1f2=02 1f3=00 1f4=00 1f5=00 1f7=30 +20000'
turned "a drive that waits for a packet" '176=a0 174=00 175=08 177=a0 +20000'
turned "the second of two bytes asked for" '3f6=80'
turned "fewer sectors a block" '1f6=e0 1f2=02 1f7=c6 +20000'
turned "another geometry" '1f6=e1 1f2=05 1f7=91 +20000'
turned "a bus master that goes" 'cf8:=80000904 cfc:=5 c000=09 c008=01 c002=62'
turned "a base address that was being measured" \
    'cf8:=80000904 cfc:=0 cf8:=80000920 cfc:=ffffffff'
usual 'floppy' 'sectors -c disks\floppy\0 0 72
' --disk "$work/disk" --disk "$work/other" --cdrom "$work/cdrom" --floppy "$work/floppy"
turned "in reset" '3f2=00'
turned "its motor, no interrupts" '3f2=14 +1000000'
turned "half a command" '3f2=0c +1000 3f5=46 3f5=00'
turned "a result that nobody has fetched" '3f2=1c +1000 3f5=04 3f5=00 +1000'
turned "a seek under way" '3f2=1c +1000 3f5=0f 3f5=00 3f5=28'
turned "without DMA" '3f2=0c +1000 3f5=03 3f5=df 3f5=03'
turned "without polling, locked" \
    '3f2=0c +1000 3f5=13 3f5=00 3f5=7f 3f5=00 +100 3f5=94 +100 3f5?'
turned "in perpendicular mode" '3f2=0c +1000 3f5=12 3f5=8f'
turned "another rate" '3f7=03'
turned "its power off" '3f2=0c +1000 3f4=40'
turned "a DMA channel half written" '0c=00 04=12'
turned "DMA controllers switched off" '08=04 d0=04'
turned "DMA channels free and waiting" '0f=00 de=00 0b=56 09=06'

usual 'PCI' 'lspci
'
same "another function's address" 'cf8:=80000908'
same "an address without its bit" 'cf8:=00000000'

finish
