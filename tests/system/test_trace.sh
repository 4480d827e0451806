#!/bin/sh
# SPDX-License-Identifier: MIT
# Trace files: written, printed, equal for equal runs; bad files are refused in words.
# usage: test_trace.sh TERRARIUM
. "$(dirname "$0")/check.sh"
terrarium=$1

feed 'ps
' "$terrarium" run --trace "$work/one" --hash
hash=$(printf '%s\n' "$err" | sed -n 's/.*trace hash \([0-9a-f]*\).*/\1/p')
case_ok "the hash is told" [ -n "$hash" ]
feed 'ps
' "$terrarium" run --trace "$work/two"
case_ok "two runs write the same file" cmp -s "$work/one" "$work/two"
case_ok "a file is a header of 32 bytes and records of 64" \
    is "$((($(wc -c <"$work/one") - 32) % 64))" 0
feed 'ps
' "$terrarium" run --seed 9 --trace "$work/three"
case_ok "another seed writes another file" [ "$(cmp "$work/one" "$work/three" | wc -l)" -gt 0 ]
run "$terrarium" trace "$work/one"
case_ok "a trace is printed" has "$out" 'message_call'
case_ok "a trace has a line for each record" [ "$(printf '%s\n' "$out" | wc -l)" -gt 100 ]
run "$terrarium" trace /nowhere
case_ok "a missing trace is status 2" [ "$status" -eq 2 -o "$status" -eq 1 ]
case_ok "a missing trace is named" has "$err" '/nowhere'
run "$terrarium" trace "$work"
case_ok "a folder is no trace, and is called so" has "$err" 'Is a directory'
head -c 1000 /dev/urandom >"$work/noise"
run "$terrarium" trace "$work/noise"
case_ok "noise is no trace" [ "$status" -eq 2 -o "$status" -eq 1 ]
head -c 100 "$work/one" >"$work/short"
run "$terrarium" trace "$work/short"
case_ok "a truncated trace is told" [ "$status" -ne 0 -o -n "$err" ]
: >"$work/empty"
run "$terrarium" trace "$work/empty"
case_ok "an empty trace is refused" [ "$status" -ne 0 ]
feed 'ps
' "$terrarium" run --trace /nowhere/file
case_ok "a trace that cannot be written is status 4" is "$status" 4
finish
