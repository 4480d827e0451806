#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that spin, counted or not, stop neither the others of their class nor the console.
# usage: test_spin.sh TERRARIUM
. "$(dirname "$0")/check.sh"
terrarium=$1
LIMIT=40

for kind in spin spin-uncounted; do
    feed "$kind &
$kind &
hello
ps
exit 3
" "$terrarium" run
    case_ok "$kind: others run" has "$out" 'Hello'
    case_ok "$kind: the shell lists them" has "$out" "a.$kind"
    case_ok "$kind: the script comes to its end" is "$status" 3
done
feed 'spin &
sleep 0.1
kill %1
ps
' "$terrarium" run
case_ok "a spinner can be killed" has "$out" 's.init'
case_ok "a killed spinner is gone" has_not "$(printf '%s\n' "$out" | grep -v '^\[')" 'a.spin'
case_ok "the status is good" is "$status" 0
finish
