/* SPDX-License-Identifier: MIT */
#pragma once

/* An argument made of words, for those who start programs (struct tr_spawn).
 *
 * Start-up makes words of an argument: blanks part them, "…" keeps blanks in one. What stands
 * behind a zero byte is no part of the words and tells start-up more, again in words:
 *
 *     stdin=pipe:ID:KEY, stdout=pipe:ID:KEY   a pipe to join and to take for a standard stream
 *     quote=C                                 byte C in the words before stands for a double quote
 */

#include <stddef.h>
#include <stdint.h>

/* Writes `count` words as one argument that start-up takes apart into the same words, whatever
 * bytes they hold. There is a zero byte in it only if a word has a double quote. Returns its size;
 * TR_E_TOOBIG: more than `capacity`; TR_E_INVAL: the words hold quotes and every control byte. */
int64_t tru_argument_join(char *argument, size_t capacity, int count, char *const *words);
