/* SPDX-License-Identifier: MIT */
#pragma once

/* Images spawned by a driver of the fake machine, and what became of them. */

#include "tests/fake/elf_image.h"
#include "unit.h"

/* The result of spawning these bytes as an application. */
int64_t loading_spawn(struct machine *machine, const void *bytes, uint64_t size);

/* How many times another thread could have run during that. */
int loading_steps(void);

/* The address of the ELF header in the process, which is that of the image's first byte. */
uint64_t loading_base(struct machine *machine, uint64_t pid);

/* The spawn ends with this error and nothing is left of the attempt. */
void loading_fails(struct machine *machine, const void *bytes, uint64_t size, int64_t error);

/* The same, and the log has a record with these words. Once a test. */
void loading_fails_because(struct machine *machine, const struct elf_image *image, int64_t error,
                           const char *words);
