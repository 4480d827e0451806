# SPDX-License-Identifier: MIT
# The built-in system. `terrarium extract default.boot` writes this file; change it and start it
# with `terrarium run default.boot`. A module is started at boot, as a driver; a program is only in
# memory. What init starts stands in a file init.list, if there is one; its default is "detect", then
# "session shell". Which driver is for what stands in init.drivers, if there is one (docs/drivers.md).

module console embedded:console $console
module log     embedded:log
module init    embedded:init

program shell   embedded:shell

# Drivers that init starts if it finds their hardware.
program pci     embedded:pci
program clock   embedded:clock
program keyboard embedded:keyboard
program mouse   embedded:mouse
program serial  embedded:serial
program video   embedded:video
program disk    embedded:disk

# Examples to learn from.
program hello   embedded:hello
program greet   embedded:greet
program ping    embedded:ping
program pong    embedded:pong
program produce embedded:produce
program consume embedded:consume
program counter embedded:counter
program timers  embedded:timers

# Small tools.
program args    embedded:args
program cat     embedded:cat
program count   embedded:count
program date    embedded:date
program keys    embedded:keys
program talk    embedded:talk
program lspci   embedded:lspci
program status  embedded:status
program upper   embedded:upper

# Programs that misbehave.
program spin           embedded:spin
program spin-uncounted embedded:spin-uncounted
program faulty         embedded:faulty
