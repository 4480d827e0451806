#!/bin/sh
# SPDX-License-Identifier: MIT
# Broken program images: refused with the reason, however they are started, and the system lives.
# Sound ones of unusual form run.
# usage: test_images.sh TERRARIUM MAKE_IMAGES
. "$(dirname "$0")/check.sh"
terrarium=$1 make_images=$2

reason() { # NAME: what is said of it
    case $1 in
    alignment) echo 'its alignment 10000000000 is more than its window allows' ;;
    foreign) echo 'it is for another processor (machine 2)' ;;
    indirect-function) echo 'relocation 0 of DT_RELA is for an indirect function (type 37)' ;;
    interpreter) echo 'program header 3 asks for an interpreter' ;;
    locals-alignment) echo 'the thread-local variables of program header 4 have an alignment above a page' ;;
    locals-size) echo 'the thread-local variables of program header 4 have more bytes in the file than in memory' ;;
    locals-twice) echo 'program header 5 is the second of type 7' ;;
    magic) echo 'it is no ELF file' ;;
    other-relocations) echo 'its dynamic section has DT_ANDROID_RELA' ;;
    out-of-order) echo 'program header 2 lies below the one before it' ;;
    overlapping) echo 'program header 2 overlaps the one before it' ;;
    oversized-header) echo 'its header is broken (e_ehsize 64, e_phentsize 56, e_phnum 65535' ;;
    oversized-segment) echo 'it needs 268435458 pages, and its window has' ;;
    shared-page) echo 'program headers 2 and 4 share a page with different rights' ;;
    text-relocation) echo 'relocation 0 of DT_RELA changes 1008, which is not writable data' ;;
    too-large) echo 'it needs 524290 pages, and its window has' ;;
    truncated-header) echo 'it is too short for an ELF file (40 bytes)' ;;
    truncated-table) echo 'its header is broken (e_ehsize 64' ;;
    truncated-text) echo 'program header 1 goes beyond the end of the file' ;;
    unknown-symbol) echo 'unknown symbol tr_misspelt' ;;
    wild-entry) echo 'its entry 2000 is not in an executable segment' ;;
    wild-relocation) echo 'relocation 0 of DT_RELA changes fffffffffffffffc, which is not writable data' ;;
    wild-table) echo 'DT_RELA (fffffffffffffff0, 48 bytes) is not in a readable segment' ;;
    wrapping-segment) echo 'program header 2 goes beyond the last address' ;;
    writable-text) echo 'program header 1 is both writable and executable' ;;
    *) echo 'no reason is known to this test' ;;
    esac
}

mkdir "$work/images"
"$make_images" "$work/images" || exit 1

for path in "$work"/images/*.elf; do
    name=$(basename "$path" .elf)
    case $name in
    sound*)
        feed 'it; echo code $?
' "$terrarium" run --program it="$path"
        case_ok "$name runs and ends with its code" has "$out" 'code 7'
        run "$terrarium" exec "$path"
        case_ok "$name runs by itself" is "$status" 7
        continue
        ;;
    empty)
        run "$terrarium" exec "$path"
        case_ok "an empty file is status 2" is "$status" 2
        case_ok "an empty file is called so" has "$err" 'empty.elf.*empty'
        continue
        ;;
    esac
    why="cannot be started: $(reason "$name")"
    feed 'it
ps
' "$terrarium" run --program it="$path"
    case_ok "$name: the system lives" is "$status" 0
    case_ok "$name: the shell goes on" has "$out" 's.init'
    case_ok "$name: the log says why" has "$out$err" "it $why"
    printf 'module it %s\n' "$path" >"$work/boot"
    run "$terrarium" run "$work/boot"
    case_ok "$name as a module is status 2" is "$status" 2
    case_ok "$name as a module is named" has "$err" "\"it\""
    case_ok "$name as a module: the console says why" has "$out$err" "it $why"
    run "$terrarium" exec "$path"
    case_ok "$name by itself is status 126" is "$status" 126
    case_ok "$name by itself: the reason is said" has "$out$err" "$why"
done
finish
