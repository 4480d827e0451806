#!/bin/sh
# SPDX-License-Identifier: MIT
#
# check.sh LIST LIBTR.A: what musl's members are promised ("own" in LIST) is there, and no symbol is
# there twice. NM in the environment is the tool for the target.
set -eu

"${NM:-nm}" -A -g --defined-only "$2" 2>/dev/null | awk -v list="$1" '
    NF >= 3 && $(NF - 1) !~ /[VW]/ {
        if ($NF in where) {
            print $NF " is in " where[$NF] " and in " $1 >"/dev/stderr"; failed = 1
        }
        where[$NF] = $1
    }
    NF >= 3 { defined[$NF] = 1 }
    END {
        while ((getline line <list) > 0) {
            sub(/#.*/, "", line)
            count = split(line, word)
            for (i = 2; word[1] == "own" && i <= count; i++) {
                if (!(word[i] in defined)) {
                    print "nobody has " word[i] ", which is promised to musl" >"/dev/stderr"
                    failed = 1
                }
            }
        }
        exit failed
    }'
