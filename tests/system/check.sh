# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Sourced by the system tests: runs commands, compares what they say and how they end, counts, and
# prints the summary that CMocka groups print.
#
#   run COMMAND…            sets $out, $err (texts) and $status
#   feed TEXT COMMAND…      the same with TEXT on standard input
#   case_ok NAME CONDITION… a case: passes if the words after NAME succeed as a command
#   has TEXT PATTERN        a condition: a line of TEXT matches the pattern
#   finish                  prints the summary and ends with the number of failures

# Letters, not bytes, are what a line has, whatever the caller's language is.
LC_ALL=C.UTF-8
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0
failures=''
LIMIT=${LIMIT:-60}

run() {
    run_at_once "$@" </dev/null
}

feed() {
    feed_text=$1
    shift
    printf '%s' "$feed_text" >"$work/in"
    run_at_once "$@" <"$work/in"
}

run_at_once() {
    status=0
    timeout -k 5 "$LIMIT" "$@" >"$work/out" 2>"$work/err" || status=$?
    out=$(cat "$work/out")
    err=$(cat "$work/err")
}

has() {
    printf '%s\n' "$1" | grep -q -e "$2"
}

has_not() {
    ! has "$1" "$2"
}

is() {
    [ "$1" = "$2" ]
}

case_ok() {
    case_name=$1
    shift
    if "$@"; then
        echo "[       OK ] $case_name"
        passed=$((passed + 1))
    else
        printf "[  FAILED  ] %s: not: %s\n" "$case_name" "$*"
        echo "status $status"
        printf '%s\n' "$out" | sed 's/^/out: /' | tail -n 40
        printf '%s\n' "$err" | sed 's/^/err: /' | tail -n 40
        failures="$failures
[  FAILED  ] $case_name"
    fi
}

finish() {
    echo "[  PASSED  ] $passed test(s)."
    if [ -n "$failures" ]; then
        count=$(($(printf '%s\n' "$failures" | wc -l) - 1))
        echo "[  FAILED  ] $count test(s), listed below:$failures"
        exit 1
    fi
    exit 0
}
