#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb in batch mode: a breakpoint and a backtrace in guest code by name, and the shipped commands.
# usage: test_gdb.sh TERRARIUM GDB_SCRIPT PROGRAMS [ucontext]
. "$(dirname "$0")/check.sh"
terrarium=$1 script=$2 programs=$3 switch=$4
LIMIT=120

printf "faulty null\n" >"$work/script"
cat >"$work/commands" <<END
set confirm off
set debuginfod enabled off
source $script
set breakpoint pending on
break fault_null
run run --announce <$work/script
backtrace
tr-ps
tr-threads
kill
quit
END
run gdb -nx -batch -x "$work/commands" "$terrarium"
case_ok "a breakpoint in a guest function is hit" has "$out" 'Breakpoint 1, .*fault_null'
case_ok "it has file and line" has "$out" 'fault_null.*faults.*\.c:[0-9]'
case_ok "the backtrace goes to main" has "$out" '^#[0-9]* .*main (.*at .*main.c:[0-9]'
case_ok "tr-ps lists processes" has "$out" 's.init'
case_ok "tr-threads lists threads" has "$out" 'running'
tid=$(printf '%s\n' "$out" | sed -n 's/^ *\([0-9][0-9]*\) .*sleeping.*/\1/p' | head -n 1)
cat >"$work/commands" <<END
set confirm off
set debuginfod enabled off
source $script
set breakpoint pending on
break fault_null
run run --announce <$work/script
tr-bt ${tid:-1}
kill
quit
END
run gdb -nx -batch -x "$work/commands" "$terrarium"
case_ok "tr-bt shows a sleeping thread's frames" has "$out" '^#0 '
# gdb takes longer for a signal than a tick of the host's clock takes: it must get on all the same.
cat >"$work/commands" <<END
set confirm off
set debuginfod enabled off
source $script
set breakpoint pending on
break fault_null
run run --clock host --announce <$work/script
backtrace
kill
quit
END
LIMIT=60
run gdb -nx -batch -x "$work/commands" "$terrarium"
case_ok "with the host's clock a breakpoint is hit too" has "$out" 'Breakpoint 1, .*fault_null'
# Frames of a program's first thread, in a ghost function that it calls, and of its second thread.
trace() {
    cat >"$work/commands" <<END
set confirm off
set debuginfod enabled off
source $script
set breakpoint pending on
break in_main
break in_thread
run exec --announce $programs/$1.elf
echo main:\\n
backtrace
break tr_event_wait
continue
echo ghost:\\n
backtrace
continue
echo thread:\\n
backtrace
kill
quit
END
    run gdb -nx -batch -x "$work/commands" "$terrarium"
    main=$(printf '%s\n' "$out" | sed -n '/^main:/,/^ghost:/p' | grep '^#')
    ghost=$(printf '%s\n' "$out" | sed -n '/^ghost:/,/^thread:/p' | grep '^#')
    thread=$(printf '%s\n' "$out" | sed -n '/^thread:/,$p' | grep '^#')
}
trace traced
case_ok "the first thread's frames go to _start" has "$main" '^#4 .* _start ('
# With the portable switch ghosts are functions of the host, and a thread begins in its library.
if [ "$switch" != ucontext ]; then
    case_ok "and to what called it" has "$main" '^#5 .* gate_thread_start ()'
    case_ok "and end there" has_not "$main" '^#6\|?? ()'
    case_ok "a ghost function has its name" has "$ghost" '^#0 .* tr_event_wait ()'
    case_ok "its frames go to _start" has "$ghost" '^#4 .* _start ('
    case_ok "and end behind it" has_not "$ghost" '^#6\|?? ()'
    case_ok "another thread's frames go to its function" has "$thread" '^#1 .* second ('
    case_ok "and to what called that" has "$thread" '^#2 .* gate_thread_start ()'
    case_ok "and end there too" has_not "$thread" '^#3\|?? ()'
fi
# The linker of GNU says that such a program has a fixed place, lld does not.
printf '\003' >"$work/dyn"
cp "$programs/traced_high.elf" "$work"
dd if="$work/dyn" of="$work/traced_high.elf" bs=1 seek=16 conv=notrunc 2>"$work/err"
programs=$work
trace traced_high
case_ok "an image whose first address is not 0 has names" has "$main" '^#4 .* _start ('
run gdb -nx -batch -ex "source $script" -ex tr-ps "$terrarium"
case_ok "without a machine tr-ps says what to do" has "$out$err" 'nothing runs yet'
finish
