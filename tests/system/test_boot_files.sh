#!/bin/sh
# SPDX-License-Identifier: MIT
# Boot files: good ones, and every bad one with the file, the line and the thing in the message.
# usage: test_boot_files.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2

boot() { # writes the boot file and runs `ps` on it
    printf '%s\n' "$1" >"$work/boot"
    feed 'ps
' "$terrarium" run "$work/boot"
}

# shellcheck disable=SC2016 # the $console is the boot file's
console='module console embedded:console $console'
log='module log embedded:log'
init='module init embedded:init
program shell embedded:shell'

run "$terrarium" extract default.boot "$work/default.boot"
if [ ! -s "$work/default.boot" ]; then
    (cd "$work" && "$terrarium" extract default.boot >"$work/default.boot.out")
fi
boot "$console
$log
$init"
case_ok "the default system from a file" is "$status" 0
case_ok "the default system from a file lists its processes" has "$out" 's.init'
cp "$programs/hello.elf" "$work/mine.elf"
boot "$console
$log
$init
program mine mine.elf"
feed 'mine
' "$terrarium" run "$work/boot"
case_ok "a program beside the boot file is found" has "$out" 'Hello'

boot "# a comment
moduel x y"
case_ok "an unknown word is status 2" is "$status" 2
case_ok "an unknown word is named with its line" has "$err" 'boot:2:.*moduel'
boot "module nobody embedded:nobody"
case_ok "a missing embedded module is status 2" is "$status" 2
case_ok "a missing embedded module is named" has "$err" 'nobody'
boot "module nobody nobody.elf"
case_ok "a missing file is status 2" is "$status" 2
case_ok "a missing file is named" has "$err" 'nobody.elf'
boot "module noise in"
case_ok "a module that is no program is status 2" is "$status" 2
case_ok "and what is wrong with it is told" has "$err" 'it is too short for an ELF file'
boot ""
case_ok "an empty boot file is status 2" is "$status" 2
boot "module x"
case_ok "a statement without its words is status 2" is "$status" 2
boot "module two\\words embedded:log"
case_ok "a bad name is status 2" is "$status" 2
boot "ram 12k
$log"
case_ok "too little memory is no crash" [ "$status" -eq 2 -o "$status" -eq 4 ]
case_ok "too little memory is told" [ -n "$err" ]
boot "seed apple"
case_ok "a bad number is status 2" is "$status" 2
boot "limit nonsense 3
$log"
case_ok "an unknown limit is status 2" is "$status" 2
case_ok "an unknown limit is named" has "$err" 'nonsense'
run "$terrarium" run /nowhere/boot
case_ok "a missing boot file is status 2" is "$status" 2
case_ok "a missing boot file is named" has "$err" '/nowhere/boot'
run "$terrarium" run "$work"
case_ok "a folder as a boot file is status 2" is "$status" 2
head -c 3000 /dev/urandom >"$work/noise"
run "$terrarium" run "$work/noise"
case_ok "noise as a boot file is status 2" is "$status" 2

boot "$log
$init"
case_ok "without a driver for the console this is told" [ -n "$out$err" ]
case_ok "without a driver for the console it ends" [ "$status" -ne 124 ]
boot "$console
$init"
feed 'sleep 30
' "$terrarium" run "$work/boot" --max-reboots 0
case_ok "without a log the system reboots" is "$status" 5
case_ok "without a log this is told" has "$out$err" 'log'
printf 'not a program' >"$work/text.elf"
boot "module text text.elf"
case_ok "a module that is no program is status 2" is "$status" 2
case_ok "a module that is no program is named" has "$err" 'text'
finish
