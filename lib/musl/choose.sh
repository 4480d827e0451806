#!/bin/sh
# SPDX-License-Identifier: MIT
#
# choose.sh LIST LIBC.A FOLDER: takes the members of musl's libc.a that the symbols of LIST need into
# FOLDER, and checks them. Prints the names of the object files, one a line. A member that a program
# of Terrarium cannot have is named with what is wrong, and the status is 1.
#
# NM, AR, OBJCOPY, OBJDUMP and READELF in the environment are the tools for the target.
set -eu

list=$1
archive=$2
folder=$3
NM=${NM:-nm} AR=${AR:-ar} OBJCOPY=${OBJCOPY:-objcopy}
OBJDUMP=${OBJDUMP:-objdump} READELF=${READELF:-readelf}

rm -rf "$folder"
mkdir -p "$folder"

# The members, by way of what they define and leave open. A symbol of the list that no member has is
# an error; so is one that neither a member nor the list's "own" and "compiler" lines give.
"$NM" -A -g "$archive" 2>/dev/null | awk -v list="$list" -v edits="$folder/edits" \
    -v everywhere="$folder/everywhere" '
    function take(symbol) {
        member = symbol in strong ? strong[symbol] : weak[symbol]
        if (!(member in taken)) {
            taken[member] = 1
            queue[++last] = member
        }
    }
    function edit(symbol, from, to, words) {
        member = strong[symbol]
        open[member] = replaced(open[member], from, to)
        given[member] = replaced(given[member], from, to)
        print member, words >edits
    }
    function replaced(symbols, from, to,    i, count, word, result) {
        count = split(symbols, word)
        for (i = 1; i <= count; i++) {
            result = result " " (word[i] == from ? to : word[i])
        }
        return result
    }
    function need(symbol, who) {
        if (symbol in own || symbol == "_GLOBAL_OFFSET_TABLE_") {
            return
        }
        if (!(symbol in strong) && !(symbol in weak)) {
            for (pattern in compiler) {
                if (symbol ~ ("^" pattern "$")) {
                    return
                }
            }
            printf "%s needs \"%s\", which nobody has\n", who, symbol >"/dev/stderr"
            failed = 1
            return
        }
        take(symbol)
    }
    BEGIN {
        while ((getline line <list) > 0) {
            sub(/#.*/, "", line)
            count = split(line, word)
            if (word[1] == "rename") {
                renames[word[2]] = word[3] " " word[4]
            } else if (word[1] == "everywhere") {
                others[word[2]] = word[3]
                words = words " --redefine-sym " word[2] "=" word[3]
            } else if (word[1] == "drop") {
                drops[word[3]] = word[2]
            }
            for (i = 2; i <= count; i++) {
                if (word[1] == "take") {
                    wanted[++wishes] = word[i]
                } else if (word[1] == "own") {
                    own[word[i]] = 1
                } else if (word[1] == "compiler") {
                    compiler[word[i]] = 1
                }
            }
        }
    }
    {
        member = $1
        sub(/:[0-9a-f]*$/, "", member)
        sub(/.*[:[]/, "", member)
        sub(/]$/, "", member)
        type = $(NF - 1)
        if (type == "U") {
            open[member] = open[member] " " ($NF in others ? others[$NF] : $NF)
        } else if (type ~ /[VW]/) {
            weak[$NF] = member
        } else if (type ~ /[A-Z]/) {
            strong[$NF] = member
            given[member] = given[member] " " $NF
        }
    }
    END {
        printf "" >edits
        print words >everywhere
        for (symbol in renames) {
            split(renames[symbol], word)
            edit(symbol, word[1], word[2], "--redefine-sym " word[1] "=" word[2])
        }
        for (symbol in drops) {
            edit(symbol, drops[symbol], "", "--remove-section .text." drops[symbol])
        }
        for (i = 1; i <= wishes; i++) {
            if (wanted[i] in strong || wanted[i] in weak) {
                take(wanted[i])
            } else {
                need(wanted[i], "the list")
            }
        }
        for (first = 1; first <= last; first++) {
            count = split(open[queue[first]], symbols)
            for (i = 1; i <= count; i++) {
                need(symbols[i], queue[first])
            }
            count = split(given[queue[first]], symbols)
            for (i = 1; i <= count; i++) {
                if (symbols[i] in own) {
                    printf "%s has \"%s\", which is our own\n", queue[first], symbols[i] \
                        >"/dev/stderr"
                    failed = 1
                }
            }
            print queue[first]
        }
        exit failed
    }' >"$folder/members" || exit 1

archive=$(realpath "$archive")
# shellcheck disable=SC2046 # one word a member
(cd "$folder" && "$AR" x "$archive" $(sort members))
while read -r member words; do
    # shellcheck disable=SC2086 # several words
    "$OBJCOPY" $words "$folder/$member"
done <"$folder/edits"
read -r words <"$folder/everywhere" || words=''
if [ -n "$words" ]; then
    for member in "$folder"/*.?o; do
        # shellcheck disable=SC2086
        "$OBJCOPY" $words "$member"
    done
fi

# What they may not have: a host call; a word behind the thread pointer other than the canary at 0x28;
# an address that is fixed at link time.
"$OBJDUMP" -d "$folder"/*.?o | awk '
    /file format/ { sub(/:.*/, ""); sub(/.*\//, ""); member = $0 }
    /\t(syscall|sysenter|svc|int +\$0x80)/ {
        print member " makes a host call" >"/dev/stderr"; failed = 1
    }
    /%fs:/ && !/%fs:(0x28|40)([^0-9a-f]|$)/ || /tpidr_el0/ {
        print member " reads the host library'"'"'s thread block" >"/dev/stderr"; failed = 1
    }
    END { exit failed }' || exit 1
"$READELF" -rW "$folder"/*.?o | awk '
    /^File: / { sub(/.*\//, ""); member = $0 }
    $3 ~ /^R_/ && $3 !~ /^R_X86_64_(64|PC32|PC64|PLT32|GOTPCREL|GOTPCRELX|REX_GOTPCRELX|GOTPC32)$/ &&
    $3 !~ /^R_AARCH64_(ABS64|PREL32|PREL64|CALL26|JUMP26|CONDBR19|TSTBR14|ADR_PREL_PG_HI21)$/ &&
    $3 !~ /^R_AARCH64_(ADD_ABS_LO12_NC|LDST[0-9]+_ABS_LO12_NC|ADR_GOT_PAGE|LD64_GOT_LO12_NC)$/ {
        print member " has a relocation that cannot move: " $3 >"/dev/stderr"; failed = 1
    }
    END { exit failed }' || exit 1

# Their names say where they are from.
cd "$folder"
sort members | while read -r member; do
    mv "$member" "musl_${member%.*}.o"
    printf '%s\n' "musl_${member%.*}.o"
done
