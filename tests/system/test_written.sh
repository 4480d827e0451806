#!/bin/sh
# SPDX-License-Identifier: MIT
# No order of words makes a tool write where the user did not say: whatever is forgotten or put in another
# place, the files that were there, and our own library, are afterwards what they were, and no file with a
# strange name is new.
# usage: test_written.sh TERRARIUM LIBRARY
. "$(dirname "$0")/check.sh"
terrarium=$(realpath "$1") library=$(realpath "$2")
mkdir "$work/folder"
cd "$work/folder" || exit 1

echo 'int main(void) { return 7; }' >main.c
echo 'int other(void) { return 8; }' >other.c
head -c 737280 /dev/zero >disk.img
echo 'exit' >script
echo '0 type a' >keys
"$terrarium" extract default.boot
"$terrarium" cc main.c -o main.elf
case_ok 'the library is there, and works' test -s main.elf

kept() {
    cksum "$library" main.c other.c disk.img script keys default.boot main.elf
    for file in * .[!.]*; do
        [ -e "$file" ] && echo "$file"
    done
}
kept >"$work/before"

# touches_nothing CODE WORD…: it ends with the code (any but 0 for -), and nothing has changed.
touches_nothing() {
    wanted=$1
    shift
    run_at_once "$terrarium" "$@" <script
    case_ok "$*: refused" refused_with "$wanted"
    case_ok "$*: with a sentence" has "$out$err" '[a-z]'
    kept >"$work/after"
    case_ok "$*: nothing is written" cmp "$work/before" "$work/after"
    rm -f a.out
}
refused_with() {
    [ "$status" = "$1" ] || { [ "$1" = - ] && [ "$status" != 0 ]; }
}

touches_nothing 2 cc main.c -o
touches_nothing 2 cc -o
touches_nothing 2 cc -o main.c
touches_nothing 2 cc -omain.c
touches_nothing 2 cc -o main.c other.c
touches_nothing 2 cc main.c -o main.c
touches_nothing 2 cc -c main.c -o main.c
touches_nothing 2 cc -c -o main.c
touches_nothing 2 cc main.c -o -O2
touches_nothing 2 cc main.c -MF
touches_nothing 2 cc main.c -MD -MF
touches_nothing 2 cc main.c -I
touches_nothing 2 cc
touches_nothing 2 cc -O2
for open in -Xlinker,-o -Wl,-o -Wl,-Map -Xlinker,-Map -Wl,--dependency-file; do
    case $open in
    -Xlinker,*) touches_nothing - cc main.c -Xlinker "${open#*,}" ;;
    *) touches_nothing - cc main.c "$open" ;;
    esac
done

# The compiler's other words that write, and the linker's, by any way to say them.
for writer in '-MD -MF NAME' '-MD -MFNAME' '-MJ NAME' '-aux-info NAME' '-aux-info=NAME' '--output=NAME' \
    '--output NAME' '-Wl,-o,NAME' '-Wl,-oNAME' '-Xlinker -o -Xlinker NAME' '-Wl,-Map,NAME' '-Wl,-Map=NAME' \
    '-Wl,--dependency-file=NAME' '-Wl,--dependency-file,NAME' '-Wl,--out-implib=NAME' \
    '-Xlinker --out-implib=NAME' '-fdiagnostics-add-output=sarif:file=NAME'; do
    for name in main.c ./main.c "$PWD/main.c" "$library"; do
        words=$(echo "$writer" | sed "s|NAME|$name|")
        # shellcheck disable=SC2086
        touches_nothing 2 cc $words main.c
    done
done
touches_nothing 2 cc -v main.c -MD -MF main.c
touches_nothing - cc main.c -v -Wl,-o
for stop in -c -S -E; do
    touches_nothing 2 cc $stop main.c -o other.c
    touches_nothing 2 cc $stop main.c -o other.h
done
touches_nothing 2 cc -dumpbase x main.c -o main.c
run_at_once "$terrarium" cc -MD -MF main.d -MT main.c -DNAME=main.c -Wl,-Map=main.map main.c -o new.elf
case_ok 'what is named once is written' test -s main.d -a -s main.map -a -s new.elf
rm -f main.d main.map new.elf
for own in "$library" "$terrarium"; do
    cksum "$own" >"$work/own"
    touches_nothing 2 extract default.boot -o "$own"
    touches_nothing 2 exec --trace "$own" main.elf
    touches_nothing 2 run --sound "$own"
    cksum "$own" >"$work/own2"
    case_ok "$own is what it was" cmp "$work/own" "$work/own2"
done

for command in run 'exec main.elf'; do
    # What is forgotten at the end; for a program alone all words behind it are its own.
    for option in trace sound serial screenshot-at disk; do
        [ "$command" = run ] && touches_nothing 2 run "--$option"
        # shellcheck disable=SC2086
        set -- $command
        first=$1
        shift
        touches_nothing 2 "$first" "--$option" --hash "$@"
        touches_nothing 2 "$first" "--$option" -v "$@"
        touches_nothing 2 "$first" "--$option" -- "$@"
        touches_nothing 2 "$first" "--$option=" "$@"
    done
done
touches_nothing 2 extract -o
touches_nothing 2 extract default.boot -o
touches_nothing 2 extract -o default.boot
touches_nothing 1 extract default.boot
case_ok 'a file that is there is kept, and the way out is told' has "$err" '-o default.boot writes over it'

# One file for two things, one of which is written.
for writer in --trace= --sound= --serial= --screenshot-at=1s=; do
    case $writer in
    --trace= | --serial=) end='' ;;
    --sound=) end=.wav ;;
    *) end=.png ;;
    esac
    for read in default.boot main.elf keys script; do
        cp "$read" "same$end"
        cksum "same$end" >"$work/same"
        set -- "${writer}same$end" --input script
        case $read in
        default.boot) set -- run "$@" "same$end" ;;
        main.elf) set -- run "$@" "--program=main=same$end" ;;
        keys) set -- run "$@" "--keyboard=same$end" ;;
        script) set -- run "$@" ;;
        esac
        run_at_once "$terrarium" "$@" <"same$end"
        case_ok "$* < same$end: refused" is "$status" 2
        case_ok "$*: it is said why" has "$err" 'same.*the same file as the .*would write over it'
        cksum "same$end" >"$work/same2"
        case_ok "$*: nothing is written" cmp "$work/same" "$work/same2"
        rm "same$end"
    done
done
ln disk.img link.img
run_at_once "$terrarium" run --disk disk.img --trace link.img <script
case_ok 'by another name too' is "$status" 2
run_at_once "$terrarium" run --disk disk.img --floppy link.img,ro <script
case_ok 'a disk that is written to is in one drive' is "$status" 2
run_at_once "$terrarium" run --disk disk.img,ro --disk link.img,cow <script
case_ok 'one that is not may be in two' is "$status" 0
rm link.img
run_at_once "$terrarium" run --sound new.wav --trace new.wav <script
case_ok 'two kinds of output have two files' is "$status" 2
run_at_once "$terrarium" run --trace /dev/null --serial /dev/null <script
case_ok 'a device is no file' is "$status" 0

# And what is said is done.
run_at_once "$terrarium" run --trace=--hash <script
case_ok 'a strange name that was meant is taken' test -s ./--hash
run "$terrarium" extract default.boot -o main.c
case_ok 'a file that was named is written over' cmp main.c default.boot
finish
