#!/bin/sh
# SPDX-License-Identifier: MIT
# A user's way: install to a prefix, build an example outside the tree with one compiler line and
# pkg-config, run it. usage: test_installed.sh BUILD_DIR SOURCE_FILE COMPILER [FLAGS]
set -eu

build=$1 source=$2 compiler=$3 flags=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" 2>&1 || {
    cat "$work/install.log"
    exit 1
}
cp "$source" "$work"
cd "$work"
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name terrarium-kit.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046,SC2086
"$compiler" $flags "$(basename "$source")" $(pkg-config --cflags --libs terrarium-kit) -o ping
./ping

# The reference comes with it: the law, a page for each call.
share=$work/prefix/share
doc=$share/doc/terrarium
for file in "$doc/interface.md" "$doc/calls.md" "$share/man/man3/tr_call.3"; do
    [ -s "$file" ] || {
        echo "not installed: $file"
        exit 1
    }
done
if man --version >/dev/null 2>&1; then
    MANPATH=$share/man man 3 tr_call | grep -q TR_E_NOSYS
fi
