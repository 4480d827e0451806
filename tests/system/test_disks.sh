#!/bin/sh
# SPDX-License-Identifier: MIT
# Disks, floppies and CD-ROMs: images made with the standard tools, read and written by programs;
# media that change, go bad or are missing; drivers that die in the middle of a transfer.
# usage: test_disks.sh TERRARIUM DEMO PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 demo=$2 programs=$3
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1

# ---- Images ----------------------------------------------------------------------------------

awk 'BEGIN { for (i = 0; i < 3000; i++) print "line", i, "of the file" }' >"$work/text"
awk 'BEGIN { for (i = 0; i < 200; i++) print "another", i }' >"$work/other"
dd if=/dev/zero of="$work/a.img" bs=1024 count=1440 2>/dev/null
cp "$work/a.img" "$work/b.img"
dd if=/dev/zero of="$work/disk.img" bs=1048576 count=24 2>/dev/null
for image in a b; do
    mkfs.fat -i 12345678 "$work/$image.img" >/dev/null
done
mkfs.fat -F 16 -i 12345678 "$work/disk.img" >/dev/null
mcopy -i "$work/a.img" "$work/text" ::TEXT.TXT
mcopy -i "$work/b.img" "$work/other" ::OTHER.TXT
mcopy -i "$work/disk.img" "$work/text" ::TEXT.TXT
mkdir "$work/tree"
cp "$work/text" "$work/tree/text.txt"
xorriso -as mkisofs -quiet -o "$work/cd.iso" "$work/tree" 2>/dev/null
case_ok "the images are made" [ -s "$work/cd.iso" ]

sum_of() { # FILE [FIRST COUNT [SIZE]]: as sectors -c prints it
    dd if="$1" bs="${4:-512}" skip="${2:-0}" count="${3:-9999999}" 2>/dev/null | cksum
}

# A system whose session finds the devices, after `list` has been started (init.list).
boot_with() { # LINES of init.list
    {
        sed '/^program/d' "$demo/hardware.boot"
        echo "program init.drivers $work/drivers"
        echo "program init.list $work/list"
        for name in shell pci dma floppy disk sectors fat timers; do
            echo "program $name embedded:$name"
        done
    } >"$work/boot"
    printf 'probe pci\nprobe dma\nprobe floppy expose=application\nprobe disk %s\n' \
        "$disk_words" >"$work/drivers"
    printf 'detect\n%s\nsession shell\n' "$1" >"$work/list"
}
disk_words=expose=application

# ---- Reading ---------------------------------------------------------------------------------

feed 'fat disks\floppy\0 TEXT.TXT' "$terrarium" run --floppy "$work/a.img" "$demo/hardware.boot"
case_ok "a file is read from a floppy" cmp "$work/out" "$work/text"
feed 'fat disks\ata\0 TEXT.TXT' "$terrarium" run --disk "$work/disk.img" "$demo/hardware.boot"
case_ok "a file is read from a disk" cmp "$work/out" "$work/text"
feed 'sectors disks\cdrom\0
sectors -c disks\cdrom\0 0 150
sectors -c disks\ata\0 0 2000
sectors -c disks\ata\1 0 2880
sectors disks\ata\0 99999999
' "$terrarium" run --cdrom "$work/cd.iso" --disk "$work/disk.img" --disk "$work/b.img,ro" \
    "$demo/hardware.boot"
case_ok "a CD-ROM is told of" has "$out" 'TERRARIUM CD-ROM.*DMA'
case_ok "its sectors are the image's" has "$out" "^$(sum_of "$work/cd.iso" 0 150 2048)\$"
case_ok "a disk's are" has "$out" "^$(sum_of "$work/disk.img" 0 2000)\$"
case_ok "a second disk's are" has "$out" "^$(sum_of "$work/b.img")\$"
case_ok "beyond the end there are none" has "$out" 'from sector 99999999: .*TR_E_INVAL'

dd if=/dev/zero of="$work/dir.img" bs=1024 count=1440 2>/dev/null
mkfs.fat "$work/dir.img" >/dev/null
mmd -i "$work/dir.img" ::SUB
truncate -s 40M "$work/fat32.img"
mkfs.fat -F 32 "$work/fat32.img" >/dev/null
feed 'fat disks\floppy\0
fat disks\floppy\0 SUB
fat disks\floppy\0 NONE
fat disks\ata\0
fat disks\ata\1
fat disks\cdrom\0
' "$terrarium" run --floppy "$work/dir.img" --disk "$work/fat32.img,ro" --disk "$work/text,ro" \
    --cdrom "$work/cd.iso" "$demo/hardware.boot"
case_ok "fat shows a directory as one" has "$out" '  SUB\\$'
case_ok "and does not print it as a file" has "$out" 'fat: SUB: it is a directory'
case_ok "a file that is not there is told of" has "$out" 'fat: NONE: '
case_ok "another kind of volume is told of" has "$out" 'fat: disks.ata.0: it holds no FAT12 or FAT16'
case_ok "a disk without one too" has "$out" 'fat: disks.ata.1: it holds no FAT12 or FAT16 volume$'
case_ok "a CD-ROM's sectors too" has "$out" 'fat: disks.cdrom.0: its sectors are not 512 bytes'
case_ok "nothing is called a program" has_not "$out" 'program image'

# ---- Writing ---------------------------------------------------------------------------------

# The middle of an image as `sectors -w` leaves it: 16 lines a sector.
written() { # TEXT FIRST COUNT
    awk -v text="$1" -v first="$2" -v count="$3" 'BEGIN {
        for (s = first; s < first + count; s++)
            for (i = 0; i < 16; i++) printf "%-20.20s %10d\n", text, s
    }'
}
is_written() { # IMAGE TEXT FIRST COUNT, and nothing beside it
    written "$2" "$3" "$4" >"$work/want"
    dd if="$1" bs=512 skip="$3" count="$4" 2>/dev/null | cmp - "$work/want" || return 1
    cp "$work/before.img" "$work/after.img"
    dd if="$work/want" of="$work/after.img" bs=512 seek="$3" conv=notrunc 2>/dev/null
    cmp "$1" "$work/after.img"
}

cp "$work/disk.img" "$work/before.img"
boot_with 'start server sectors -w disks\ata\0 1000 300 written'
feed 'timers
sectors -w disks\ata\0 1000 1 no
' "$terrarium" run --disk "$work/disk.img" "$work/boot"
case_ok "a server writes" has "$out" '^300 sectors written'
case_ok "an application does not" has "$out" 'writing from sector 1000: .*TR_E_PERM'
case_ok "what was written is in the image, nothing else" \
    is_written "$work/disk.img" written 1000 300

disk_words='pio expose=application'
cp "$work/before.img" "$work/disk.img"
boot_with 'start server sectors -w disks\ata\0 77 500 by-hand'
feed 'timers
sectors disks\ata\0
sectors -c disks\ata\0 0 3000
' "$terrarium" run --disk "$work/disk.img" "$work/boot"
case_ok "without DMA the processor moves the data" has "$out" 'd.disk, PIO'
case_ok "it writes the same" is_written "$work/disk.img" by-hand 77 500
case_ok "and reads it" has "$out" "^$(sum_of "$work/disk.img" 0 3000)\$"
disk_words=expose=application

cp "$work/a.img" "$work/before.img"
cp "$work/a.img" "$work/floppy.img"
boot_with 'start server sectors -w disks\floppy\0 1000 100 magnetic'
feed 'sleep 30
' "$terrarium" run --floppy "$work/floppy.img" "$work/boot"
case_ok "a server writes a floppy" is_written "$work/floppy.img" magnetic 1000 100
cp "$work/a.img" "$work/floppy.img"
feed 'sleep 30
' "$terrarium" run --floppy "$work/floppy.img,ro" "$work/boot"
case_ok "a protected floppy is not written" has "$out" 'writing from sector 1000: .*TR_E_PERM'
case_ok "nor its image" cmp "$work/a.img" "$work/floppy.img"
feed 'sleep 30
sectors disks\floppy\0 1000 1
' "$terrarium" run --floppy "$work/floppy.img,cow" "$work/boot"
case_ok "copy on write: the system sees what it wrote" has "$out" 'magnetic  '
case_ok "copy on write: the image is as it was" cmp "$work/a.img" "$work/floppy.img"

# Two writers of the same sectors: a request is done whole before the next begins. Requests of
# `sectors -w` are 32 sectors long.
cp "$work/disk.img" "$work/both.img"
boot_with 'start server sectors -w disks\ata\0 3200 640 first
start server sectors -w disks\ata\0 3200 640 second
start server sectors -w disks\ata\1 0 640 third'
feed 'sleep 5
sectors -c disks\ata\0 3200 640
' "$terrarium" run --disk "$work/both.img" --disk "$work/b.img,cow" "$work/boot"
case_ok "three servers write at once" is "$(printf '%s\n' "$out" | grep -c '640 sectors')" 3
mixed=$(dd if="$work/both.img" bs=512 skip=3200 count=640 2>/dev/null | awk '
    { part = int(($2 - 3200) / 32); if (!(part in who)) who[part] = $1; bad += who[part] != $1 }
    END { print bad + (NR != 640 * 16) }')
case_ok "no request of one lies within another's" is "$mixed" 0

# A stop at any moment: every sector is old or new. The stop comes by the host's clock: whenever it
# comes this holds.
dd if=/dev/zero of="$work/big.img" bs=1048576 count=24 2>/dev/null
boot_with 'start server sectors -w disks\ata\0 0 49152 endless'
LIMIT=0.4 feed 'sleep 1000
' "$terrarium" run --disk "$work/big.img" "$work/boot"
mixed=$(tr '\000' '\n' <"$work/big.img" | awk 'NF { seen[$2]++ }
    END { for (s in seen) if (seen[s] != 16) n++; print n + 0 }')
case_ok "a stop in the middle leaves whole sectors" is "$mixed" 0

# ---- Media -----------------------------------------------------------------------------------

feed 'sectors disks\floppy\0
fat disks\floppy\0
sleep 30
sectors disks\floppy\0
sectors disks\floppy\0 0 1
sleep 30
sectors disks\floppy\0
fat disks\floppy\0 OTHER.TXT
' "$terrarium" run --floppy "$work/a.img" --at 20s='eject floppy0' \
    --at 60s="insert floppy0 $work/b.img" "$demo/hardware.boot"
case_ok "a floppy is there" has "$out" '2880 sectors of 512 bytes, medium 1, removable'
case_ok "its directory is read" has "$out" 'TEXT.TXT'
case_ok "without it there is no medium" has "$out" '^no medium'
case_ok "and nothing to read" has "$out" 'from sector 0: .*TR_E_STATE'
case_ok "another one has another number" has "$out" '2880 sectors of 512 bytes, medium 3'
case_ok "its file is read" [ "$(printf '%s\n' "$out" | grep -c '^another')" -eq 200 ]
feed 'sectors -c disks\floppy\0 0 2880
sectors -c disks\floppy\0 0 2880
' "$terrarium" run --floppy "$work/a.img" --at 10s="insert floppy0 $work/b.img" \
    "$demo/hardware.boot"
case_ok "a floppy changed under a reader is told" has "$out" 'reading from sector .*TR_E_BUSY'
case_ok "the next reader has the new one" has "$out" "^$(sum_of "$work/b.img")\$"
feed 'sectors disks\floppy\0 0 1
sectors disks\floppy\1
sectors disks\cdrom\0
' "$terrarium" run --floppy none --floppy "$work/b.img" --cdrom none "$demo/hardware.boot"
case_ok "an empty floppy drive says so" has "$out" 'from sector 0: .*TR_E_STATE'
case_ok "a second drive has its own floppy" has "$out" '2880 sectors of 512 bytes, medium 1'
case_ok "an empty CD-ROM drive says so" has "$out" '^no medium'

boot_with 'start server sectors -e disks\cdrom\0'
feed 'sleep 5
sectors disks\cdrom\0
sleep 30
sectors disks\cdrom\0
sectors -c disks\cdrom\0 0 100
sectors -e disks\cdrom\0
' "$terrarium" run --cdrom "$work/cd.iso" --at 20s="insert drive2 $work/disk.img" "$work/boot"
case_ok "a server ejects the disc" has "$out" '^no medium'
case_ok "another disc is taken" has "$out" '12288 sectors of 2048 bytes, medium [2-9]'
case_ok "its sectors are read" has "$out" "^$(sum_of "$work/disk.img" 0 100 2048)\$"
case_ok "an application may not eject" has "$out" 'does not move: .*TR_E_PERM'

# ---- Media that are not as they should be ------------------------------------------------------

without() { # NAME PATTERN OPTION…: the run does not begin
    without_name=$1 pattern=$2
    shift 2
    feed 'echo it runs' "$terrarium" run "$@" "$demo/hardware.boot"
    case_ok "$without_name: it is told" has "$err" "$pattern"
    case_ok "$without_name: that ends the run" is "$status:$out" '2:'
}
: >"$work/nothing"
head -c 1000 /dev/zero >"$work/short"
without "an empty image" 'disk: .*/nothing: smaller than a sector' --disk "$work/nothing"
without "an empty CD-ROM" 'cdrom: .*/short: smaller than a sector' --cdrom "$work/short"
without "an empty floppy" 'floppy: .*/nothing: smaller than a sector' --floppy "$work/nothing"
without "a floppy of no size" 'floppy: .*/short: not the size of a floppy' --floppy "$work/short"
without "an image twice" 'disk .*/disk.img: it is named twice' --disk "$work/disk.img" \
    --disk "$work/disk.img"
sed "1i floppy $work/short" "$demo/hardware.boot" >"$work/bad.boot"
cp "$demo/hardware.drivers" "$work/"
feed 'echo it runs' "$terrarium" run "$work/bad.boot"
case_ok "a boot file's floppy of no size ends the run" is "$status:$out" '2:'
exec 9<"$work/b.img"
flock -x 9
without "an image that another holds" 'disk: .*/b.img: in use by another machine' \
    --disk "$work/b.img,ro"
exec 9<&-
feed 'sectors disks\ata\0
' "$terrarium" run --disk "$work/short" "$demo/hardware.boot"
case_ok "what is left out is told" has "$err" 'short: its last 488 bytes are no whole sector'
case_ok "the rest is there" has "$out" '^1 sectors of 512 bytes'
head -c 5000 /dev/zero >"$work/cd.short"
feed 'sectors disks\cdrom\0
' "$terrarium" run --cdrom "$work/cd.short" "$demo/hardware.boot"
case_ok "of a CD-ROM too" has "$err" 'cd.short: its last 904 bytes are no whole sector'
feed 'sleep 5
sectors disks\floppy\0
sectors disks\cdrom\0
echo it runs
' "$terrarium" run --floppy "$work/a.img" --cdrom "$work/cd.iso" \
    --at 1s="insert floppy0 $work/short" --at 2s="insert drive2 $work/nothing" \
    "$demo/hardware.boot"
case_ok "of a floppy that comes later it is told" has "$err" 'short: not the size of a floppy'
case_ok "of a disc too" has "$err" 'nothing: smaller than a sector'
case_ok "the run goes on" has "$out" '^it runs$'
case_ok "with the floppy that was there" has "$out" '^2880 sectors of 512 bytes, medium 1'

# ---- What survives a reboot --------------------------------------------------------------------

printf 'FIRST.' | dd of="$work/one.img" bs=1474560 conv=sync 2>/dev/null
printf 'SECOND' | dd of="$work/two.img" bs=1474560 conv=sync 2>/dev/null
{
    sed '/^program/d' "$demo/hardware.boot"
    echo "program init.drivers $demo/hardware.drivers"
    echo "program init.list $work/list"
    echo "program again $programs/again.elf"
    for name in pci clock dma floppy disk; do
        echo "program $name embedded:$name"
    done
} >"$work/boot"
printf 'detect\nstart server again\n' >"$work/list"
dd if=/dev/zero of="$work/zero.img" bs=512 count=100 2>/dev/null
cat >"$work/expected" <<'END'
untouched: the clock goes
date 2000-1-1 0h
tray with a disc
floppy SECOND
written before the reboot: the clock goes
date 2031-5-6 7h
tray without
floppy SECOND
END
run "$terrarium" run --disk "$work/zero.img,cow" --cdrom "$work/cd.iso" --floppy "$work/one.img" \
    --at 2s="insert floppy0 $work/two.img" "$work/boot"
case_ok "clock, copies, tray and floppy are as they were left" diff "$work/expected" "$work/out"
case_ok "nothing is complained of" is "$err" ''
run "$terrarium" run --disk "$work/zero.img,cow" --cdrom "$work/cd.iso" --floppy "$work/one.img" \
    --at 2s="insert floppy0 $work/two.img" "$work/boot"
case_ok "another run begins anew" diff "$work/expected" "$work/out"

# ---- Bad sectors -----------------------------------------------------------------------------

feed 'sectors -c disks\ata\0 0 200
sectors disks\ata\0 500 1
sectors -c disks\ata\0 501 50
sectors -c disks\cdrom\0 5 10
sectors -c disks\floppy\0 30 10
sectors -c disks\floppy\0 32 10
' "$terrarium" run --disk "$work/disk.img" --cdrom "$work/cd.iso" --floppy "$work/a.img" \
    --at 1ms='bad drive0 500' --at 1ms='bad drive2 8' --at 1ms='bad floppy0 31' \
    "$demo/hardware.boot"
case_ok "a bad sector of a disk is a fault" has "$out" 'from sector 500: .*TR_E_FAULT'
case_ok "its neighbours are read" has "$out" "^$(sum_of "$work/disk.img" 501 50)\$"
case_ok "of a CD-ROM" has "$out" 'from sector 5: .*TR_E_FAULT'
case_ok "of a floppy, after some tries" has "$out" 'from sector 30: .*TR_E_FAULT'
case_ok "and its neighbours are read" has "$out" "^$(sum_of "$work/a.img" 32 10)\$"

# ---- Lines that misbehave, and time ------------------------------------------------------------

printf '%s\n' 'sectors -c disks\ata\0 0 3000' 'sectors -c disks\floppy\0 0 200' \
    'sectors -c disks\cdrom\0 0 100' >"$work/reads"
{
    sum_of "$work/disk.img" 0 3000
    sum_of "$work/a.img" 0 200
    sum_of "$work/cd.iso" 0 100 2048
} >"$work/sums"
disturbed() { # NAME OPTION…
    disturbed_name=$1
    shift
    run_at_once "$terrarium" run --hash --disk "$work/disk.img" --floppy "$work/a.img" \
        --cdrom "$work/cd.iso" "$@" "$demo/hardware.boot" <"$work/reads"
    grep '^[0-9]' "$work/out" >"$work/got"
    case_ok "$disturbed_name" cmp "$work/got" "$work/sums"
}
disturbed "all are read in one run"
hash=$(printf '%s\n' "$err" | grep 'trace hash')
disturbed "and in another"
case_ok "which was the same" is "$hash" "$(printf '%s\n' "$err" | grep 'trace hash')"
disturbed "interrupts without a cause change nothing" --at 4ms='irq 14' --at 20ms='irq 15' \
    --at 700ms='irq 6' --at 900ms='spurious 6' --at 10ms='spurious 14'
disturbed "a stuck disk line neither" --at 1ms='stuck 14'
case_ok "it is named" has "$out$err" 'interrupt line 14 does not stop asking'
disturbed "a stuck floppy line neither" --at 1ms='stuck 6'

# ---- Drivers that die ------------------------------------------------------------------------

pid_of() { # NAME: of the last one in the output of ps
    # Not awk's -v: it would take the backslash for itself.
    printf '%s\n' "$out" | name=$1 awk '$NF == ENVIRON["name"] { pid = $1 } END { print pid }'
}

feed 'ps' "$terrarium" run --disk "$work/disk.img" --floppy "$work/a.img" "$demo/hardware.boot"
disk=$(pid_of 'd\disk') floppy=$(pid_of 'd\floppy') dma=$(pid_of 'd\dma')
case_ok "the drivers have pids" [ -n "$disk" -a -n "$floppy" -a -n "$dma" ]
feed "sectors -c disks\\floppy\\0 0 2880 &
sectors -c -t disks\\floppy\\0 0 2880 &
sleep 5
kill $floppy
sleep 400
ps
" "$terrarium" run --disk "$work/disk.img" --floppy "$work/a.img" "$demo/hardware.boot"
case_ok "a reader of a killed driver is told" has "$out" 'from sector [1-9][0-9]*: .*TR_E_PEER'
case_ok "one that tries again gets every byte" has "$out" "^$(sum_of "$work/a.img")\$"
case_ok "the driver is a new one" [ "$(pid_of 'd\floppy')" -gt "$floppy" ]
feed "sectors -c disks\\floppy\\0 0 2880 &
sleep 5
kill $dma
sleep 400
" "$terrarium" run --disk "$work/disk.img" --floppy "$work/a.img" "$demo/hardware.boot"
case_ok "without the DMA driver the floppy waits for its new one" \
    has "$out" "^$(sum_of "$work/a.img")\$"
feed "sectors -c disks\\ata\\0 0 49152 &
sectors -c -t disks\\ata\\0 0 49152 &
sleep 0.2
kill $disk
sleep 20
ps
" "$terrarium" run --disk "$work/disk.img" --floppy "$work/a.img" "$demo/hardware.boot"
case_ok "a disk's driver is killed while it reads" has "$out" 'from sector [1-9][0-9]*: .*TR_E_PEER'
case_ok "who tries again gets every byte" has "$out" "^$(sum_of "$work/disk.img")\$"
case_ok "the disk's driver is a new one" [ "$(pid_of 'd\disk')" -gt "$disk" ]

feed 'ps' "$terrarium" run --disk "$work/disk.img"
case_ok "the built-in system has the disk's driver, too" has "$out" 'd.disk'

# Writing, killed in the middle: the write is repeated whole, so nothing is lost, and nothing is where
# it does not belong.
boot_with 'start server sectors -w -t disks\ata\0 36 20000 survivor'
feed 'ps' "$terrarium" run --disk "$work/disk.img,cow" "$work/boot"
disk=$(pid_of 'd\disk')
cp "$work/disk.img" "$work/before.img"
feed "sleep 0.1
kill $disk
sleep 20
" "$terrarium" run --disk "$work/disk.img" "$work/boot"
case_ok "the driver was killed" has "$out" 'disk ended with code 137'
case_ok "a disk's writer whose driver was killed goes on" has "$out" '^20000 sectors written'
case_ok "no byte of the disk is lost and none invented" \
    is_written "$work/disk.img" survivor 36 20000

# The same with a floppy.
boot_with 'start server sectors -w -t disks\floppy\0 36 720 survivor'
feed 'ps' "$terrarium" run --floppy "$work/a.img,cow" "$work/boot"
floppy=$(pid_of 'd\floppy')
cp "$work/a.img" "$work/before.img"
cp "$work/a.img" "$work/floppy.img"
feed "sleep 5
kill $floppy
sleep 5
ps
sleep 400
" "$terrarium" run --floppy "$work/floppy.img" "$work/boot"
case_ok "a writer whose driver was killed goes on" has "$out" '^720 sectors written'
case_ok "no byte is lost and none invented" is_written "$work/floppy.img" survivor 36 720
finish
