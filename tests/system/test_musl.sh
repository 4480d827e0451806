#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_musl.sh FOLDER LIBC.A: choose.sh of FOLDER takes what fits of musl's libc.a, and names what does
# not.
. "${0%/*}/check.sh"
folder=$1
archive=$2

# choose LINE…: a list of these lines.
choose() {
    printf '%s\n' "$@" >"$work/list"
    run sh "$folder/choose.sh" "$work/list" "$archive" "$work/objects"
}

choose 'take cbrt'
case_ok "a function alone is one member" is "$status:$out" 0:musl_cbrt.o
choose 'take hypotf' 'own sqrtf'
case_ok "what is our own is not taken" is "$status:$out" 0:musl_hypotf.o
choose 'take exp2l'
case_ok "what it needs comes with it" has "$out" musl_exp2l.o
choose 'take ceil floor'
case_ok "two functions are two members" is "$status:$(echo "$out" | wc -l)" 0:2

choose 'take getpid'
case_ok "a host call is refused" is "$status" 1
case_ok "and the member named" has "$err" '^getpid.lo makes a host call'
choose 'take wctob'
case_ok "musl's own thread block is refused" is "$status" 1
case_ok "and the member named" has "$err" '^wctob.lo reads the host library.s thread block'
# As LLVM's objdump writes it.
cat >"$work/decimal" <<END
#!/bin/sh
${OBJDUMP:-objdump} "\$@" | sed 's/%fs:0x28/%fs:40/; s/%fs:0x0/%fs:0/'
END
chmod +x "$work/decimal"
canary() {
    choose 'take __year_to_secs' 'own __stack_chk_fail'
    case_ok "a canary is not of musl's thread block ($1)" is "$status" 0
    choose 'take wctob'
    case_ok "what else is in it is ($1)" has "$err" '^wctob.lo reads the host library.s thread block'
}
canary hexadecimal
OBJDUMP=$work/decimal
export OBJDUMP
canary decimal
unset OBJDUMP
choose 'take sinn'
case_ok "a misspelt function is refused" has "$err" '^the list needs "sinn", which nobody has'
choose 'take strtof' 'own strtod strtold malloc'
case_ok "a member that has ours too is refused" has "$err" '^strtod.lo has "strtold", which is our own'
choose 'take __year_to_secs' 'everywhere __stack_chk_fail another' 'own another'
case_ok "what all leave open may get another name" is "$status:$("${NM:-nm}" "$work/objects/"*.o |
    grep -c -e ' U another$' -e __stack_chk_fail)" 0:1
choose 'rename cbrt cbrt other_cbrt' 'take cbrt'
case_ok "a function may get another name" has "$("${NM:-nm}" "$work/objects/musl_cbrt.o")" ' T other_cbrt'

echo 'void nobody(void); void caller(void) { nobody(); }' >"$work/caller.c"
cc -c "$work/caller.c" -o "$work/caller.lo" && ar rc "$work/callers.a" "$work/caller.lo"
archive=$work/callers.a
choose 'take caller'
case_ok "what nobody has is refused" is "$status" 1
case_ok "and named with who wants it" has "$err" '^caller.lo needs "nobody", which nobody has'
echo 'extern _Thread_local int own; int caller(void) { return own; }' >"$work/caller.c"
cc -c "$work/caller.c" -o "$work/caller.lo" && ar rc "$work/callers.a" "$work/caller.lo"
choose 'take caller' 'own own'
case_ok "a place in musl's thread block is refused" is "$status" 1
finish
