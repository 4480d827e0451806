/* SPDX-License-Identifier: MIT */
#pragma once

/* Runs a line. What goes wrong is told on stderr; the status is in shell.status afterwards. */
void execute_line(const char *line);
