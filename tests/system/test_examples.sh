#!/bin/sh
# SPDX-License-Identifier: MIT
# The chapters of docs/examples, the exercises of docs/teaching.md and the README are true: every piece of source
# stands in its file as it is quoted, and every run prints what is shown, in the system (```run) or on
# the host (```host, with the files of ```file NAME beside). Numbers in what a run prints are not
# compared: times change with every improvement of the kernel, and programs more or less with the pids.
# usage: test_examples.sh TERRARIUM
. "$(dirname "$0")/check.sh"
terrarium=$1
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
LIMIT=30

# Splits a chapter into quote-N.file, quote-N.text, run-N.script and run-N.expected, host-N.script and
# host-N.expected, and the files that it brings.
split_chapter() { # CHAPTER FOLDER
    awk -v folder="$2" '
        function write(suffix, line) { print line > (folder "/" name suffix) }
        /^```c / { count++; name = "quote-" count; write(".file", $2); kind = "quote"; next }
        /^```run$/ { count++; name = "run-" count; kind = "run"; next }
        /^```host$/ { count++; name = "host-" count; kind = "host"; next }
        /^```file / { kind = "file"; file = folder "/" $2; next }
        /^```$/ { kind = ""; next }
        kind == "file" { print > file; next }
        kind == "host" && sub(/^[$] /, "") { write(".script", $0); next }
        kind == "host" { write(".expected", $0) }
        kind == "quote" { write(".text", $0) }
        kind == "run" && sub(/^terrarium> /, "") { write(".script", $0); next }
        kind == "run" { write(".expected", $0) }
    ' "$1"
}

# True if the lines of one file stand, together and in order, in the other.
stands_in() { # PIECE FILE
    awk 'NR == FNR { piece = piece $0 "\n"; next } { all = all $0 "\n" }
         END { exit index("\n" all, "\n" piece) == 0 }' "$1" "$2"
}

# Numbers, addresses and hashes become N, what pads them goes.
without_numbers() {
    sed -e 's/[0-9a-f]\{8,16\}/N/g' -e 's/[0-9][0-9]*/N/g' -e 's/  */ /g' -e 's/^ *//' "$1"
}

prints_as_shown() { # EXPECTED GOT
    without_numbers "$1" >"$work/expected"
    without_numbers "$2" >"$work/got"
    diff -u "$work/expected" "$work/got"
}

out='' err='' status=0
mkdir "$work/bin"
ln -s "$(realpath "$terrarium")" "$work/bin/terrarium"
PATH=$work/bin:$PATH
for chapter in "$root"/docs/examples/*.md "$root/docs/teaching.md" \
    "$root/README.md"; do
    title=$(basename "$chapter" .md)
    folder=$work/$title
    mkdir "$folder"
    split_chapter "$chapter" "$folder"
    for piece in "$folder"/quote-*.text; do
        [ -e "$piece" ] || continue
        file=$(cat "${piece%.text}.file")
        case_ok "$title: ${file}: $(basename "$piece" .text)" stands_in "$piece" "$root/$file"
    done
    for script in "$folder"/run-*.script; do
        [ -e "$script" ] || continue
        # Standard output and standard error are one terminal; the log's lines are elsewhere.
        timeout -k 5 "$LIMIT" "$terrarium" run <"$script" >"$work/out" 2>&1
        out=$(cat "$work/out")
        printf '%s\n' "$out" | grep -v '^\[ *[0-9]*\.[0-9]*\] ' >"$work/shown"
        case_ok "$title: $(head -n 1 "$script")" \
            prints_as_shown "${script%.script}.expected" "$work/shown"
    done
    for script in "$folder"/host-*.script; do
        [ -e "$script" ] || continue
        touch "${script%.script}.expected"
        (cd "$folder" && timeout -k 5 "$LIMIT" sh "$script" </dev/null >"$work/shown" 2>&1)
        out=$(cat "$work/shown")
        case_ok "$title: $(head -n 1 "$script")" \
            prints_as_shown "${script%.script}.expected" "$work/shown"
    done
done
finish
