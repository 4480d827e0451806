#!/bin/sh
# SPDX-License-Identifier: MIT
# The first stack: as large as the image asks, 1 MiB unless its author has said otherwise; what goes
# beyond it ends the program by a stack overflow and touches nothing else.
# A level of deep.elf takes a bit more than 900 bytes.
# usage: test_stack.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2
source=$(dirname "$0")/deep.c

fits() { # name, what is expected, command
    name=$1 wanted=$2
    shift 2
    run "$terrarium" exec "$@"
    case_ok "$name: it runs" is "$status $out" "0 $wanted"
}
overflows() { # name, command
    name=$1
    shift
    run "$terrarium" exec "$@"
    case_ok "$name: exit code of a page fault" is "$status" 129
    case_ok "$name: told as a stack overflow" has "$out$err" 'fault: .*: stack overflow at address'
    case_ok "$name: nothing was overwritten" has_not "$out$err" 'overwritten'
}

fits '900 levels' 450 "$programs/deep.elf" 900
overflows '1200 levels' "$programs/deep.elf" 1200
overflows 'endless recursion' "$programs/faulty.elf" stack
overflows 'a frame of 9 MiB' "$programs/deep.elf" frame

compile() {
    run "$terrarium" cc -O1 "$@" "$source" -o "$work/own.elf"
    case_ok "it compiles: $*" is "$status" 0
}
compile
fits 'cc: 900 levels' 450 "$work/own.elf" 900
overflows 'cc: a frame of 9 MiB' "$work/own.elf" frame
compile -Wl,-z,stack-size=65536
fits 'cc, 64 KiB: 50 levels' 25 "$work/own.elf" 50
overflows 'cc, 64 KiB: 80 levels' "$work/own.elf" 80
overflows 'cc, 64 KiB: a frame of 9 MiB' "$work/own.elf" frame
compile -Wl,-z,stack-size=8388608
fits 'cc, 8 MiB: 7000 levels' 3500 "$work/own.elf" 7000
compile -Wl,-z,stack-size=8388609
run "$terrarium" exec "$work/own.elf" 1
case_ok 'more than 8 MiB: no program' is "$status" 126
case_ok 'more than 8 MiB: the log says why' has "$out$err" 'asks for a stack of more than 8 MiB'
finish
