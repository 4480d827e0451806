#!/bin/sh
# SPDX-License-Identifier: MIT
# The same boot, seed and input give the same trace: over 50 seeds, twice each, while other work
# loads the host; another seed gives another. usage: test_determinism.sh TERRARIUM
. "$(dirname "$0")/check.sh"
terrarium=$1

script='ps
timers
ping
hello | upper
produce | consume
spin & sleep 0.02; ps
kill %1
threads
mem
'
hash_of() { # seed
    printf '%s' "$script" >"$work/in"
    timeout 60 "$terrarium" run --seed "$1" --hash \
        <"$work/in" 2>&1 >"$work/out" | sed -n 's/.*trace hash \([0-9a-f]*\).*/\1/p'
}

status=0 out='' err=''
(while :; do :; done) &
load=$!
trap 'kill $load; rm -rf "$work"' EXIT
different=''
seed=0
while [ "$seed" -lt 50 ]; do
    first=$(hash_of "$seed")
    out=$(cat "$work/out")
    second=$(hash_of "$seed")
    case_ok "seed $seed gives the same trace twice: $first" \
        [ -n "$first" -a "$first" = "$second" ]
    case_ok "seed $seed gives the same output twice" is "$out" "$(cat "$work/out")"
    different="$different
$first"
    seed=$((seed + 1))
done
count=$(printf '%s\n' "$different" | sed 1d | sort -u | wc -l)
case_ok "the seeds give different traces ($count)" [ "$count" -gt 40 ]
finish
