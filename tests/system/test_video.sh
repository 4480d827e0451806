#!/bin/sh
# SPDX-License-Identifier: MIT
# The screen: modes by the BIOS and without it, every pixel of pictures, text, who may draw, what
# becomes of the screen when programs and the driver end.
# usage: test_video.sh TERRARIUM PROGRAMS DEMO CHECK_PICTURE bios|none SLOW_SCREEN
. "$(dirname "$0")/check.sh"
terrarium=$1 programs=$2 demo=$3 check=$4 bios=$5 slow=$6
: >"$work/empty.rom"

boot=$work/boot
sed "s|hardware.drivers|$demo/hardware.drivers|" "$demo/hardware.boot" >"$boot"
echo "program screen $programs/screen.elf" >>"$boot"

found() { # NAME EXPECTED-LAST-LINE FILE WORD…: what check_picture prints
    name=$1 expected=$2
    shift 2
    case_ok "$name" is "$("$check" "$@" 2>&1)" "$expected"
}

# ---- Pictures --------------------------------------------------------------------------------

picture() { # HOW WIDTH HEIGHT BITS OPTION…
    how=$1 width=$2 height=$3 bits=$4
    shift 4
    rm -f "$work/picture.png"
    feed "picture ${width}x${height}x$bits 2
" "$terrarium" run "$@" --screenshot-at 1s="$work/picture.png" "$boot"
    case_ok "$how: $width x $height, $bits bits: set" has "$out" "^picture: ${width}x$height, $bits"
    found "$how: $width x $height, $bits bits: size" "${width}x$height" "$work/picture.png" size
    found "$how: $width x $height, $bits bits: every pixel" "$((width * height)) pixels" \
        "$work/picture.png" pattern "$bits"
}

for bits in 8 15 16 24 32; do
    picture direct 800 600 $bits --rom "$work/empty.rom"
    picture direct 1024 768 $bits --rom "$work/empty.rom"
done
case_ok "without a BIOS the driver says so" has "$out$err" \
    'there is no video BIOS; the display interface is programmed directly'
if [ "$bios" = bios ]; then
    for bits in 8 15 16 24 32; do
        picture BIOS 800 600 $bits
        picture BIOS 1024 768 $bits
    done
    case_ok "with a BIOS nothing is programmed directly" has_not "$out$err" 'programmed directly'
    feed 'picture 0x0' "$terrarium" run "$boot"
    case_ok "the BIOS knows other modes too" has "$out" '1920x1200x32$'
fi

# ---- Every operation -------------------------------------------------------------------------

answers() { # FLAG LAST-MODES: by BIOS, and what a mode's setting answers
    cat <<END
screen: open: 0
screen: open again: TR_E_EXIST
screen: information: 0
screen: by BIOS: $1
screen: memory: 16777216
screen: clear with 31: 0
screen: text: 7
screen: text at the edge: 2
screen: text below: TR_E_INVAL
screen: text beside: TR_E_INVAL
screen: attribute 256: TR_E_INVAL
screen: cursor: 0
screen: cursor below: TR_E_INVAL
screen: frame of text: TR_E_STATE
screen: mode 640x480x8: 0
screen: frame: 0
screen: clear with colour 200: 0
screen: colour 200: 1
screen: colour 256: TR_E_INVAL
screen: text in graphics: TR_E_STATE
screen: cursor in graphics: TR_E_STATE
screen: pixel: 200
screen: mode 0x7777: TR_E_INVAL
screen: mode 640x480x16: 0
screen: pixel of the mode before: 0
screen: palette of 16 bits: TR_E_STATE
screen: clear with red: 0
screen: initialise: TR_E_PERM
screen: information: 0
screen: width: 640
END
}

# The letters of a BIOS are everybody's; ours are smaller.
letter_A='aa0000 ffff55 000 000 020 070 0d8 18c 18c 1fc 18c 18c 18c 18c 000 000 000 000'
line='aa0000 ffff55 000 000 000 000 000 000 000 1ff 000 000 000 000 000 000 000 000'
own_A='aa0000 ffff55 000 070 070 088 088 088 088 0f8 0f8 088 088 088 088 088 088 000'
blue='0000aa 0000aa 000 000 000 000 000 000 000 000 000 000 000 000 000 000 000 000'
cursor='0000aa ffffff 000 000 000 000 000 000 000 000 000 000 000 000 000 1ff 1ff 000'

screen() { # HOW FLAG ROM-OPTION…
    how=$1 flag=$2
    shift 2
    feed 'screen
sleep 1
' "$terrarium" run "$@" --screenshot-at 1400ms="$work/text.png" \
        --screenshot-at 1500ms="$work/blink.png" --screenshot-at 2500ms="$work/palette.png" \
        --screenshot-at 3500ms="$work/red.png" --screenshot-at 4500ms="$work/again.png" "$boot"
    grep "^screen:" "$work/out" >"$work/told"
    answers "$flag" >"$work/answers"
    case_ok "$how: every operation is answered as the table says" diff "$work/answers" "$work/told"
    found "$how: the text screen has 80 x 25 characters" 720x400 "$work/text.png" size
    found "$how: the screen is cleared" "$blue" "$work/text.png" cell 0 0
    found "$how: the cursor is where it was put" "$cursor" "$work/text.png" cell 10 20
    found "$how: and blinks" "$blue" "$work/blink.png" cell 10 20
    found "$how: a row that ends is cut" "$("$check" "$work/text.png" cell 23 79)" \
        "$work/text.png" cell 23 78
    found "$how: colours are those of the palette" '307200 pixels' "$work/palette.png" colour \
        ff8204
    found "$how: clearing with pixels" '307200 pixels' "$work/red.png" colour ff0000
    found "$how: afterwards it is text" 720x400 "$work/again.png" size
}

screen direct 0 --rom "$work/empty.rom"
found "direct: a letter of our own" "$own_A" "$work/text.png" cell 2 3
if [ "$bios" = bios ]; then
    screen BIOS 1
    found "BIOS: a letter" "$letter_A" "$work/text.png" cell 2 3
    found "BIOS: lines meet" "$line" "$work/text.png" cell 2 5
fi

# ---- What another driver has left ------------------------------------------------------------

cp "$boot" "$work/demo"
odd() { # NAME ACCESSES: of leave.c
    {
        echo "module leave $programs/leave.elf $2"
        sed 's/^module init/program init/' "$work/demo"
    } >"$boot"
    screen "$1" 0 --rom "$work/empty.rom"
    found "$1: a letter" "$own_A" "$work/text.png" cell 2 3
}
odd "half of a colour" '3c8=00 3c9=3f'
odd "colours masked" '3c6=00'
odd "other colours" '3c8=00 3c9=3f 3c9=00 3c9=3f 3c9=15 3c9=15 3c9=15'
odd "an attribute's index without its value" '3da? 3c0=30'
odd "the picture switched off" '3c4=01 3c5=20 3da? 3c0=00'
odd "another size" '3d4=11 3d5=00 3d4=01 3d5=27 3d4=13 3d5=14 3d4=0c 3d5=01'
odd "graphics" '3ce=06 3cf=05 3da? 3c0=10 3c0=41 3c0=20'
odd "other ports for the rest" '3c2=66'
cp "$work/demo" "$boot"

# ---- Who, and when programs end --------------------------------------------------------------

feed 'picture
' "$terrarium" run --program picture=embedded:picture
case_ok "an application may not draw unless the boot file says so" has "$out" 'not yours to see'
feed 'picture 800x600x32 3 &
sleep 1
picture 640x480 1
sleep 3
' "$terrarium" run --screenshot-at 2s="$work/first.png" --screenshot-at 4s="$work/after.png" "$boot"
case_ok "one program has the screen" has "$out" 'picture: video: Another holds it'
found "its picture stays" '480000 pixels' "$work/first.png" pattern 32
found "when it ends the screen is text again" 720x400 "$work/after.png" size

feed 'ps
' "$terrarium" run "$boot"
video=$(printf '%s\n' "$out" | awk '$NF == "d\\video" { print $1; exit }')
feed "picture 800x600x32 3 &
sleep 1
kill $video
sleep 3
picture 640x480x32 2
" "$terrarium" run --screenshot-at 3s="$work/between.png" --screenshot-at 5s="$work/later.png" "$boot"
found "a new driver makes the screen text" 720x400 "$work/between.png" size
found "and works" '307200 pixels' "$work/later.png" pattern 32

hash_of() {
    feed 'picture 640x480x32 2' "$terrarium" run --hash "$@" "$boot"
    printf '%s\n' "$err" | grep 'trace hash'
}
case_ok "pictures taken do not change the run" \
    is "$(hash_of --screenshot-at 1s="$work/x.png")" "$(hash_of --screenshot-at 1s="$work/x.png" \
        --screenshot-at 1s="$work/y.png")"

cat >"$work/drivers" <<'END'
probe pci
pci 0300 video expose=application
pci 0601 exercise 300
END
cat >"$work/chance" <<END
module console embedded:console \$console
module log     embedded:log
module init    embedded:init
program init.drivers $work/drivers
program shell    embedded:shell
program pci      embedded:pci
program video    embedded:video
program picture  embedded:picture
program exercise $programs/exercise.elf
END
feed 'sleep 20
picture 640x480x32 2
' "$terrarium" run --screenshot-at 21s="$work/chance.png" "$work/chance"
case_ok "requests of chance end" has "$out" 'babble: done'
case_ok "requests of chance: the driver did not have to be started again" \
    has_not "$out$err" 'video ended'
found "requests of chance: afterwards pictures are as before" '307200 pixels' \
    "$work/chance.png" pattern 32

# ---- Live displays ---------------------------------------------------------------------------

feed 'picture 640x480x32 1
' "$terrarium" run --hash --stop-at 500ms "$boot"
plain=$(printf '%s\n' "$err" | grep 'trace hash')
blocks() { # COLUMNS ROWS UNTIL COMMAND
    echo "$4" >"$work/in"
    echo "stty cols $1 rows $2; $terrarium run --hash --stop-at $3 --display blocks $boot" \
        "<$work/in; stty -a" >"$work/blocks.sh"
    run script -qec "sh $work/blocks.sh" /dev/null
}
blocks 80 40 500ms "picture 640x480x32 1"
# The picture is as wide as the terminal; the white line around it makes half of the first pixel's.
corner=$(printf '\033\\[1;1H\033\\[38;2;')
region=$(printf '\033\\[33;40r')
end=$(printf '\033\\[r')
case_ok "blocks: the picture is drawn" has "$out" "${corner}[0-9]*;[0-9]*;[0-9]*;48;2;"
case_ok "blocks: text goes on below it" has "$out" "$region"
case_ok "blocks: afterwards everywhere" has "$out" "$end"
case_ok "blocks: the run is the same" has "$out" "$plain"
case_ok "blocks: the terminal is as before" has "$out" 'icanon.*\| echo '
blocks 100 36 1500ms screen
text='38;2;255;255;85;48;2;170;0;0m'
case_ok "blocks: text is shown as text" has "$out" "\[3;4H.\[${text}A.*\[3;5H.\[${text}ä.*\[3;6H.\[${text}─"
case_ok "blocks: and its next row" has "$out" "\[4;1H.\[${text}B"
blocks 79 36 1500ms screen
case_ok "blocks: where text has no room it is a picture" has_not "$out" "${text}A"
case_ok "blocks: of half blocks" has "$out" "\[3;5H.\[38;2;[0-9;]*m▀"
# A screen that is late must not clear away what the system has written before it.
if [ "$slow" != none ]; then
    echo 'echo x' >"$work/in"
    echo "LD_PRELOAD=$slow $terrarium run --display blocks $boot <$work/in" >"$work/blocks.sh"
    run script -qec "sh $work/blocks.sh" /dev/null
    case_ok "blocks: what is written is not cleared away" [ -n "$out" -a "$(printf '%s' "$out" |
        tr '\n\033' '  ' | sed 's/\[2J.*//' | tr -d ' \r')" = '[0m' ]
fi
feed 'echo x' "$terrarium" run --display blocks "$boot"
case_ok "blocks: without a terminal there are none" has "$err" 'is no terminal'
feed 'picture 640x480x32 1
' env SDL_VIDEODRIVER=dummy "$terrarium" run --hash --stop-at 500ms \
    --display window "$boot"
if ! "$terrarium" doctor | grep -q '^less screen in a window'; then
    case_ok "window: the run is the same" is "$(printf '%s\n' "$err" | grep 'trace hash')" "$plain"
    feed 'echo x' env -u DISPLAY -u WAYLAND_DISPLAY "$terrarium" run --display window "$boot"
fi
case_ok "window: where there is none there is a way out" \
    has "$err" 'trace hash\|display blocks\|blocks needs'

# ---- Files that cannot be --------------------------------------------------------------------

feed 'sleep 1
' "$terrarium" run --screenshot-at 10ms="$work/nowhere/x.png"
case_ok "a picture that cannot be written is told of" has "$err" 'nowhere/x.png.*No such file'
case_ok "and the system goes on" is "$status" 0
feed 'picture 640x480 1
' "$terrarium" run --rom "$boot" "$boot"
case_ok "a file that is no ROM is told of" has "$err" 'not an expansion ROM'
finish
