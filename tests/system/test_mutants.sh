#!/bin/sh
# SPDX-License-Identifier: MIT
# ./dev mutants on a core of a few functions, of which one is tested; and its list for the real one.
# usage: test_mutants.sh SOURCE-FOLDER
LIMIT=300 # of a busy host: it compiles
. "$(dirname "$0")/check.sh"
mutants=$1/.ci/mutants
tree=$work/tree

mkdir -p "$tree/kernel" "$tree/.ci"
cat >"$tree/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(Sample LANGUAGES C)
enable_testing()
add_subdirectory(kernel)
END
cat >"$tree/kernel/CMakeLists.txt" <<'END'
add_library(sample STATIC sample.c)
target_compile_options(sample PRIVATE -O2)
add_executable(try try.c)
target_link_libraries(try sample)
add_test(NAME unit_try COMMAND try)
END
cat >"$tree/kernel/sample.c" <<'END'
/* 1 + 1 == 2 */
#define ONE (0 + 1)
#define KASSERT(condition) ((void)(condition))
signed char seen(signed char number)
{
    KASSERT(number != 100);
    while (number > 3) {
        number -= 1;
    }
    return number;
}
int unseen(int number)
{
    return number + ONE;
}
int twice(int number)
{
    switch (number) {
    case 1:
    case 2:
        return number;
    }
    return number | number;
}
END
cat >"$tree/kernel/try.c" <<'END'
signed char seen(signed char number);
int main(void)
{
    return !(seen(7) == 3 && seen(2) == 2);
}
END
mutate() {
    before=$(cd "$tree" && cksum CMakeLists.txt kernel/*)
    run "$mutants" --tree "$tree" "$@"
    case_ok "$1: the tree is as before" is "$(cd "$tree" && cksum CMakeLists.txt kernel/*)" "$before"
}
# verdict PATTERN: what has become of the mutant with this new line.
verdict() {
    printf '%s\n' "$out" | grep -B2 -e "^  + $1" |
        sed -n 's/.*sample\.c:[0-9]*: \(.*\) ([0-9]* s)$/\1/p'
}

mutate --list --only sample.c
case_ok "the list has an operator" has "$out" '^+ number += 1;'
case_ok "and a number" has "$out" '^+ number -= 2;'
case_ok "and a condition" has "$out" '^+ while (0) {'
case_ok "but no comment and no macro" has_not "$out" '^- .*ONE (\|^- ./.'
case_ok "and no assertion" has_not "$out" '^- KASSERT'
case_ok "and of one file only" has_not "$out" 'try\.c'

mutate --only sample.c --seeds 1..200
case_ok "what a test sees is caught" is "$(verdict 'number += 1;')" 'caught: unit_try'
case_ok "what never ends is caught" is "$(verdict 'number -= 0;')" 'caught: unit_try'
case_ok "what no test sees survives" is "$(verdict 'return number - ONE;')" 'survived'
case_ok "what is no C any more is told" is "$(verdict 'case 2:')" 'does not compile'
case_ok "what is compiled to the same is equivalent" is \
    "$(verdict 'return number & number;')" 'equivalent: it is compiled to the same'
count=$(printf '%s\n' "$out" | grep -c '^  + ')
case_ok "each is counted once" has "$out" "^mutants: $count mutants: [1-9].* caught, "
case_ok "too few of them caught is a failure" is "$status" 1
first=$(printf '%s\n' "$out" | grep '^  + ')

cat >"$tree/.ci/mutants.equivalent" <<'END'
# Known.
kernel/sample.c unseen
- return number + ONE;
+ return number - ONE;
  Nobody calls it.
END
mutate --only sample.c --seeds 1..200
case_ok "the same seeds choose the same" is "$(printf '%s\n' "$out" | grep '^  + ')" "$first"
case_ok "what is known as equivalent is not tried" is "$(verdict 'return number - ONE;')" \
    'equivalent: Nobody calls it.'
mutate --check
case_ok "a list of what is there is right" is "$status" 0
sed -i 's/number + ONE/number + TWO/' "$tree/.ci/mutants.equivalent"
mutate --check
case_ok "an entry for what is gone is told" has "$out" 'is for no mutant'
case_ok "and is a failure" is "$status" 1

run "$mutants" --check
case_ok "the list for the real core has nothing that is gone" is "$status" 0

# A test that presses Ctrl-C when it has met a mutant.
cat >"$tree/kernel/try.c" <<'END'
#include <signal.h>
#include <unistd.h>
signed char seen(signed char number);
int main(void)
{
    if (seen(7) != 3) {
        kill(getppid(), SIGINT);
        pause();
    }
    return 0;
}
END
mutate --only sample.c --seeds 1..200
case_ok "Ctrl-C ends it" is "$status" 130
case_ok "with what is counted so far" has "$out" '^mutants: stopped; [0-9]* mutants: '
case_ok "and the copy is the tree again" cmp "$tree/kernel/sample.c" \
    "$tree/build-mutants/source/kernel/sample.c"

sed -i 's/!= 3/!= 4/' "$tree/kernel/try.c"
sed -i '/kill/d; s/pause()/return 1/' "$tree/kernel/try.c"
mutate --only sample.c
case_ok "tests that fail without a mutant end it" has "$err" 'unit_try fails without a mutant'
case_ok "with another status" is "$status" 2
finish
