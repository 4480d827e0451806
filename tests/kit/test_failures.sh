#!/bin/sh
# SPDX-License-Identifier: MIT
# A failed test of the kit fails with a sentence, and the tests after it are not harmed.
# usage: test_failures.sh FAILING_KIT ITS_SOURCE

source=$2
output=$("$1" 2>&1)
status=$?
passed=0
failed=0

expect() { # description, pattern
    if printf '%s\n' "$output" | grep -q -e "$2"; then
        echo "[       OK ] $1"
        passed=$((passed + 1))
    else
        echo "[  FAILED  ] $1: nothing like: $2"
        failed=$((failed + 1))
    fi
}

# The line of the source that is marked so.
line() {
    awk -v mark="LINE $1 " 'index($0, mark) { print NR }' "$source"
}

expect "sixteen tests fail" '16 FAILED TEST'
expect "an assertion inside a process fails the test" 'FAILED  \] an_assertion_inside_a_process'
expect "it tells the values" '0x1 != 0x1267'
expect "an assertion outside fails the test" 'FAILED  \] an_assertion_outside'
expect "a process that never ends is named" 'process 1 (a.waiter) never ends'
expect "and what it waits for" 'process 1 (a.waiter): its thread 1 waits for an event'
expect "and at which line" "failing_kit.c:$(line waits): error"
expect "a call outside a process is named" 'tr_clock was called outside a process'
expect "a code asked too early is told" 'process 1 has not ended'
expect "a bad name is told" 'no process "two words": TR_E_INVAL'
expect "a missing file is named" '/nowhere/x.elf cannot be opened'
expect "at its line" "failing_kit.c:$(line outside): error"
expect "who ran when is told after an assertion" \
    'in process 1 (a.wrong), thread 1, at [0-9]* ns, seed 0, trace hash [0-9a-f]\{16\}'
expect "on whom a thread waits" \
    'process 1 (a.left): its thread 1 waits for the reply of process 2 (a.right)'
expect "a circle is a circle" 'a circle: process 1 (a.left) waits for process 2 (a.right) waits for process 1 (a.left)'
expect "at the line of the run" "failing_kit.c:$(line circle): error"
expect "a result has its name" 'tr_thread_yield() is 0, expected was TR_E_PEER'
expect "and its line" "failing_kit.c:$(line result): error"
expect "and its process" 'in process 1 (a.strict), thread 1, at'
expect "outside too" 'TR_E_PEER is TR_E_PEER, expected was 0'
expect "what has no name is a number" '4711 is -4711, expected was 3'
expect "a null pointer has a process and a function" \
    "process 1 (a.nul), thread 1, function writes_to_null, writes through a null pointer, 0x0: in writes_to_null (failing_kit.c:$(line null))"
expect "and a line" "failing_kit.c:$(line null): error"
expect "a stack overflow too" \
    'process 1 (a.deep), thread 1, function recurses, has used up its stack (stack_bytes): in recurses'
expect "a process that never calls is stopped" \
    'process 1 (a.spinner), thread 1, function never_calls, makes no call any more (call_limit_ns)'
expect "no kit is told" 'there is no kit'
expect "where" "failing_kit.c:$(line none): error"
expect "a second destruction is told" 'no such kit to destroy'
expect "where that is" "failing_kit.c:$(line twice): error"
for number in 1 2 3 4 5 6 7 8; do
    expect "the sound test $number passes" "OK \\] a_sound_test $number"
done
if [ "$status" -ne 16 ]; then
    echo "[  FAILED  ] the status is the number of failures: $status"
    failed=$((failed + 1))
fi
echo "[  PASSED  ] $passed test(s)."
[ "$failed" -eq 0 ] || { printf '%s\n' "$output"; echo "[  FAILED  ] $failed test(s)"; exit 1; }
