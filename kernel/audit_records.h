/* SPDX-License-Identifier: MIT */
#pragma once

/* The part of the audit that is about records: each is where its owner keeps it, nothing names what
 * is dead, and no pool holds one that nobody knows. */

struct kernel;

/* NULL, or a sentence about the first fault. Changes nothing. */
const char *audit_records(struct kernel *kernel);
