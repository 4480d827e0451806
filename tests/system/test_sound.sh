#!/bin/sh
# SPDX-License-Identifier: MIT
# Sound from a program to a WAV file, and what goes wrong in between.
# usage: test_sound.sh TERRARIUM HEARD PROGRAMS DEMO
. "$(dirname "$0")/check.sh"
terrarium=$1 heard=$2 programs=$3 demo=$4
wav=$work/heard.wav

# The pid of a process in the output of ps.
pid_of() {
    printf '%s\n' "$out" | name=$1 awk '$NF == ENVIRON["name"] { print $1; exit }'
}

# play COMMANDS OPTION…: a run of the demonstration whose sound goes to $wav.
play() {
    commands=$1
    shift
    rm -f "$wav"
    feed "$commands" "$terrarium" run --sound "$wav" "$@" "$demo/hardware.boot"
}

# near NAME PLACE WANTED WITHIN [FROM TO]: a number of what is heard.
near() {
    name=$1 place=$2 wanted=$3 within=$4
    shift 4
    value=$("$heard" "$wav" "$@" | awk -v name="$name" -v place="$place" \
        '$1 == name { print $(place + 1) }')
    echo "$name $place: $value, wanted $wanted within $within"
    awk -v value="$value" -v wanted="$wanted" -v within="$within" \
        'BEGIN { exit !(value != "" && value >= wanted - within && value <= wanted + within) }'
}

# ---- A tone ----------------------------------------------------------------------------------

play 'tone 440 1000
'
cp "$wav" "$work/plain.wav"
case_ok "the tone is played to its end" has "$out" '^tone: 44100 frames, 0 of silence$'
case_ok "440 Hz, left" near hertz 1 44000 5
case_ok "440 Hz, right" near hertz 2 44000 5
case_ok "a second long" near sound 1 44100 3
case_ok "as loud as it can be" near peak 1 32767 3
case_ok "without a gap" near gaps 1 0 0
case_ok "without a seam" near step 1 2054 2

play 'tone 440 1000
'
case_ok "again the same, to the byte" cmp "$wav" "$work/plain.wav"
play 'tone 440 1000
' --seed 77
case_ok "whatever the seed" cmp "$wav" "$work/plain.wav"

for format in 8000,1,8 11025,2,8 22050,1,16 5000,1,16 44100,1,8; do
    play "tone -f $format 1000 400
"
    case_ok "$format: the right height" near hertz 1 100000 60
    case_ok "$format: on both sides" near hertz 2 100000 60
    case_ok "$format: the right length" near sound 1 17640 30
    case_ok "$format: without a gap" near gaps 1 0 0
done

# ---- Volume ----------------------------------------------------------------------------------

play 'tone -v 50,25 440 300
'
case_ok "half as loud on the left" near peak 1 16422 40
case_ok "a quarter on the right" near peak 2 8230 40
play 'tone -v 0 440 300
'
case_ok "not at all" near sound 1 0 0
case_ok "takes as long" near frames 1 13230 600
play 'tone -v 101 440 300
'
case_ok "louder than all is refused" has "$out" 'not so'

# ---- One after the other ---------------------------------------------------------------------

play 'tone 300 200
sleep 0.5
tone 700 200
'
case_ok "the first tone" near hertz 1 30000 20 0 190
case_ok "the second, half a second later" near hertz 1 70000 60 720 900
case_ok "a pause between them" near gaps 2 22050 900

play 'tone 300 200
reboot
sleep 0.5
tone 700 200
'
case_ok "before a reboot" near hertz 1 30000 20 0 190
case_ok "after it the file is gone on with" near hertz 1 70000 60 720 900
case_ok "both machines played" is "$(printf '%s\n' "$out" | grep -c '^tone: 8820 frames, 0')" 2

play 'tone 300 1000 &
sleep 0.1
tone 440 100
wait
'
case_ok "while one plays another is told" has "$out" 'tone: not so: Another holds it'
case_ok "who plays does not notice" near gaps 1 0 0
case_ok "nor is it mixed" near hertz 1 30000 5
play 'tone -x 300 400 &
tone 440 100
wait
tone 440 100
'
case_ok "who wants it alone has it alone" has "$out" 'tone: not to be had: Another holds it'
case_ok "until it has ended" has "$out" '^tone: 4410 frames'
play 'tone -f 48000,2,16 440 100
tone -f 4999,2,16 440 100
tone -f 44100,3,16 440 100
tone -f 44100,2,24 440 100
'
case_ok "formats that the card has not are refused" \
    is "$(printf '%s\n' "$out" | grep -c '^tone: not so')" 4

# ---- Late clients ----------------------------------------------------------------------------

play 'tone 440 1000 &
ps
'
tone=$(pid_of 'a\tone')
play "tone 440 1000 &
sleep 0.3
suspend $tone
sleep 0.5
resume $tone
wait
"
case_ok "a late client is silence, and counted" \
    has "$out" '^tone: [5-7][0-9]\{4\} frames, [12][0-9]\{4\} of silence$'
case_ok "the silence is where it was late" near gaps 1 1 0
case_ok "what it plays is whole" near hertz 1 44000 20 0 300
play 'ps
'
driver=$(pid_of 'd\sound')
for while in 0.030 0.040 0.050 0.100; do
    play "tone 440 1000 &
sleep 0.3
suspend $driver
sleep $while
resume $driver
wait
"
    case_ok "a driver that sleeps for $while s loses nothing" has "$out" '^tone: 44100 frames, 0 of'
    case_ok "what was ready is heard again until then" near gaps 1 0 0
    case_ok "then it goes on as before" near hertz 1 44000 20 500 1000
    case_ok "without a seam" near step 1 2054 2 500 1000
done
play "tone 440 2000 &
sleep 0.3
kill $tone
sleep 0.3
tone 700 500
"
case_ok "when a client dies the next can play" has "$out" '^tone: 22050 frames, 0 of silence$'
case_ok "it is heard" near hertz 1 70000 20 700 1000

# ---- Drivers that die ------------------------------------------------------------------------

play 'ps
'
sound=$(pid_of 'd\sound') dma=$(pid_of 'd\dma')
case_ok "there are drivers" [ -n "$sound" -a -n "$dma" ]
play "tone 440 2000 &
sleep 0.5
kill $sound
sleep 1
tone 700 500
wait
"
case_ok "the client of a killed driver is told" has "$out" 'tone: cut short: The other side is gone'
case_ok "the new driver plays" has "$out" '^tone: 22050 frames, 0 of silence$'
case_ok "the card was quiet in between" near gaps 1 1 0
case_ok "the beginning is heard" near hertz 1 44000 20 0 450
play "tone 440 2000 &
sleep 0.5
kill $dma
wait
"
case_ok "a new DMA driver is found: the tone goes on" has "$out" '^tone: 88200 frames, 0 of silence$'
case_ok "after a short pause" near gaps 1 1 0
case_ok "to its end" near hertz 1 44000 20 1500 2000

# ---- Every operation -------------------------------------------------------------------------

cat >"$work/jukebox.boot" <<END
module console embedded:console \$console
module log     embedded:log
module init    embedded:init
program init.drivers $work/drivers
program shell   embedded:shell
program dma     embedded:dma
program sound   embedded:sound
program jukebox $programs/jukebox.elf
END
printf 'probe dma\nprobe sound\nprobe jukebox\n' >"$work/drivers"
cat >"$work/answers" <<'END'
Sound Blaster 16: 44100/2/16 volume 100,100 is silent
8000 Hz: 8000
no channel: TR_E_INVAL
volume: 7750
volume kept: 7750
volume 101: TR_E_INVAL
play: 1
play while it plays: TR_E_BUSY
format while it plays: TR_E_BUSY
Sound Blaster 16: 8000/1/8 volume 30,70 plays
stop: 0
stop again: 0
drain what does not play: 0
written: 4000
stopped in the middle: so many as were due
writing to it: TR_E_PEER
close: 0
open: 0
was played: 4000
play: 1
initialise: 0
Sound Blaster 16: 44100/2/16 volume 100,100 is silent
claim the card's channel: TR_E_BUSY
claim the cascade: TR_E_INVAL
claim: 0
claim again: 0
claimed: 42
memory: 0
start: 0
left: 512
start over the border: TR_E_INVAL
start nothing: TR_E_INVAL
start above 16 MiB: TR_E_INVAL
start in no way: TR_E_INVAL
start all of it: 0
left: 65536
start another's: TR_E_STATE
claim words: 0
start at an odd place: TR_E_INVAL
start words: 0
stop: 512
release: 0
stop what was released: TR_E_STATE
close: 0
open: 0
stop what was closed: TR_E_STATE
jukebox: done
END
feed 'sleep 5
' "$terrarium" run "$work/jukebox.boot"
case_ok "every operation is answered as the tables say" diff "$work/answers" "$work/out"

# ---- Lines that misbehave --------------------------------------------------------------------

play 'tone 440 1000
' --at '100ms=irq 5' --at '400ms=irq 5' --at '500ms=spurious 5' --at '600ms=spurious 7'
case_ok "interrupts without a cause change nothing" cmp "$wav" "$work/plain.wav"
play 'tone 440 1000
' --at '300ms=stuck 5' --at '600ms=free 5'
case_ok "with a stuck line it is played to its end" has "$out" '^tone: 44100 frames'
case_ok "and heard" near hertz 1 44000 200 0 290

# ---- What another driver has left ------------------------------------------------------------

odd() { # NAME ACCESSES: of leave.c
    {
        sed -n '/^hardware all/p' "$demo/hardware.boot"
        echo "module leave $programs/leave.elf $2"
        sed "/^hardware all/d; s/^module init/program init/; s|hardware.drivers|$demo/&|" \
            "$demo/hardware.boot"
    } >"$work/odd.boot"
    rm -f "$wav"
    feed 'tone 440 1000
' "$terrarium" run --sound "$wav" "$work/odd.boot"
    case_ok "$1: played to its end" has "$out" '^tone: 44100 frames, 0 of silence$'
    case_ok "$1: 440 Hz" near hertz 1 44000 5
    case_ok "$1: as loud as it can be" near peak 1 32767 3
    case_ok "$1: without a seam" near step 1 2054 2
}
odd "half a command" '22c=41 22c=56'
odd "half a command to play" '22c=b6 22c=30 22c=ff'
odd "a reset that is not over" '226=1'
odd "answers that nobody has read" '22c=e1 +1000'
odd "a mixer turned down" '224=30 225=00 224=31 225=00 224=32 225=00'
odd "a mixer turned up" '224=41 225=c0 224=42 225=c0'
odd "another line, other channels" '224=80 225=08 224=81 225=08'
odd "it plays already" '22c=c6 22c=00 22c=10 22c=00 +1000'
odd "an interrupt that it is asked for" '22c=f2 +1000'
odd "paused" '22c=d0 22c=d5'

# ---- Loudspeakers ----------------------------------------------------------------------------

export SDL_AUDIODRIVER=dummy
feed 'tone 440 200
' "$terrarium" run --sound sdl "$demo/hardware.boot"
if "$terrarium" doctor | grep -q '^ok *loudspeakers'; then
    case_ok "a tone goes to the loudspeakers" has "$out" '^tone: 8820 frames, 0 of silence$'
    export SDL_AUDIODRIVER=nothing
    feed '' "$terrarium" run --sound sdl "$demo/hardware.boot"
    case_ok "a host without any says so" has "$err" 'sound: sdl: .*needs no loudspeaker'
else
    case_ok "loudspeakers need SDL2" has "$err" 'install libsdl2-dev'
fi

# ---- Who may, and where to -------------------------------------------------------------------

play 'tone 440 1000
' --hardware all,-sound
case_ok "sound without the part is refused" is "$status" 2
feed 'tone 440 100
' "$terrarium" run --hardware all,-sound "$demo/hardware.boot"
case_ok "without a card there is nothing to play on" has "$out" 'not to be had: There is no such'
feed 'tone 440 100
' "$terrarium" run "$demo/hardware.boot"
case_ok "nobody need listen" has "$out" '^tone: 4410 frames, 0 of silence$'
feed 'tone 440 100
' "$terrarium" run --sound "$work/none/heard.wav" "$demo/hardware.boot"
case_ok "a file that cannot be written is told of" has "$err" 'heard.wav.*cannot be written'
case_ok "and the system does not start" [ "$status" -ne 0 ]
finish
