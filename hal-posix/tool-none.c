/* SPDX-License-Identifier: MIT */
/* A build without Valgrind's headers: no memory checker is told anything. */

#include "tool.h"

#include "fiber.h"

bool tool_is_watching(void)
{
    return false;
}

uint32_t tool_slowness(void)
{
    return 1;
}

void tool_change_begin(struct tool_shadow *shadow, uint64_t va, uint64_t pages)
{
    *shadow = (struct tool_shadow){.va = va, .pages = pages};
}

void tool_change_end(struct tool_shadow *shadow)
{
    (void)shadow;
}

void tool_new_text(uint64_t va, uint64_t size)
{
    (void)va;
    (void)size;
}

void tool_expect(struct window *window, uint64_t va, uint64_t pages)
{
    (void)window;
    (void)va;
    (void)pages;
}

void tool_before_user(struct machine *machine, struct hal_context *next)
{
    (void)machine;
    (void)next;
}

void tool_forget_window(struct machine *machine, struct window *window)
{
    (void)machine;
    (void)window;
}

void tool_forget_all(struct machine *machine)
{
    (void)machine;
}

const char *tool_ghost_check(void)
{
    return NULL;
}

bool posix_is_checked(void)
{
    return false;
}

void hal_tool(struct machine *machine, enum hal_tool what, const void *to, const void *from,
              uint64_t size)
{
    (void)machine;
    (void)from;
    if (what == HAL_TOOL_STACK) {
        fiber_stack(to, size);
    }
}
