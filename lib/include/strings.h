/* SPDX-License-Identifier: MIT */
#pragma once

/* POSIX has strcasecmp and strncasecmp here; string.h declares them. */

#include <string.h>
