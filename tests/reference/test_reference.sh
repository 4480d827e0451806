#!/bin/sh
# SPDX-License-Identifier: MIT
# The reference of the calls: its examples run on the kernel and print what the pages say; the calls it
# calls absent are those of kernel/absent.c; its pages can be read.
# usage: test_reference.sh TERRARIUM EXAMPLES.elf GENERATOR SOURCE-FOLDER
. "$(dirname "$0")/../system/check.sh"
terrarium=$1 examples=$2 generator=$3 source=$4
texts=$source/docs/calls

# shellcheck disable=SC2016 # the $console is the boot file's
try() { # WHICH: runs these examples
    printf '%s\n' 'module console embedded:console $console' 'module log embedded:log' \
        'program hello embedded:hello' "module examples $examples $1" >"$work/boot"
    run "$terrarium" run --max-reboots 0 "$work/boot"
    # Records of the log are shown in between, when their time has come.
    grep -v '^\[' "$work/out" >"$work/printed"
    "$generator" "$texts" expected "$1" >"$work/expected"
    diff -u "$work/expected" "$work/printed"
}

same() {
    # shellcheck disable=SC2317 # case_ok calls it
    cmp -s "$1" "$2"
}

try all
case_ok 'the examples print what their pages say' same "$work/expected" "$work/printed"
case_ok 'there is an example for each call' [ "$(grep -c '^== ' "$work/out")" -eq $(($(grep -ch '^TR_CALL' "$source/include/terrarium/calls.def") - 1)) ]
case_ok 'and the system ends well after them' is "$status" 0
try system_stop
case_ok 'so does the one that stops the machine' same "$work/expected" "$work/printed"
case_ok 'with its status' is "$status" 0
try system_reboot
case_ok 'and the one that reboots it' same "$work/expected" "$work/printed"
case_ok 'which is a reboot' is "$status" 5

# NOSYS: the kernel's list and the reference's.
cat "$source"/kernel/*.c | awk '
    /^int64_t call_/ { name = $2; sub(/^call_/, "", name); sub(/\(.*/, "", name) }
    /^}/ { if (name != "" && returns == "    return TR_E_NOSYS;") { print name }; name = returns = "" }
    /return/ { returns = returns $0 }' >"$work/kernel"
awk '/^call / { name = $2 } /^absent$/ { print name }' "$texts"/*.calls >"$work/absent"
sort -o "$work/kernel" "$work/kernel"
sort -o "$work/absent" "$work/absent"
diff -u "$work/kernel" "$work/absent"
case_ok 'the calls that the kernel does not have are named' same "$work/kernel" "$work/absent"

mkdir -p "$work/share/man/man3"
"$generator" "$texts" manual "$work/share/man/man3"
for page in "$work"/share/man/man3/*.3; do
    for heading in NAME SYNOPSIS DESCRIPTION ARGUMENTS RESULT ERRORS SLEEPING 'WHO MAY CALL' \
        'WHEN THE CALLER IS ENDED' LAW EXAMPLE; do
        awk -v heading=".SH $heading" 'found { body = 1; exit } $0 == heading { found = 1 }
            END { exit !body }' "$page" || echo "${page##*/}: nothing below $heading"
    done
done >"$work/headings"
cat "$work/headings"
case_ok 'each page has every heading' [ ! -s "$work/headings" ]
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$work"/share/man/man3/*.3 >"$work/lint" 2>&1
    head -5 "$work/lint"
    case_ok 'mandoc has nothing to say' [ ! -s "$work/lint" ]
fi
if command -v man >/dev/null && man --version >/dev/null 2>&1; then
    MANPATH=$work/share/man MANROFFOPT='' LIMIT=20 run man --warnings 3 tr_message_call
    case_ok 'man shows a page' has "$out" 'TR_E_TIMEDOUT'
    case_ok 'and nothing is wrong with it' [ -z "$err" ]
fi
finish
