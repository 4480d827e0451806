/* SPDX-License-Identifier: MIT */
#pragma once

/* What the examples of docs/calls see when the generator has made one source of them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

/* The last row is empty. */
struct example {
    const char *name;
    uint32_t process_class;
    int is_alone; /* it stops the machine: run it by its name */
    void (*run)(void);
};
extern const struct example examples[];
