#!/bin/sh
# SPDX-License-Identifier: MIT
# A failed test of the kit fails with a sentence, and the tests after it are not harmed.
# usage: test_failures.sh FAILING_KIT

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

expect "seven tests fail" '7 FAILED TEST'
expect "an assertion inside a process fails the test" 'FAILED  \] an_assertion_inside_a_process'
expect "it tells the values" '0x1 != 0x1267'
expect "an assertion outside fails the test" 'FAILED  \] an_assertion_outside'
expect "a process that never ends is named" 'process 1 (a.waiter) never ends: its thread 1 waits for an event'
expect "a call outside a process is named" 'tr_clock was called outside a process'
expect "a code asked too early is told" 'process 1 has not ended'
expect "a bad name is told" 'no process "two words": TR_E_INVAL'
expect "a missing file is named" '/nowhere/x.elf cannot be opened'
for number in 1 2 3 4; do
    expect "the sound test $number passes" "OK \\] a_sound_test $number"
done
if [ "$status" -ne 7 ]; then
    echo "[  FAILED  ] the status is the number of failures: $status"
    failed=$((failed + 1))
fi
echo "[  PASSED  ] $passed test(s)."
[ "$failed" -eq 0 ] || { printf '%s\n' "$output"; echo "[  FAILED  ] $failed test(s)"; exit 1; }
