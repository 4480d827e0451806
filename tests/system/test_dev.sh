#!/bin/sh
# SPDX-License-Identifier: MIT
# ./dev on a host without a compiler: as root it asks apt-get for everything at once, as somebody
# else, or without apt-get, it says what to install and changes nothing.
# usage: test_dev.sh SOURCE-FOLDER TERRARIUM
. "$(dirname "$0")/check.sh"
dev=$1/dev terrarium=$2

mkdir "$work/bin"
for tool in sh dirname grep sed tr cat uname getconf; do
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done
stub() { # NAME WORDS…: a command of this host
    name=$1
    shift
    printf '#!/bin/sh\n%s\n' "$*" >"$work/bin/$name"
    chmod +x "$work/bin/$name"
}
dev() {
    rm -f "$work/asked"
    run env PATH="$work/bin" "$work/bin/sh" "$dev" "$@"
    asked=$(cat "$work/asked" 2>/dev/null)
}

stub id 'echo 65534'
dev test
case_ok "without apt-get it ends" is "$status" 1
case_ok "without apt-get it names all that is missing" has "$err" 'missing: gcc .*cmake ninja-build'
case_ok "without apt-get it says that there is none" has "$err" 'there is no apt-get here'
case_ok "the tests begin with the processor" has "$(sed 1q "$work/err")" \
    '^dev: processor: .*, [0-9]* cores, flags: .'
model=$(sed -n 's/^model name[[:blank:]]*: //p' /proc/cpuinfo | sed 1q)
case_ok "which is this one" has "$(sed 1q "$work/err")" "${model:-$(uname -m)}"

stub apt-get "echo \"\$@\" >>$work/asked"
for command in run test; do
    dev $command
    case_ok "$command by nobody ends" is "$status" 1
    case_ok "$command by nobody asks for nothing" is "$asked" ''
    case_ok "$command by nobody says what to type" has "$err" \
        '^sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc .*ninja-build'
done
case_ok "the tests need more" has "$err" 'gdb valgrind'

stub id 'echo 0'
dev install-packages run test
case_ok "root installs" is "$status" 0
case_ok "all in one call" has "$asked" '^install .* gcc .*cmake ninja-build .*gdb valgrind'

stub apt-get "echo \"\$@\" >>$work/asked; [ \$1 = update ]"
dev run
case_ok "what cannot be installed is named" has "$err" 'apt-get could not install: gcc '
case_ok "and ends it" is "$status" 1

dev install-packages hardwear
case_ok "an unknown kind is refused" is "$status" 2
case_ok "with those that there are" has "$err" 'hardwear.*run bios hardware test'
stub apt-get 'exit 1'
"$terrarium" doctor >"$work/doctor"
for kind in bios hardware; do
    dev help
    case_ok "the help has $kind" has "$out" "$kind"
    case_ok "doctor has it too: all there, or the command" \
        grep -q -e "^ok .*all there" -e "^- .*\./dev install-packages $kind" "$work/doctor"
done
finish
