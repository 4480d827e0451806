/* SPDX-License-Identifier: MIT */
#pragma once

/* Texts for people, wrapped at the width that the terminal has (services.md 2.1).
 *
 * A line of the text is a paragraph, which is wrapped as a whole; blanks at its beginning stand
 * before what goes on below it too. A tab ends a term: "a\tfirst" and "bc\tsecond" on lines one
 * after the other have what follows in one column. Where the terms would take half of a line or
 * more, what follows stands below each. */

#include <stddef.h>
#include <stdio.h>

#define TRU_TEXT_COLUMNS 80 /* where there is no terminal */

/* How many columns the terminal has; 0: no person sits at the console. */
int tru_terminal_columns(void);

/* Wraps a text to lines of fewer than `columns` letters and puts their bytes, newlines included,
 * piece by piece to `to`. */
void tru_text_wrap(const char *text, int columns,
                   void (*put)(void *to, const char *bytes, size_t size), void *to);

/* Writes a text to stdout or stderr; if that is a pipe it is wrapped as if there were no terminal.
 */
void tru_text_print(FILE *file, const char *text);
