#!/bin/sh
# SPDX-License-Identifier: MIT
# Keys: from the seed with the virtual clock, from the host with the host's; guessing is slow in
# both.
# usage: test_keys.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 program=$2/keyring.elf

keys_of() { # CLOCK SEED
    feed 'keyring
' "$terrarium" run --clock "$1" --seed "$2" --program keyring="$program"
    told=$(printf '%s\n' "$out" | grep '[de] 1 key [0-9a-f]\{16\}$')
    different=$(printf '%s\n' "$told" | sort -u -k 4 | wc -l)
    guessed=$(printf '%s\n' "$out" | grep -c guess)
    case_ok "clock $1, seed $2: six keys that differ" [ "$different" -eq 6 ]
    case_ok "clock $1, seed $2: wrong ones are slowed" has "$out" '^slowed$'
    case_ok "clock $1, seed $2: nothing is guessed" [ "$guessed" -eq 0 ]
}

keys_of virtual 5
first=$told
keys_of virtual 5
case_ok 'the same seed gives the same keys' [ "$told" = "$first" ]
keys_of virtual 6
case_ok 'another seed gives others' [ "$told" != "$first" ]
keys_of host 5
first=$told
keys_of host 5
case_ok "with the host's clock the seed does not matter" [ "$told" != "$first" ]
finish
