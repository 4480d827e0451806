#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb in batch mode: a breakpoint and a backtrace in guest code by name, and the shipped commands.
# usage: test_gdb.sh TERRARIUM GDB_SCRIPT
. "$(dirname "$0")/check.sh"
terrarium=$1 script=$2
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
run gdb -nx -batch -ex "source $script" -ex tr-ps "$terrarium"
case_ok "without a machine tr-ps says what to do" has "$out$err" 'nothing runs yet'
finish
