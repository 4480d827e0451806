#!/bin/sh
# SPDX-License-Identifier: MIT
# Shells within shells, and who may have programs started (services.md 5).
# usage: test_nested.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2
LIMIT=40

script() { # TEXT: run it with a program that asks, and a shell by another name
    feed "$1
" "$terrarium" run --program asker="$programs/asker.elf" --program sh="$programs/shell.elf"
}

# ---- A shell within a shell ------------------------------------------------------------------

script 'shell
hello one
produce 3 | upper | consume
exit 5
echo $?'
case_ok "it starts programs" has "$out" '^Hello, one!$'
case_ok "and pipelines" has "$out" '^3 numbers, sum 6$'
case_ok "its status is the outer one's \$?" has "$out" '^5$'
script 'shell
shell
shell
hello three
greet
Ada
exit 3
echo $?
exit 2
echo $?
exit 1
echo $?
exit 9'
case_ok "three levels deep it does" has "$out" '^Hello, three!$'
case_ok "its programs read" has "$out" 'Ada'
case_ok "each exit goes one back" is "$(printf '%s' "$out" | grep '^[0-9]$' | tr '\n' ' ')" '3 2 1 '
case_ok "the first one's is the system's" is "$status" 9
script 'shell
spin &
produce 100000 | spin &
exit
sleep 0.1
ps
echo end'
case_ok "what it has started ends with it" has_not "$out" 'a.spin\|a.produce'
case_ok "it says so" has "$err" '^shell: 2 jobs end with it$'
case_ok "the outer one goes on" has "$out" '^end$'
script 'shell
shell
spin &
spin 1
sleep 0.1
exit
kill shell
try-kill shell
reboot
echo here'
case_ok "nor does it end those that it works for" has "$err" '^kill: shell: .*TR_E_PERM'
case_ok "nor reboots" has "$err" '^reboot: only the first shell may; exit goes back$'
case_ok "it goes on" has "$out" '^here$'
script 'shell
shell
spin &
sleep 0.1
kill 13
sleep 0.1
ps'
case_ok "nor those that they work for" has "$err" 'TR_E_PERM'

# ---- Commands by a pipe ----------------------------------------------------------------------

script 'echo "echo one; hello; echo two; cat; exit 7" | shell
echo $?
echo "echo one; hello; echo two | cat; echo three" | shell | upper
echo "ps; spin &" | shell | count
ps'
case_ok "they are run" is "$(printf '%s\n' "$out" | head -n 4 | tr '\n' ' ')" 'one Hello from hello. two 7 '
case_ok "programs write where the shell writes, in order" \
    is "$(printf '%s\n' "$out" | sed -n 5,8p | tr '\n' ' ')" 'ONE HELLO FROM HELLO. TWO THREE '
case_ok "there is no prompt and no greeting" has_not "$out" 'terrarium>\|exit goes back'
case_ok "with its end its writers end" has "$out" '^1[0-9] lines'
case_ok "so do its jobs" has_not "$out" 'a.spin'

# ---- Who may not -----------------------------------------------------------------------------

operation=1
while [ "$operation" -le 9 ]; do
    script "asker 's\\init' $operation 11 0 hello
log
echo end"
    case_ok "who is no deputy may not ask for $operation" has "$out" "^asked $operation: TR_E_PERM\$"
    case_ok "and is named in the log ($operation)" \
        has "$out" 'a.asker (process [0-9]*) may not ask s.init: it is neither the session nor was it started as a deputy$'
    case_ok "and nothing happens ($operation)" has "$out" '^end$'
    operation=$((operation + 1))
done
script "asker 's\\init' 1 0 2 hello"
case_ok "nor have a deputy started" has "$out" '^asked 1: TR_E_PERM$'
case_ok "which does not start" has_not "$out" 'Hello'
script 'sh
hello
programs
ps
exit 4
echo $?
hello'
case_ok "a shell by another name may not" has "$err" \
    '^hello: not started: s.init takes no orders from this shell, as who started it has not said so (help trust)$'
case_ok "it looks" has "$out" 'a.sh$'
case_ok "it ends" has "$out" '^4$'
case_ok "the outer one may" is "$(printf '%s' "$out" | grep -c '^Hello')" 1
script 'trust sh
hello
exit 4'
case_ok "who is trusted may" has "$out" '^Hello'
script "trust asker 's\\init' 1 0 0 asker 's\\init' 1 0 0 hello
trust asker 's\\init' 1 0 2 asker 's\\init' 1 0 0 hello"
case_ok "the right is not inherited" is "$(printf '%s' "$out" | grep '^asked' | head -n 2 | tr '\n' ' ')" \
    'asked 1: done asked 1: TR_E_PERM '
case_ok "but given on" is "$(printf '%s\n' "$out" | grep -c '^asked 1: done$\|^Hello')" 4
for operation in 5 6; do
    script "trust asker 's\\init' $operation 3 0
echo end"
    case_ok "a deputy does not stop the system ($operation)" has "$out" "^asked $operation: TR_E_PERM\$"
    case_ok "which goes on ($operation)" has "$out" '^end$'
done
for operation in 2 3; do
    script "trust asker 's\\init' $operation 11 0
trust asker 's\\init' $operation 4 0
shell
trust asker 's\\init' $operation 11 0
ps
trust asker 's\\init' $operation 9999 0"
    case_ok "nor touches the session or s\\init ($operation)" \
        is "$(printf '%s\n' "$out" | grep -c "^asked $operation: TR_E_PERM\$")" 3
    case_ok "the session is process 11" has "$out" '^ *11 .*a.shell$'
    case_ok "of nobody there is nothing to end ($operation)" has "$out" "^asked $operation: TR_E_NOENT\$"
done
script "spin &
trust asker 's\\init' 1 0 0 spin 100000000000 &
sleep 0.1
ps
kill asker
sleep 0.1
ps"
case_ok "what a deputy has started runs" is "$(printf '%s' "$out" | grep -c 'a.spin')" 3
script "trust asker 's\\init' 1 0 0 spin &
sleep 0.1
kill asker
sleep 0.1
ps"
case_ok "and ends with it" has_not "$out" 'a.spin'

script "trust asker 's\\init' 1 0 0 spin &
sleep 0.1
ps
kill 11
echo again
ps"
case_ok "a session that is killed is started again" has "$out" '^again$'
case_ok "without the deputies of the old one, and what they have started" \
    is "$(printf '%s\n' "$out" | grep -c 'a.asker$\|a.spin$')" 2

# ---- The console's session -------------------------------------------------------------------

script "asker 'd\\console' 4 0 0
asker 'd\\console' 5 1 1
asker 'd\\console' 8 1 0
trust asker 'd\\console' 4 0 0 &
wait
trust asker 'd\\console' 4 0 0"
case_ok "nobody takes the session" is "$(printf '%s' "$out" | grep '^asked' | tr '\n' ' ')" \
    'asked 4: TR_E_BUSY asked 5: TR_E_PERM asked 8: TR_E_PERM asked 4: TR_E_BUSY asked 4: done '
finish
