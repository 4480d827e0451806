#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_plain.sh TERRARIUM PROGRAMS HOST: a program of ISO C alone says the same on Terrarium and on the
# host, where it is HOST.
. "${0%/*}/check.sh"
terrarium=$1
programs=$2
host=$3

text='word 42
äö€ rest of it, and
a line
the last, unended'

for mode in narrow wide; do
    feed "$text" "$host" "$mode"
    host_said=$out
    host_status=$status
    feed "$text" "$terrarium" exec "$programs/plain.elf" "$mode"
    case_ok "$mode: it says what it says on the host" is "$out" "$host_said"
    case_ok "$mode: and ends as it ends there" is "$status" "$host_status"
    case_ok "$mode: which is not with a fault" is "${status#[34]}" ''
done

feed 'Ada' sh -c "'$terrarium' exec '$programs/plain.elf' ask 2>&1"
case_ok "a question is seen before its answer is waited for" has "$out" '^name? heard: '
case_ok "what is no line waits for one, or for the end" is "${out#*
}" 'Ada
half'
finish
