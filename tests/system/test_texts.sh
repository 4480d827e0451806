#!/bin/sh
# SPDX-License-Identifier: MIT
# Text files, whoever reads them: ends of lines, byte order marks, zero bytes, lines without end,
# words that cannot be shown. usage: test_texts.sh TERRARIUM
. "$(dirname "$0")/check.sh"
terrarium=$1

mark=$(printf '\357\273\277')
cr=$(printf '\r')

# as FORM: standard input as an editor of another system would have written it.
as() {
    case $1 in
    lf) cat ;;
    'cr lf') sed "s/\$/$cr/" ;;
    cr) tr '\n' '\r' ;;
    'mark, lf') sed "1s/^/$mark/" ;;
    'mark, cr lf') sed "1s/^/$mark/; s/\$/$cr/" ;;
    'no last end') head -c -1 ;;
    esac
}

cat >"$work/good.boot" <<'END'
# A system with a disk and a keyboard that types.
ram 32M
module console embedded:console $console
module log     embedded:log
module init    embedded:init
program init.drivers drivers
program init.list    list
program shell    embedded:shell
program pci      embedded:pci
program disk     embedded:disk
program keyboard embedded:keyboard
program keys     embedded:keys
disk disk.img
keyboard typed
END
cat >"$work/good.drivers" <<'END'
probe pci
# The keys are for everybody.
probe keyboard expose=application
pci 0101 disk expose=application
END
printf 'detect\nsession shell\n' >"$work/good.list"
printf '1s type aB\n+500ms key escape\n' >"$work/good.typed"
printf 'sleep 1\ndevices\nkeys\n' >"$work/good.script"
head -c 65536 /dev/zero >"$work/disk.img"

all_run() { # runs the five files as they are now
    timeout -k 5 "$LIMIT" "$terrarium" run "$work/boot" <"$work/script" >"$work/out" \
        2>"$work/err" || status=$?
    out=$(cat "$work/out") err=$(cat "$work/err")
}

for text in boot drivers list typed script; do
    for form in lf 'cr lf' cr 'mark, lf' 'mark, cr lf' 'no last end'; do
        for other in boot drivers list typed script; do
            cp "$work/good.$other" "$work/$other"
        done
        as "$form" <"$work/good.$text" >"$work/$text"
        status=0
        all_run
        case_ok "$text, $form: the disk is everybody's" has "$out" 'all *disks.ata.0'
        case_ok "$text, $form: a key is pressed" has "$out" "^key 30 pressed 'B' shift\$"
        case_ok "$text, $form: nothing is complained of" is "$err" ''
        case_ok "$text, $form: the end is good" is "$status" 0
    done
done

# ---- What is no text -------------------------------------------------------------------------

refused() { # NAME PATTERN FILE OPTION…: a run with a bad file
    name=$1 pattern=$2
    shift 2
    run "$terrarium" run "$@"
    case_ok "$name: it is told" has "$err" "$pattern"
    case_ok "$name: with 2 or 4" [ "$status" -eq 2 -o "$status" -eq 4 ]
    case_ok "$name: nothing runs" is "$out" ''
}
long() { # a line of 200000 bytes
    head -c 200000 /dev/zero | tr '\0' x
}
printf 'ram 32M\nse\0ed 1\n' >"$work/bad"
refused "boot file with a zero byte" 'bad:2: a zero byte: this is no text' "$work/bad"
(printf '\377\376' && printf 'ram 32M\n' | sed 's/./&\x00/g') >"$work/bad"
refused "boot file of two bytes a letter" 'bad:1: a zero byte: this is no text' "$work/bad"
(printf 'ram 32M\n' && long) >"$work/bad"
refused "boot file with an endless line" 'bad:2: a line of more than 128 KiB' "$work/bad"
printf '1s type a\n2s ke\0y b\n' >"$work/bad"
refused "keys with a zero byte" 'bad:2: a zero byte: this is no text' --keyboard "$work/bad"
(printf '1s type a\n' && long) >"$work/bad"
refused "keys with an endless line" 'bad:2: a line of more than 128 KiB' --keyboard "$work/bad"
refused "keys in a folder" "$work.: Is a directory" --keyboard "$work"
printf 'mo\033[31m\302\240\342\200\213dule x y\n' >"$work/bad"
refused "a word that cannot be shown" 'bad:1: "mo.x1B.31m.xC2.xA0' "$work/bad"
case_ok "and what takes no room" has "$err" '\\xE2\\x80\\x8Bdule'
printf 'seed 32%sx\n' "$mark" >"$work/bad"
refused "a mark in the middle" '32\\xEF\\xBB\\xBFx' "$work/bad"
printf 'größer x\n' >"$work/bad"
refused "letters of any language are shown" '"größer"' "$work/bad"

for text in list drivers; do
    for other in boot drivers list typed script; do
        cp "$work/good.$other" "$work/$other"
    done
    printf 'bad\0\n' >>"$work/$text"
    status=0
    all_run
    case_ok "$text with a zero byte: the line is told" has "$out$err" \
        "init.$text, line [0-9]*: a zero byte"
    case_ok "$text with a zero byte: the others count" has "$out" 'all *disks.ata.0'
done

# ---- Commands --------------------------------------------------------------------------------

feed 'echo one
' "$terrarium" run
# A variable of the shell holds no zero byte.
printf 'echo one\0two\necho three' >"$work/in"
run_at_once "$terrarium" run <"$work/in"
case_ok "a command with a zero byte is told" has "$err" 'a line with a zero byte is no command'
case_ok "and does nothing" is "$out" three
(printf 'echo ' && long && printf '\necho after\n') >"$work/in"
run_at_once "$terrarium" run <"$work/in"
case_ok "a command without end is told" has "$err" 'a line of more than 4095 bytes is no command'
case_ok "none of its parts is one" is "$out" after
(printf 'echo ' && long | head -c 4090 && printf '\necho ' && long | head -c 4091 &&
    printf '\necho after\n') >"$work/in"
run_at_once "$terrarium" run <"$work/in"
case_ok "a command of 4095 bytes is one" is "$out" "$(long | head -c 4090)
after"
case_ok "one of 4096 is told" is "$err" 'shell: a line of more than 4095 bytes is no command'
printf 'echo one\recho two\r\r\necho three\n\recho four' >"$work/in"
run_at_once "$terrarium" run <"$work/in"
case_ok "ends of lines may be mixed" is "$out" 'one
two
three
four'

finish
