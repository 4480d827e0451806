/* SPDX-License-Identifier: MIT */
#pragma once

/* Words of the command line and of boot files as numbers. All functions take the whole word,
 * refuse what does not fit 64 bits, and leave *value alone when they return false. */

#include <stdbool.h>
#include <stdint.h>

/* 42, 0x2a. */
bool sim_parse_number(const char *word, uint64_t *value);

/* Bytes: a number, or one with K, M or G (powers of 1024). */
bool sim_parse_size(const char *word, uint64_t *value);

/* Memory of a machine: a size that is whole pages, from 2M to 64G. */
bool sim_parse_memory(const char *word, uint64_t *value);

/* Nanoseconds: a number with ns, us, ms, s or min; decimals allowed (1.5s). Of bare numbers only 0
 * is a time. */
bool sim_parse_time(const char *word, uint64_t *value);

/* The index of the word in a list that ends with NULL; false if it is not there. */
bool sim_parse_choice(const char *word, const char *const *choices, uint64_t *value);

#define SIM_NUMBER_FORM "a number such as 42 or 0x2a"
#define SIM_SIZE_FORM   "a size such as 4096, 64K, 64M or 1G"
#define SIM_MEMORY_FORM                                                                            \
    "a size of memory such as 8M, 64M or 1G: whole pages of 4096 bytes, from 2M to 64G"
#define SIM_TIME_FORM "a time such as 500ns, 10us, 20ms, 1.5s or 2min"
