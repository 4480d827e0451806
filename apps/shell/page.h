/* SPDX-License-Identifier: MIT */
#pragma once

/* What the shell's own commands write. On a terminal it stops when the screen is full (services.md
 * 2.2 and 2.3); once the person has had enough, the rest of a command's output goes nowhere. */

#include <stdbool.h>
#include <stddef.h>

/* A new line of commands: what is on the screen has been seen. */
void page_line(void);

/* The output of a command begins; `stops`: it goes to the terminal, and nothing else ends it. */
void page_command(bool stops);

/* Writes a command's output: bytes; as printf does; a text in sentences, wrapped; one sentence,
 * which is wrapped on a terminal and else is one line, without a newline in the format. */
void page_put(const char *bytes, size_t size);
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_text(const char *text);
void tell_sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));
