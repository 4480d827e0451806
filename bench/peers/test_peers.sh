#!/bin/sh
# SPDX-License-Identifier: MIT
# Peers take orders and answer; one that is not installed is a sentence in the table, and no failure.
# usage: test_peers.sh TERRARIUM_BENCH
. "$(dirname "$0")/../../tests/system/check.sh"
bench=$1

run "$bench" --peers --quick --only "peers: their program" --json "$work/json"
case_ok "the program of the peers runs on the host itself" is "$status" 0
case_ok "its row has a figure beside the pipe" \
    has "$out" 'peers: their program on the host, 64 B  *7 .*[µn]s   pipe ping-pong .*[µn]s'
case_ok "so has the JSON" has "$(cat "$work/json")" '"samples": 7, .*"ratio": [0-9.]*}'

# With a PATH that has none of them.
run env PATH="$work" "$bench" --peers --quick --only "pipes, 64 B" --json "$work/json"
case_ok "peers that are not here are no failure" is "$status" 0
case_ok "User Mode Linux is named with its package" has "$out" 'no linux.uml .*user-mode-linux'
case_ok "gVisor is named with its package" has "$out" 'no runsc .*(package runsc)'
case_ok "the JSON has no row of theirs" has_not "$(cat "$work/json")" '"name"'

# One that is there and does not speak.
printf '#!/bin/sh\nexit 3\n' >"$work/runsc"
chmod +x "$work/runsc"
run env PATH="$work:$PATH" "$bench" --peers --quick --only "gVisor (ptrace): pipes"
case_ok "one that does not start is no failure" is "$status" 0
case_ok "and a sentence" has "$out" 'gVisor (ptrace): pipes, 64 B .*it does not start here'

run "$bench" --quick --only "peers: their program"
case_ok "without --peers there is no row of them" has_not "$out" 'peers:'
finish
