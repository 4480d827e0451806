/* SPDX-License-Identifier: MIT */
#pragma once

/* init has no console of its own: what it has to say goes to the log. */

/* One line, as printf formats it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
