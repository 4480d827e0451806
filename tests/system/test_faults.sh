#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that do wrong end alone, named in the log with cause and place.
# usage: test_faults.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2

try() { # kind, words of the cause, code
    feed "faulty $1
ps
" "$terrarium" run
    case_ok "$1: the system lives" is "$status" 0
    case_ok "$1: one record names program and cause" \
        is "$(printf '%s\n' "$out$err" | grep -c "fault: .*a.faulty.*$2.*ip")" 1
    case_ok "$1: it is gone" has_not "$(printf '%s\n' "$out" | grep -v 'about to\|fault:\|ended')" \
        'a.faulty'
    case_ok "$1: the others are there" has "$out" 's.init'
}

try null 'page fault at address 0'
case $(uname -m) in # elsewhere the topmost byte does not count
x86_64) try wild 'page fault at address efefefefefefefef' ;;
*) try wild 'page fault' ;;
esac
try text 'protection fault'
try constant 'protection fault'
try ghost 'ghost function'
case $(uname -m) in
x86_64) try divide 'division' ;;
esac
try illegal 'illegal instruction'
try privileged 'privileged instruction'
try stack 'stack overflow'
try jump 'page fault'
try data 'protection fault'

# The shell says it in words, to their end.
for kind in 'null:touched memory that is not there' 'illegal:executed something illegal or misaligned' \
    'privileged:executed what only the kernel may'; do
    feed "faulty ${kind%%:*}
" "$terrarium" run
    case_ok "the shell on ${kind%%:*}" has "$out$err" "ended: it ${kind#*:}$"
done

# The image has symbols and lines: the log names the place.
source=$(dirname "$0")/../../apps/faulty/faults.c
line() { # pattern
    grep -n "$1" "$source" | head -1 | cut -d: -f1
}
run "$terrarium" exec "$programs/faulty.elf" null
case_ok "function and line of a write through NULL" \
    has "$out$err" "page fault at .* in fault_null (faults.c:$(line 'hidden = 1;'))$"
run "$terrarium" exec "$programs/faulty.elf" stack
case_ok "function and file of an overflow" has "$out$err" "overflow at .* in dig (faults.c:[0-9]*)$"
run "$terrarium" exec "$programs/faulty.elf" jump
case_ok "a jump to nowhere is in no function" has_not "$out$err" 'fault:.* in '

run "$terrarium" exec "$programs/faulty.elf" null
case_ok "exec of a faulty program ends at once" \
    is "$(printf '%s\n' "$out" | grep -c 'about to')" 1
case_ok "exec of a faulty program is no success" [ "$status" -ne 0 -a "$status" -ne 124 ]

page=$(dirname "$0")/../../docs/terrarium.1
run "$terrarium" help exec
for code in 129 130 131 132 133 134 135; do
    case_ok "help exec names exit code $code" has "$out" "^  $code  "
    case_ok "the manual page names exit code $code" has "$(cat "$page")" " $code\b"
done
finish
