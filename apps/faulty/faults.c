/* SPDX-License-Identifier: MIT */
/* One wrong deed each. Addresses go through volatile variables, so that the compiler does not see
 * what is coming and does it as written. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

#include "faults.h"

/* Where results go, so that they count as used. */
static volatile unsigned result;

static void poke(uintptr_t address)
{
    volatile uintptr_t hidden = address;

    *(volatile unsigned char *)hidden = 1;
}

static void jump(uintptr_t address)
{
    volatile uintptr_t hidden = address;

    ((void (*)(void))hidden)();
}

void fault_null(void)
{
    poke(0);
}

/* What freed or never written memory looks like: no address at all. */
void fault_wild(void)
{
    poke((uintptr_t)0xefefefefefefefef);
}

void fault_text(void)
{
    poke((uintptr_t)fault_text);
}

void fault_constant(void)
{
    static const char constant[] = "never to be changed";

    poke((uintptr_t)constant);
}

void fault_ghost(void)
{
    poke((uintptr_t)tr_clock);
}

/* Each level keeps a kilobyte and looks at what the next one made of it. */
static unsigned dig(unsigned depth)
{
    volatile unsigned char block[1024];

    block[depth % sizeof block] = (unsigned char)depth;
    return depth == 0 ? 0 : dig(depth + 1) + block[depth % sizeof block];
}

void fault_stack(void)
{
    volatile unsigned start = 1;

    result = dig(start);
}

void fault_jump(void)
{
    jump(0);
}

void fault_data(void)
{
    static unsigned char data[64];

    jump((uintptr_t)data);
}

void fault_uninitialised(void)
{
    char message[16];

    /* Half of the message is never written. */
    memset(message, 'x', sizeof message / 2);
    tr_message_send((uint64_t)tr_process_self(NULL), message, sizeof message, 0);
}

void fault_overrun(void)
{
    unsigned char *block = malloc(24);

    if (block == NULL) {
        return;
    }
    memset(block, 1, 24);
    for (int i = 0; i <= 24; i++) {
        result += block[i];
    }
    free(block);
}

void fault_leak(void)
{
    unsigned char *volatile block = malloc(100);

    if (block != NULL) {
        block[0] = 1;
    }
    block = NULL;
}
