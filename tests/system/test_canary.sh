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

# Without threads, and without variables of its own.
cat >"$work/alone.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    static void *(*volatile set)(void *, int, size_t) = memset;
    char text[32];

    set(text, 'x', argc > 1 ? 44 : 32);
    printf("%.3s %s\n", text, argv[0]);
    return 0;
}
END
for compiler in cc gcc clang; do
    command -v "$compiler" >/dev/null || continue
    CC=$compiler "$terrarium" cc -O1 -fstack-protector-all "$work/alone.c" -o "$work/alone.elf"
    run "$terrarium" exec "$work/alone.elf"
    case_ok "$compiler: alone it runs" is "$status $out" '0 xxx alone'
    run "$terrarium" exec "$work/alone.elf" smash
    case_ok "$compiler: and is ended" is "$status" 134
done
finish
