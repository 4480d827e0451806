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
# The name of a process stands in its row of ps, behind its numbers; of a job only the word.
feed 'spin &
sleep 0.1
ps
echo between
kill %1
ps
' "$terrarium" run
before=${out%%between*} after=${out#*between}
case_ok "a spinner is listed while it spins" has "$before" '^ *[0-9]* ready .* a.spin$'
case_ok "it has had the processor" has_not "$before" ' 0\.000 a.spin$'
case_ok "a killed spinner is gone" has_not "$after" 'a.spin$'
case_ok "and told as killed" has "$after" '^\[1\] spin  (killed)$'
case_ok "others are not" has "$after" 's.init$'
case_ok "the status is good" is "$status" 0
finish
