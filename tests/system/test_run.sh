#!/bin/sh
# SPDX-License-Identifier: MIT
# The built-in system run by scripts. usage: test_run.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2

feed 'ps
' "$terrarium" run
case_ok "a script of ps lists the console" has "$out" 'd.console'
case_ok "a script of ps lists the log" has "$out" 'a.log'
case_ok "a script of ps lists init" has "$out" 's.init'
case_ok "a script of ps lists the shell" has "$out" 'a.shell'
case_ok "the status of a good script is 0" is "$status" 0

feed 'help
' "$terrarium" run
for command in help ps threads kill suspend resume run send log mem uptime exit; do
    case_ok "help tells of $command" has "$out" "^$command "
done

feed 'exit 42
ps
' "$terrarium" run
case_ok "exit gives the status" is "$status" 42
case_ok "nothing runs after exit" has_not "$out" 'console'

feed 'nonsense
' "$terrarium" run
case_ok "an unknown command is named" has "$out$err" 'nonsense'
feed 'false
' "$terrarium" run
case_ok "the status of a script is that of its last command" is "$status" 1

feed 'ps' "$terrarium" run
case_ok "a last line without a newline counts" has "$out" 's.init'
run "$terrarium" run
case_ok "an empty script ends well" is "$status" 0

feed 'try-kill 1
ps
' "$terrarium" run
case_ok "the shell itself may not kill" has "$out$err" 'TR_E_PERM'
case_ok "what it tried to kill lives" has "$out" 'd.console'
case_ok "the refusal is in the log" has "$out$err" 'refused'

feed 'cat &
ps
kill %1
ps
' "$terrarium" run
case_ok "a job can be killed by way of init" is "$(printf '%s\n' "$out" | grep -c 'a.cat$')" 1

feed 'timers &
suspend %1
threads
resume %1
' "$terrarium" run
case_ok "a job can be suspended by way of init" has "$out" 'suspended'

feed 'kill console
' "$terrarium" run
case_ok "a system that has lost its console says so" has "$err" 'no d.console is alive (s.init, process [0-9]*, ended it): the system ends'
feed 'kill 2
sleep 1
exit 4
' "$terrarium" run
case_ok "one that reboots for want of a log says so" has "$err" 'no a.log is alive (s.init, process [0-9]*, ended it): the system reboots'
feed 'exit 4
' "$terrarium" run
case_ok "one that has both says nothing" is "$err$status" 4

feed 'hello | upper
' "$terrarium" run
case_ok "programs are joined by pipes" has "$out" 'HELLO'
feed 'run hello
' "$terrarium" run
case_ok "run runs a program" has "$out" 'Hello'
feed 'status 9; echo $?
' "$terrarium" run
case_ok "a program's status is told" has "$out" '^9$'

run "$terrarium" exec "$programs/status.elf" 5
case_ok "exec ends with the program's status" is "$status" 5
for code in 256 300 -1; do
    run "$terrarium" exec "$programs/status.elf" "$code"
    case_ok "exit code $code is no success" is "$status" 255
    case_ok "and is told as what it is" has "$err" "exit code $code"
done
run "$terrarium" exec "$programs/status.elf" 255
case_ok "exit code 255 needs no words" is "$status$err" 255
feed 'status 300; echo $?
' "$terrarium" run
case_ok "the shell knows a status above 255" has "$out" '^300$'
run "$terrarium" exec "$programs/args.elf" one "two words"
case_ok "exec passes arguments" has "$out" 'two words'
run "$terrarium" exec "$programs/args.elf" 'say "hi"' '#7' "" 'a\b' "it's" 'two
lines' "$(printf '\001')"
case_ok "exec passes quotes" has "$out" '^1 .say "hi".$'
case_ok "exec passes a #" has "$out" '^2 .#7.$'
case_ok "exec passes an empty word" has "$out" '^3 \[\]$'
case_ok "exec passes backslash, apostrophe and a line end" \
    is "$(printf '%s\n' "$out" | sed -n '5,8p' | tr '\n' ' ')" "4 [a\\b] 5 [it's] 6 [two lines] "
case_ok "exec passes control bytes" is "$(printf '%s\n' "$out" | tail -n 1)" "$(printf '7 [\001]')"
feed "args 'say \"hi\"' '' '#' | cat
" "$terrarium" run
case_ok "the shell passes quotes, into a pipe too" has "$out" '^1 .say "hi".$'
case_ok "the shell passes an empty word" has "$out" '^2 \[\]$'
run "$terrarium" exec /nowhere.elf
case_ok "exec of a missing file is status 2" is "$status" 2
case_ok "exec of a missing file names it" has "$err" '/nowhere.elf'

feed 'reboot
echo a
echo b
exit 5
' "$terrarium" run
case_ok "a script goes on after a reboot" is "$(printf '%s\n' "$out" | tail -n 2 | tr '\n' ' ')" "a b "
case_ok "and to its end" is "$status" 5

run "$terrarium" --help
case_ok "help is on standard output" has "$out" 'usage'
case_ok "help is status 0" is "$status" 0
for command in run exec trace cc list extract doctor version; do
    run "$terrarium" "$command" --help
    case_ok "$command --help works" is "$status" 0
done
run "$terrarium" run --seed 3 --help
case_ok "--help works among options" has "$out" '--seed N'
run "$terrarium" help --help
case_ok "help --help is the overview" has "$out" 'usage: terrarium COMMAND'
run "$terrarium" cc -O2 "$work/program.cpp" -o "$work/program.elf"
case_ok "cc says that programs are C" has "$err" 'program.cpp: programs are written in C'
run "$terrarium" frobnicate
case_ok "an unknown command is status 2" is "$status" 2
case_ok "an unknown command is named" has "$err" 'frobnicate'
run "$terrarium" run --frobnicate
case_ok "an unknown option is status 2" is "$status" 2
run "$terrarium" run --seed
case_ok "an option without its value is status 2" is "$status" 2
run "$terrarium" run --seed apple
case_ok "a bad number is status 2" is "$status" 2
case_ok "a bad number is named" has "$err" 'apple'
run "$terrarium" run --stop-at 20ms --input none
case_ok "--stop-at is status 124" is "$status" 124
run "$terrarium" run --stop-at 0
case_ok "--stop-at 0 stops at once" is "$status$out" 124
run "$terrarium" run --stop-at 5
case_ok "a time without a unit is refused" is "$status" 2
case_ok "and the units are told" has "$err" '20ms'
run "$terrarium" run --disk "$work"
case_ok "a folder is no disk: status 2" is "$status" 2
case_ok "and it is named" has "$err" "$work"
feed 'ps' "$terrarium" run --ram 3M
case_ok "a machine too small for its session says why" has "$out$err" \
    'not enough memory\|out of memory'
case_ok "and ends, with no session" has "$status" '^[256]$'
finish
