#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_times.sh TERRARIUM PROGRAMS HOST: dates and atomics of ISO C are on Terrarium what they are on the
# host, where the same program is HOST; what time it is comes from the clock.
. "${0%/*}/check.sh"
terrarium=$1
programs=$2
host=$3

for mode in calendar atomic; do
    run env TZ=UTC0 LC_ALL=C "$host" "$mode"
    host_said=$out:$status
    run "$terrarium" exec "$programs/times.elf" "$mode"
    case_ok "$mode: as on the host" is "$out:$status" "$host_said"
done

run "$terrarium" exec "$programs/times.elf" now
case_ok "without a clock the machine was started in 2000" is "$out" '1 1 1 1 2000-01-01 00:00:00 UTC'

cat >"$work/clock.boot" <<END
module console embedded:console \$console
module log     embedded:log
module init    embedded:init
program init.drivers $work/drivers
program shell   embedded:shell
program clock   embedded:clock
program times   $programs/times.elf
END
echo 'probe clock' >"$work/drivers"
feed 'sleep 3
times now
' "$terrarium" run --rtc 2028-02-29T23:59:59 "$work/clock.boot"
case_ok "the clock's date" has "$out" '^1 1 1 1 2028-03-01 00:00:02 UTC$'
feed 'sleep 3
times now
' "$terrarium" run --rtc 2100-01-01 "$work/clock.boot"
case_ok "a clock that does not know" has "$out" '^0 0 1 1 1969-12-31 23:59:59 UTC$'
finish
