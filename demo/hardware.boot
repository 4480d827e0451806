# SPDX-License-Identifier: MIT
# Every device the machine can have, each with its driver, and tools to try them with:
#
#     terrarium run demo/hardware.boot
#
# then `devices`, `date`, `lspci`, `keys`, `talk`, `sectors disks\floppy\0`, `fat disks\ata\0`. Disks,
# floppies and a CD-ROM come from the command line: --disk FILE, --floppy FILE, --cdrom FILE. So does
# what listens: `tone 440 1000` is heard in a file with --sound FILE.wav.

hardware all

module console embedded:console $console
module log     embedded:log
module init    embedded:init

program init.drivers hardware.drivers

program shell    embedded:shell
program pci      embedded:pci
program clock    embedded:clock
program keyboard embedded:keyboard
program mouse    embedded:mouse
program serial   embedded:serial
program dma      embedded:dma
program sound    embedded:sound
program floppy   embedded:floppy
program disk     embedded:disk
program video    embedded:video

program date     embedded:date
program fat      embedded:fat
program keys     embedded:keys
program lspci    embedded:lspci
program sectors  embedded:sectors
program picture  embedded:picture
program talk     embedded:talk
program tone     embedded:tone
program cat      embedded:cat
program count    embedded:count
program upper    embedded:upper
program spin     embedded:spin
program timers   embedded:timers
