/* SPDX-License-Identifier: MIT */
#pragma once

/* Where functions end that find their canary changed: something wrote beyond its array. Says so in
 * the log, and aborts. */
_Noreturn void lib_musl_canary_changed(void);
