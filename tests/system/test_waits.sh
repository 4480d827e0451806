#!/bin/sh
# SPDX-License-Identifier: MIT
# Who waits for whom is told: by `threads`, when nothing can happen any more, and as a graph.
# usage: test_waits.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/waiter.elf

# with TEXT [WORD…]: the text as a script, with four names of the same program.
with() {
    text=$1
    shift
    feed "$text" "$terrarium" run "$@" --program one="$program" --program two="$program" \
        --program three="$program" --program four="$program"
}

circle="one 'a\\two' & two 'a\\three' & three 'a\\one' & four 'a\\one'"
with "$circle
"
case_ok 'three in a circle: the run ends with 6' is "$status" 6
case_ok 'each tells on whom it waits' has "$err" \
    '  a.one (process [0-9]*, thread [0-9]*) waits for the reply of a.two (process [0-9]*)'
case_ok 'who waits for the circle, too' has "$err" 'a.four (.*) waits for the reply of a.one ('
case_ok 'so do drivers' has "$err" 'd.console (process 1, thread 1) waits for an event (irq 4)'
case_ok 'the circle is told' has "$err" \
    '  in a circle: a.one ([0-9]*) waits for a.two ([0-9]*) waits for a.three ([0-9]*) waits for a.one ('
case_ok 'once' is "$(printf '%s\n' "$err" | grep -c 'in a circle')" 1

with "$circle &
sleep 0.1
threads
threads one
"
case_ok 'the shell goes on' is "$status" 0
case_ok 'threads tells on whom each waits' has "$out" \
    'a.one  *the reply of a.two ([0-9]*), for ever$'
case_ok 'and of an event by which line' has "$out" 'd.console  *an event (irq 4)$'
case_ok 'and the circle' has "$out" \
    '^circle: a.one ([0-9]*) waits for a.two ([0-9]*) waits for a.three ([0-9]*) waits for a.one ([0-9]*)$'
with "one & two 'a\\one' & three pipe & produce 100000 | four &
sleep 0.1
threads
"
case_ok 'a chain that can go on is none' has_not "$out" 'for ever\|^circle'
case_ok 'an event' has "$out" 'a.one  *an event$'
case_ok 'a pipe without another member' has "$out" 'a.three  *bytes in pipe [0-9]*$'
case_ok 'room in a pipe' has "$out" 'a.produce  *room in pipe [0-9]*'

with "$circle
" --dot "$work/graph"
graph=$(cat "$work/graph")
case_ok 'the graph is one' is "$(sed -n '1p;$p' "$work/graph" | tr '\n' ' ')" 'digraph waits { } '
case_ok 'its nodes are processes' has "$graph" 'p1 .label="d..console.n1"'
case_ok 'its edges are waits, red in the circle' is "$(grep -c -e '->.*the reply.*color=red' "$work/graph")" 3
case_ok 'and black beside it' is "$(grep -e '->' "$work/graph" | grep -cv red)" 1
with 'one &
exit 0
' --dot -
case_ok 'it goes to standard output too, whatever the end' is "$status:$(printf '%s' "$out" | tail -n 1)" '0:}'
# A driver that spins: strict priority, told at the end, as nothing else came to run.
"$terrarium" extract default.boot -o "$work/hog.boot"
echo 'module hog embedded:spin' >>"$work/hog.boot"
feed 'hello
' "$terrarium" run "$work/hog.boot" --stop-at 1100ms
case_ok 'a class that does not get to run is told' has "$err" \
    '^applications have not run for 1000 ms: a.log (process [0-9]*) is ready, and d.hog (process [0-9]*) runs$'
case_ok 'each once' is "$(printf '%s\n' "$err" | grep -c 'have not run')" 2

# The shell draws what the run draws.
with "$circle & three pipe & produce 100000 | four &
sleep 0.1
threads --dot
sleep 10
" --dot "$work/graph" --stop-at 1s
printf '%s\n' "$out" | sed -n '/^digraph/,/^}/p' >"$work/shown"
case_ok 'threads --dot draws the same graph' is "$(diff "$work/shown" "$work/graph")" ''
case_ok 'which has a circle' is "$(grep -c 'penwidth' "$work/shown")" 3
case_ok 'and a pipe' has "$(cat "$work/shown")" '-> pipe[0-9]* .label="thread [0-9]*: room in pipe'
with 'threads --dot one
threads -x
'
case_ok 'other words are refused' is "$(printf '%s\n' "$err" | grep -c '^usage: threads')" 2
case_ok 'with 2' is "$status" 2

run "$terrarium" run --dot "$work/none/graph"
case_ok 'what cannot be written is refused' is "$status" 4
case_ok 'at once, by name' has "$err" "^terrarium: --dot $work/none/graph: No such file"
run "$terrarium" run --dot
case_ok 'a forgotten name is' is "$status" 2
finish
