#!/bin/sh
# SPDX-License-Identifier: MIT
# The shipped corpus is what its generators make. usage: test_corpus.sh SEQUENCES IMAGES CORPUS
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/calls" "$work/elf"
"$1" "$work/calls"
"$2" "$work/elf"
for file in "$work"/*/*; do
    cmp "$file" "$3/${file#"$work"/}" || { echo "[  FAILED  ] 1 test(s)"; exit 1; }
done
echo "[  PASSED  ] 1 test(s)."
