#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_ends.sh TERRARIUM PROGRAMS HOST: signals, ends and the locale of ISO C are on Terrarium what they
# are on the host, where the same program is HOST.
. "${0%/*}/check.sh"
terrarium=$1
programs=$2
host=$3

# same STATUS WORDS…: with these words it says on Terrarium what it says on the host, and ends so.
same() {
    expected=$1
    shift
    # Apart from what the shell says of the signal; without a core.
    # shellcheck disable=SC2016
    run prlimit --core=0 sh -c 'exec "$@" 2>"$0"' "$work/said" "$host" "$@"
    host_said="$out:$(cat "$work/said"):$status"
    run "$terrarium" exec "$programs/ends.elf" "$@"
    case_ok "$*: as on the host" is "$out:$err:$status" "$host_said"
    case_ok "$*: ends with $expected" is "$status" "$expected"
}

same 9 signals
index=0
for code in 134 136 132 130 139 143; do
    same "$code" raise "$index"
    index=$((index + 1))
done
same 134 abort plain
same 134 abort ignored
same 134 abort heard
same 5 abort left
same 9 locale
for count in 1 31; do
    same 6 quick "$count"
    same 7 now "$count"
    same 8 exit "$count"
    same 9 return "$count"
done
finish
