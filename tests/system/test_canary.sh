#!/bin/sh
# SPDX-License-Identifier: MIT
# Canaries: a process's own, found changed where a function writes beyond its array.
# usage: test_canary.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2

of() { # TEXT: the canaries it tells
    printf '%s\n' "$1" | sed -n 's/^canary \([0-9a-f]*\)$/\1/p'
}

run "$terrarium" exec "$programs/canary.elf"
case_ok 'a function that keeps to its array returns' is "$status" 32
first=$(of "$out")
case_ok 'a text cannot hold the canary' has "$first" '^[0-9a-f]\{14\}00$'
run "$terrarium" exec "$programs/canary.elf"
case_ok 'it is the same in two runs of one seed' is "$(of "$out")" "$first"
run "$terrarium" exec --seed 7 "$programs/canary.elf"
case_ok 'and another with another seed' is "$(of "$out" | grep -c -v "$first")" 1
feed 'canary
canary
' "$terrarium" run --program canary="$programs/canary.elf"
case_ok 'two processes have two' is "$(of "$out" | sort -u | wc -l)" 2
run "$terrarium" exec "$programs/canary.elf" smash
case_ok 'a function that does not ends the program' is "$status" 134
case_ok 'and says why' has "$out$err" "the stack was written over: a function's canary has changed"
finish
