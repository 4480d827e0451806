#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_iso_c.sh TERRARIUM: what ISO C asks for (iso_c.txt) is declared in its header, that header
# alone, and links; one program for each header.
terrarium=$1
. "${0%/*}/check.sh"
list=$(dirname "$0")/iso_c.txt

# program_of HEADER: a program that uses all of it.
program_of() {
    echo "#include <$1>"
    sed -n "s/^$1 macro //p" "$list" | tr ' ' '\n' |
        sed 's/.*/#ifndef &\n#error "& is not defined"\n#endif/'
    sed -n "s/^$1 type //p" "$list" | tr ' ' '\n' | sed 's/.*/extern & *pointer_to_&;/'
    echo 'typedef void function(void);'
    echo 'function *const volatile functions[] = {0'
    sed -n "s/^$1 function //p" "$list" | tr ' ' '\n' | sed 's/.*/    , (function *)\&(&)/'
    printf '};\nint main(void) { return functions[0] != 0; }\n'
}

sed '/^#/d; s/ .*//' "$list" | sort -u >"$work/headers"
while read -r header; do
    program_of "$header" >"$work/program.c"
    run "$terrarium" cc -std=c17 -Wno-pedantic -Wno-deprecated-pragma -Werror=implicit-function-declaration \
        "$work/program.c" -o "$work/program.elf"
    case_ok "$header has what it should" is "$status:$err" 0:
done <"$work/headers"
run "$terrarium" exec "$work/program.elf"
case_ok "such a program runs" is "$status" 0
finish
