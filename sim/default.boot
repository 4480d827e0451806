# SPDX-License-Identifier: MIT
# The built-in system. `terrarium extract default.boot` writes this file; change it and start it
# with `terrarium run default.boot`.

module console embedded:console $console
module log     embedded:log
module init    embedded:init
program shell  embedded:shell
program hello  embedded:hello
