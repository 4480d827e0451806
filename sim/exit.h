/* SPDX-License-Identifier: MIT */
#pragma once

/* The exit codes of the terrarium command. A guest that halts the machine chooses its own, 0 to
 * 255; the codes below are what the simulator says itself. They are part of the command's
 * interface: `terrarium help run` and the man page list them. */

enum sim_exit {
    SIM_EXIT_OK = 0,
    SIM_EXIT_FAILED = 1, /* a sub-command that is no run could not do its work */
    SIM_EXIT_USAGE = 2,  /* a bad command line, boot file, program image or trace file */
    SIM_EXIT_PANIC = 3,  /* the kernel broke an invariant, or the audit found something */
    SIM_EXIT_HOST = 4,   /* the host refused: no memory, no window, a file that cannot be written */
    SIM_EXIT_REBOOTS = 5, /* the system rebooted more often than --max-reboots allows */
    SIM_EXIT_IDLE = 6,    /* nothing could ever happen again: no runnable thread, timer or input */
    SIM_EXIT_TIME = 124,  /* --stop-at was reached */
    SIM_EXIT_SIGNAL = 128 /* plus the signal: 130 SIGINT or Ctrl-C, 131 Ctrl-\, 143 SIGTERM, 129
                             SIGHUP: the terminal has gone, 141 the output was closed (SIGPIPE's
                             number; no signal is raised) */
};
