#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086 # $check is several words
# Valgrind: faulty programs are reported with the guest's function, file and line; the shipped
# system gives no error, no leak, and needs no suppression; the trace is the same as natively.
# usage: test_memcheck.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2
LIMIT=300
check="valgrind --error-exitcode=99 --leak-check=full --show-leak-kinds=all"

feed 'ps
hello
threads
mem
log
' $check "$terrarium" run --hash
case_ok "the shipped system has no error" is "$status" 0
case_ok "the shipped system: 0 errors from 0 contexts" \
    has "$err" 'ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)'
case_ok "the shipped system leaks nothing" \
    has "$err" 'All heap blocks were freed\|definitely lost: 0 bytes'
checked=$(printf '%s\n' "$err" | sed -n 's/.*trace hash \([0-9a-f]*\).*/\1/p')
feed 'ps
hello
threads
mem
log
' "$terrarium" run --hash
native=$(printf '%s\n' "$err" | sed -n 's/.*trace hash \([0-9a-f]*\).*/\1/p')
case_ok "the trace under Valgrind is the native one" [ -n "$native" -a "$native" = "$checked" ]

# Stacks are mapped ahead of their use there, and by faults natively.
run $check "$terrarium" exec --hash "$programs/deep.elf" 900
checked=$status,$out,$(printf '%s\n' "$err" | grep -o 'trace hash [0-9a-f]*')
case_ok "a deep recursion has no error" has "$err" 'ERROR SUMMARY: 0 errors from 0 contexts'
run "$terrarium" exec --hash "$programs/deep.elf" 900
native=$status,$out,$(printf '%s\n' "$err" | grep -o 'trace hash [0-9a-f]*')
case_ok "a deep recursion is the same as natively" is "$checked" "$native"

feed "faulty uninitialised
" $check "$terrarium" run
case_ok "uninitialised bytes sent are reported where they were sent" \
    has "$err" 'fault_uninitialised (faults.c:[0-9]*)'
case_ok "as uninitialised" has "$err" 'ninitialised'
feed "faulty overrun
" $check "$terrarium" run
case_ok "a read behind a heap block is reported where it was made" \
    has "$err" 'fault_overrun (faults.c:[0-9]*)'
case_ok "as an invalid read" has "$err" 'Invalid read of size'
feed "faulty leak
" $check "$terrarium" run
case_ok "a leak is reported where the block was taken" has "$err" 'fault_leak (faults.c:[0-9]*)'
finish
