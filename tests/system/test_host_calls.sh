#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that asks the host by an instruction of its own: that is its fault, the host does nothing, and
# the system lives. Where the host cannot keep them, the doctor says so.
# usage: test_host_calls.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/asks_host.elf

version=$(uname -r)
major=${version%%.*}
minor=${version#*.}
minor=${minor%%[!0-9]*}
run "$terrarium" doctor
if [ $((major * 1000 + minor)) -lt 5011 ]; then # which has no syscall user dispatch
    case_ok 'the doctor says that the host carries them out' has "$out" '^less host calls  *none'
    run "$terrarium" exec "$program" exit_group
    case_ok 'and so it does' is "$status" 42
    finish
fi
case_ok 'the doctor says that there are none' \
    has "$out" '^ok  *host calls  *syscall user dispatch  *A program that makes one ends'

for word in getpid exit_group exit pause sigaltstack munmap close_range nothing sigreturn int80; do
    run "$terrarium" exec "$program" "$word"
    case_ok "$word is an illegal instruction" is "$status" 131
    case_ok "$word is told as what it is, with its place" has "$out" \
        'fault: process [0-9]* a.asks_host: host call at address .*asks_host.c:'
    case_ok "$word is not carried out" has_not "$out" 'goes on'
done

feed 'asks exit_group
asks pause
asks sigaltstack
spin & sleep 0.002; kill spin
hello after
exit 3
' "$terrarium" run --program asks="$program"
case_ok 'the system goes on' has "$out" '^Hello, after!'
case_ok 'and ends as it was told' is "$status" 3

run "$terrarium" exec "$program"
case_ok 'the program itself is sound' is "$status:$out" '0:goes on'
finish
