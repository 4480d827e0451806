#!/bin/sh
# SPDX-License-Identifier: MIT
# What the host refuses: limits of the process, things it does not have, disks that are full. Each
# ends the run with 4, or 2, and a sentence; never with a signal.
# usage: test_limits.sh TERRARIUM REFUSE
. "$(dirname "$0")/check.sh"
terrarium=$1 refuse=$2
cd "$work" || exit 1
echo 'echo it runs' >script

limited() { # LIMIT-WORDS COMMAND…: with standard input from the script
    run_at_once prlimit "$@" <script
}
refused() { # NAME CODE PATTERN
    case_ok "$1: it ends with $2" is "$status" "$2"
    case_ok "$1: with a sentence" has "$err" "^terrarium: .*$3"
    case_ok "$1: and nothing else" is "$out" ''
}
begins() { # WHOLE BEGINNING
    [ "$2$(printf '%s' "$1" | cut -c "$((${#2} + 1))-")" = "$1" ]
}
ran() { # NAME
    case_ok "$1: it runs" is "$status:$out" '0:it runs'
}

# ---- Limits ----------------------------------------------------------------------------------

limited --fsize=33554432 "$terrarium" run
refused "files of 32 MiB at most" 4 'ulimit -f'
limited --fsize=33554432 "$terrarium" run --ram 16M
ran "with less memory"
limited --fsize=67108864 "$terrarium" run
ran "files of 64 MiB at most"
awk 'BEGIN { for (i = 0; i < 400; i++) print "ps" }' >many
run_at_once prlimit --fsize=5000000 "$terrarium" run --ram 4M --hardware none --trace trace <many
case_ok "a trace longer than files may be" is "$status" 4
case_ok "it is told" has "$err" 'trace: File too large; the trace ends here'
limited --sigpending=0 "$terrarium" run
refused "no timer" 4 'timer.*ulimit -i'
limited --sigpending=0 "$terrarium" run --clock host
refused "no timer for the host's clock" 4 'timer.*ulimit -i'

# Whatever is left: it runs, or says why not.
either() { # NAME PATTERN LIMIT-WORD
    # Where not even the command's own libraries have room, the host ends it.
    if prlimit "$3" "$terrarium" version >version 2>&1 <script; then
        limited "$3" "$terrarium" run
        if [ "$status" -eq 0 ]; then
            ran "$1"
        else
            # The host may refuse when some of the output has been written.
            case_ok "$1: it ends with 4" is "$status" 4
            case_ok "$1: with a sentence" has "$err" "^terrarium: .*$2"
            case_ok "$1: what was written is the beginning of it" begins 'it runs' "$out"
        fi
    fi
}
for files in 4 5 6 7 8 9 10 12 16; do
    either "$files files" 'Too many open files' --nofile=$files
done
bytes=40000000
while [ $bytes -lt 160000000 ]; do
    either "$bytes bytes of addresses" 'memory' --as=$bytes
    bytes=$((bytes + 2500000))
done

# ---- A host without ----------------------------------------------------------------------------

without() { # WHAT PATTERN OPTION…
    what=$1 pattern=$2
    shift 2
    run_at_once env LD_PRELOAD="$refuse" REFUSE="$what" "$terrarium" run "$@" <script
    refused "without $what" 4 "$pattern"
}
without memfd_create 'Function not implemented'
without ftruncate 'No space left'
without timer_create 'timer: Resource temporarily unavailable'
without eventfd 'Too many open files'
echo "LD_PRELOAD=$refuse REFUSE=pthread_create $terrarium run --display blocks <script; echo \$?" \
    >terminal.sh
run script -qec "sh terminal.sh" /dev/null
case_ok "without a thread there is no run" has "$out" 'Resource temporarily unavailable'
case_ok "and that ends the run" has "$out" '^4'

# ---- Input and output --------------------------------------------------------------------------

run_at_once "$terrarium" run <"$work"
refused "standard input is a folder" 2 'standard input: Is a directory'
run_at_once sh -c "'$terrarium' run 0>nowhere"
refused "standard input cannot be read" 2 'standard input: it is open for writing alone'
run_at_once "$terrarium" run --input none --stop-at 1s <"$work"
case_ok "but it need not be read" is "$status" 124
run_at_once sh -c "'$terrarium' run <script >/dev/full"
refused "standard output is full" 4 'standard output: No space left on device'
run_at_once sh -c "'$terrarium' run --trace /dev/full <script"
case_ok "the trace is full" is "$status" 4
case_ok "that is told" has "$err" '/dev/full: No space left on device'
run_at_once sh -c "'$terrarium' doctor >/dev/full"
case_ok "what the doctor says is not lost" is "$status" 1
case_ok "unless that is told" has "$err" 'standard output: No space left on device'

finish
