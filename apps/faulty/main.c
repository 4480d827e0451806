/* SPDX-License-Identifier: MIT */
/* Does one thing wrong, on purpose, and tells of it before: for tests, and for seeing what the
 * kernel or a memory checker says of each. Usage: faulty KIND; without one it lists them. */

#include <stdio.h>
#include <string.h>
#include <terrarium/program.h>

#include "faults.h"

TR_PROGRAM_ABOUT("does one thing wrong, on purpose");

static const struct {
    const char *name;
    const char *text;
    void (*commit)(void);
} faults[] = {
    {"null", "write through a null pointer", fault_null},
    {"wild", "write through a pointer that is no address", fault_wild},
    {"text", "write to its own code", fault_text},
    {"constant", "write to constant data", fault_constant},
    {"ghost", "write to the code of a ghost function", fault_ghost},
    {"divide", "divide by zero", fault_divide},
    {"illegal", "execute an illegal instruction", fault_illegal},
    {"privileged", "execute a privileged instruction", fault_privileged},
    {"stack", "overflow its stack", fault_stack},
    {"jump", "jump to address zero", fault_jump},
    {"data", "execute data", fault_data},
    {"uninitialised", "send bytes that were never written", fault_uninitialised},
    {"overrun", "read behind the end of a heap block", fault_overrun},
    {"leak", "forget a heap block", fault_leak},
};
#define FAULTS (sizeof faults / sizeof faults[0])

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < FAULTS; i++) {
        if (strcmp(argv[1], faults[i].name) == 0) {
            printf("faulty: about to %s\n", faults[i].text);
            faults[i].commit();
            return 0;
        }
    }
    for (size_t i = 0; i < FAULTS; i++) {
        printf("%-14s %s\n", faults[i].name, faults[i].text);
    }
    return argc == 1 ? 0 : 2;
}
