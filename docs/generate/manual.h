/* SPDX-License-Identifier: MIT */
#pragma once

/* A page of section 3 for each call. */

/* Writes tr_NAME.3 for each call into the folder, which exists. Ends the generator if it cannot. */
void manual_write(const char *folder);
