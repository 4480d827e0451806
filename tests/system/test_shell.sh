#!/bin/sh
# SPDX-License-Identifier: MIT
# The shell's commands that look and repeat, and pipes between programs: stages that die early, that
# never read, that are killed. usage: test_shell.sh TERRARIUM PROGRAMS
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2
LIMIT=40

lines() { # TEXT PATTERN: how many lines match
    printf '%s\n' "$1" | grep -c -e "$2"
}

feed 'watch -c 3 -n 0.5 hello
' "$terrarium" run
case_ok "watch runs a command COUNT times" is "$(lines "$out" 'Hello')" 3
case_ok "watch says when, how often and what" has "$out" '^0\.50. s, every 0.5 s: hello$'
feed 'watch -c 2 produce 3 | upper | consume
' "$terrarium" run
case_ok "watch runs a pipeline" is "$(lines "$out" '^3 numbers, sum 6$')" 2
for wrong in 'watch' 'watch -c' 'watch -n 0 ps' 'watch -x 1 ps' 'watch ps' 'watch -c 2 ps &'; do
    feed "$wrong
" "$terrarium" run
    case_ok "\"$wrong\" in a script is status 2" is "$status" 2
done

feed 'stat 1 3
' "$terrarium" run
case_ok "stat writes as many lines as it is told" is "$(lines "$out" '^ *[0-9][0-9 ]*|[0-9 ]*|[0-9 ]*$')" 3
feed 'hello
stat
' "$terrarium" run
case_ok "stat counts calls by name" has "$out" '[1-9][0-9]*   tr_process_spawn$'
case_ok "stat counts switches by cause" has "$out" '[1-9]   by sleep$'
feed 'stat 1
' "$terrarium" run
case_ok "endless stat in a script is status 2" is "$status" 2

feed 'shm
shm make 1
shm write 1 18 "under glass"
shm read 1
shm
shm write 1 4090 "under glass"
shm leave 1
shm read 1
' "$terrarium" run
case_ok "shm: nothing to see at first" has "$out" 'in no shared memory'
case_ok "shm make tells id and key" has "$out" '^id 1 key [0-9]'
case_ok "shm read shows what was written" has "$out" '10 .* 75 6e .*under glass'
case_ok "shm lists pages, members and rights" has "$out" '^ *1 *1 *1 rw-'
case_ok "shm write beyond the end is refused" has "$err$out" 'has 4096 bytes'
case_ok "shm left is gone" is "$status" 1
feed 'shm join 1 12345
' "$terrarium" run
case_ok "a wrong key opens nothing" has "$out$err" 'TR_E_ACCES'

feed 'echo before
hello > x
echo "a > b" '"'<'"'
' "$terrarium" run
case_ok "a redirection is refused, and nothing is run" has_not "$out" 'Hello'
case_ok "it is said why, and how the sign is a letter" has "$err" \
    '^shell: there is no redirection yet, as there are no files; in quotes < and > are letters$'
case_ok "in quotes it is one" has "$out" '^a > b <$'
for name in exit-codes codes status; do
    feed "help $name
" "$terrarium" run
    case_ok "help $name tells of them" has "$out" '^  129  page fault or stack overflow'
done

# Every code that the sources give a meaning.
sources=$(dirname "$0")/../..
codes=$(sed -n 's/^ *SIM_EXIT_[A-Z]* = \([0-9]*\),.*/\1/p' "$sources/sim/exit.h"
    sed -n 's/^#define STATUS_[A-Z_]* *\([0-9]*\) .*/\1/p' "$sources/apps/shell/shell.h" | grep -v 128
    sed -n 's/^#define SESSION_FAILED *\([0-9]*\) .*/\1/p' "$sources/servers/init/child.c"
    sed -n 's/^#define ONCE_NOT_STARTED *\([0-9]*\) .*/\1/p' "$sources/servers/init/list.c"
    for code in $(sed -n 's/^ *TR_FAULT_[A-Z]* = \([0-9]*\),.*/\1/p' "$sources/include/terrarium/types.h") \
        $(sed -n 's/^#define SIG[A-Z]* *\([0-9]*\)$/\1/p' "$sources/lib/include/signal.h"); do
        echo $((code + 128))
    done)
case_ok "codes are found in the sources" [ "$(printf '%s\n' "$codes" | wc -l)" -gt 20 ]
feed 'help exit-codes
' "$terrarium" run
for code in $(printf '%s\n' "$codes" | sort -nu); do
    case_ok "help exit-codes names $code" has "$out" "^  $code  "
done
feed 'faulty null
help $?
help 0
help 42
help 160
help -1
' "$terrarium" run
case_ok "help \$? tells of the last one" has "$out" '^129: page fault or stack overflow; of a run: '
case_ok "of success" has "$out" '^0: all went well$'
case_ok "of a number that is the program's" has "$out" "^42: the program's own$"
case_ok "of a signal's" has "$out" "^160: the program's own; of a run: ended by signal 32$"
case_ok "of one below zero" has "$out" "^-1: the program's own$"

# ---- What programs say of themselves (services.md 4) -----------------------------------------

set -- ''
shift
for folder in "$sources"/apps/*/ "$sources"/servers/*/ "$sources"/drivers-virtual/*/; do
    name=$(basename "$folder")
    [ ! -e "$folder/main.c" ] || set -- "$@" --program "$name=$programs/$name.elf"
done
feed 'programs
' "$terrarium" run "$@"
while [ $# -gt 0 ]; do
    name=${2%%=*}
    case_ok "$name says what it does" has "$out" "^$name  *[a-z]"
    shift 2
done
stranger() { # NAME SOURCE: a program that another has written
    printf '%s\n' '#include <terrarium.h>' "$2" 'int main(void) { return 0; }' >"$work/$1.c"
    "$terrarium" cc "$work/$1.c" -o "$work/$1.elf" || echo "$1 cannot be made"
}
long=0123456789012345678901234567890123456789012345678901234567890
stranger known 'TR_PROGRAM_ABOUT("has a \"line\"");'
stranger silent ''
stranger coloured 'TR_PROGRAM_ABOUT("is \033[31mred");'
stranger wordy "TR_PROGRAM_ABOUT(\"$long\");"
stranger early 'TR_PROGRAM_ABOUT("ends early\0or not");'
head -c 70 "$work/known.elf" >"$work/cut.elf"
set -- ''
shift
for name in known silent coloured wordy early cut; do
    set -- "$@" --program "$name=$work/$name.elf"
done
feed 'programs
help known
help silent
known && silent && coloured && wordy && early
' "$terrarium" run "$@"
case_ok "a stranger's program has its line" has "$out" '^known  *has a "line"$'
for name in silent coloured wordy early cut; do
    case_ok "$name is listed without one" has "$out" "^$name\$"
done
case_ok "none of their bytes is shown" has_not "$out" '31m\|0123456789\|or not\|ends early'
case_ok "they run" is "$status" 0
case_ok "help tells of a program" has "$out" '^known is a program: it has a "line"$'
case_ok "also of one that says nothing" has "$out" '^silent is a program$'

for command in watch stat shm devices; do
    feed "help $command
" "$terrarium" run
    case_ok "help $command tells more than a line" [ "$(printf '%s\n' "$out" | wc -l)" -gt 3 ]
done
feed 'devices
' "$terrarium" run
case_ok "devices is status 0" is "$status" 0

feed 'produce 5 | upper | count
' "$terrarium" run
case_ok "three stages" has "$out" '^5 lines, 5 words, 10 bytes$'
feed 'produce 100000 | hello | count
' "$terrarium" run
case_ok "a stage that does not read: its writer is told" has "$out$err" 'nobody reads any more'
case_ok "a stage that does not read: its reader gets its words" has "$out" '^1 lines'
feed 'produce 100000 | faulty null | count
' "$terrarium" run
case_ok "a stage that faults: its reader sees the end" has "$out" '^0 lines'
case_ok "a stage that faults: its writer is told" has "$out$err" 'nobody reads any more'
feed 'produce 100000 | spin &
sleep 0.1
kill %1
sleep 0.1
ps
' "$terrarium" run
case_ok "kill of a job ends all its stages" has_not "$(printf '%s\n' "$out" | grep -v '^\[')" 'produce\|spin'
case_ok "kill of a job is told once" is "$(lines "$out" 'killed')" 1
feed 'ps | nonsense | count
' "$terrarium" run
case_ok "a stage that is not there is status 127" is "$status" 127
feed 'produce 3 | cat | cat | cat | cat | cat | cat | consume
' "$terrarium" run
case_ok "eight stages" has "$out" '^3 numbers, sum 6$'
for command in help 'help shm' 'help stat' 'help exit-codes' 'help watch' uptime; do
    feed "$command
" "$terrarium" run
    case_ok "$command never stops in a script" has_not "$out" 'more --'
    case_ok "$command fits 80 columns" is "$(printf '%s\n' "$out" | grep -c '.\{81\}')" 0
done
# What a command says of its use ends with a word.
feed 'programs extra
jobs extra
kill
help jobs
' "$terrarium" run
case_ok 'a command without words is misused' has "$err" '^usage: programs$'
case_ok 'no line ends with a blank' has_not "$out$err" ' $'
finish
