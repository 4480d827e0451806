#!/bin/sh
# SPDX-License-Identifier: MIT
# Broken program images: refused in words, the simulator alive or stopped cleanly.
# usage: test_images.sh TERRARIUM MAKE_IMAGES
. "$(dirname "$0")/check.sh"
terrarium=$1 make_images=$2

mkdir "$work/images"
"$make_images" "$work/images" || exit 1

for path in "$work"/images/*.elf; do
    name=$(basename "$path" .elf)
    feed 'it
ps
' "$terrarium" run --program it="$path"
    if [ "$name" = sound ]; then
        case_ok "$name runs" is "$status" 0
        feed 'it; echo code $?
' "$terrarium" run --program it="$path"
        case_ok "$name ends with its code" has "$out" 'code 7'
        continue
    fi
    case_ok "$name: the system lives or refuses to start" [ "$status" -eq 0 -o "$status" -eq 2 ]
    case_ok "$name: told in words" has "$out$err" "TR_E_NOEXEC\\|not a program\\|image\\|it:"
    printf 'module it %s\n' "$path" >"$work/boot"
    run "$terrarium" run "$work/boot"
    case_ok "$name as a module is status 2" is "$status" 2
    case_ok "$name as a module is named" has "$err" "\"it\"\|$name.elf"
done
feed 'it
' "$terrarium" run --program it="$work/images/unknown-symbol.elf"
case_ok "an unknown symbol is named" has "$out$err" 'tr_misspelt'
finish
