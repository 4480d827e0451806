#!/bin/sh
# SPDX-License-Identifier: MIT
# Closed pipes, full disks and signals at any time: the simulator ends cleanly with a documented
# code. usage: test_streams.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2
out='' err='' status=0

printf 'ps\nps\nps\nhelp\nhelp\nhelp\n' >"$work/script"
{ timeout 20 "$terrarium" run <"$work/script" 2>"$work/err"; echo $? >"$work/status"; } | head -c 10 >"$work/out"
status=$(cat "$work/status")
err=$(cat "$work/err")
case_ok "a reader that goes away is 141 or the script's end" \
    [ "$status" -eq 141 -o "$status" -eq 0 ]

i=0
while [ "$i" -lt 6000 ]; do
    echo help
    i=$((i + 1))
done >"$work/long"
{ timeout 60 "$terrarium" run <"$work/long" 2>"$work/err"; echo $? >"$work/status"; } | head -n 3 >"$work/out"
status=$(cat "$work/status")
case_ok "a reader that goes away in the middle is 141" is "$status" 141

status=0
timeout 20 "$terrarium" run <"$work/script" >/dev/full 2>"$work/err" || status=$?
err=$(cat "$work/err")
case_ok "a full disk is an error with a message" [ "$status" -ne 0 -a "$status" -ne 124 ]
case_ok "a full disk is named" has "$err" 'No space left'

for command in doctor list help 'help run'; do
    status=0
    # shellcheck disable=SC2086 # one word each
    timeout 20 "$terrarium" $command >/dev/full 2>"$work/err" || status=$?
    err=$(cat "$work/err")
    case_ok "$command on a full disk fails" is "$status" 1
    case_ok "$command on a full disk says so" has "$err" 'standard output: '
done

for row in 'INT 130' 'TERM 143'; do
    signal=${row% *} wanted=${row#* }
    mkfifo "$work/fifo"
    mkfifo "$work/told"
    exec 4<>"$work/told"
    "$terrarium" run <"$work/fifo" >"$work/told" 2>"$work/err" 4>&- &
    pid=$!
    exec 3>"$work/fifo"
    echo ps >&3
    # The first byte of what ps prints: then the script is waited for, and the clock stands still.
    timeout 20 head -c 1 <&4 >"$work/out" || true
    kill -s "$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    exec 3>&- 4>&-
    rm "$work/fifo" "$work/told"
    out=$(cat "$work/out")
    err=$(cat "$work/err")
    case_ok "the system of SIG$signal has come to its script" [ -s "$work/out" ]
    case_ok "SIG$signal while waiting for input is $wanted" is "$status" "$wanted"
done

status=0
timeout 20 "$terrarium" run <&- >"$work/out" 2>"$work/err" || status=$?
out=$(cat "$work/out") err=$(cat "$work/err")
case_ok "a closed standard input is an empty script" [ "$status" -eq 0 -o "$status" -eq 4 ]
head -c 40000 /dev/urandom >"$work/noise"
status=0
timeout 60 "$terrarium" run <"$work/noise" >"$work/out" 2>"$work/err" || status=$?
out='' err=$(tail -c 300 "$work/err" | tr -d '\000')
case_ok "noise on standard input is survived" [ "$status" -ne 3 -a "$status" -ne 124 -a "$status" -lt 128 ]
awk 'BEGIN { for (i = 0; i < 30000; i++) printf "x"; print "" ; print "ps" }' >"$work/wide"
status=0
timeout 60 "$terrarium" run <"$work/wide" >"$work/out" 2>"$work/err" || status=$?
out=$(tail -c 2000 "$work/out") err=$(tail -c 300 "$work/err")
case_ok "a line of 30000 bytes is survived" has "$out" 's.init'

# Bytes of piped input, all of them, and the end of it.
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "%c\n", 4 ; printf "\003 \032 \177 end\004" }' >"$work/in.bytes"
status=0
timeout 60 "$terrarium" exec "$programs/copier.elf" <"$work/in.bytes" >"$work/out" 2>"$work/err" || status=$?
out='' err=$(cat "$work/err")
{ cat "$work/in.bytes"; echo; } >"$work/wanted"
case_ok "every byte of piped input arrives, 04 too, and no other" cmp "$work/wanted" "$work/out"
case_ok "and then comes the end, with or without a last newline" is "$status" 0
case_ok "what a program complains of is in standard error" \
    is "$(grep -c '^copier: ' "$work/err")$(grep -c '^copier: ' "$work/out")" 20
case_ok "the number of bytes is right" has "$err" "^copier: $(wc -c <"$work/in.bytes") bytes\$"
"$terrarium" exec "$programs/copier.elf" <"$work/script" >"$work/both" 2>&1
out=$(cat "$work/both")
case_ok "in one file both are in order" \
    is "$(tr '\n' ' ' <"$work/both")" "copier: begins ps ps ps help help help  copier: 24 bytes "
feed 'nonsense
' "$terrarium" run
case_ok "the shell complains in standard error" has "$err" nonsense
case_ok "and nowhere else" has_not "$out" nonsense
feed "$(printf 'echo a\004b\ncopier\nx\004y')" "$terrarium" run --program copier="$programs/copier.elf"
case_ok "04 in a script is a byte of its line" has "$out" "$(printf '^a\004b$')"
case_ok "a script's rest goes to the program that reads it" has "$out" "$(printf '^x\004y$')"
# ---- Lines on a terminal -----------------------------------------------------------------------

# With a word of the system's, of a program's and of the simulator's own.
printf 'echo one\nnothing\nexit\n' >"$work/typed"
echo "$terrarium run --verbose --at 1ms='bad floppy0 99999' --floppy none" >"$work/terminal.sh"
script -qec "sh $work/terminal.sh" /dev/null <"$work/typed" >"$work/lines" 2>&1
for what in 'one' 'nothing: no such command' 'floppy 0: it has no such sectors' 'port traps'; do
    line=$(grep -a "$what" "$work/lines" | tail -n 1 | od -An -c | tr -s ' \n' ' ')
    case_ok "a terminal's line ends with CR LF, once: $what" has "$line" '[^r] .r .n $'
done
case_ok "no line of it ends otherwise" [ "$(grep -ac "$(printf '[^\r]$')" "$work/lines")" -eq 0 ]
case_ok "none ends twice" [ "$(grep -ac "$(printf '\r\r$')" "$work/lines")" -eq 0 ]

finish
