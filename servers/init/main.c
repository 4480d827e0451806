/* SPDX-License-Identifier: MIT */
/* `s\init`: the first server. As a boot module it starts as a driver; it then starts itself once
 * more as a server that is a manager (it may start programs of every class, and touches no
 * hardware) and ends. The manager starts the programs of its list, keeps those that are to be kept
 * alive, and does for the console's session what an application may not: service/init.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>

#include "child.h"
#include "detect.h"
#include "list.h"
#include "module.h"
#include "request.h"
#include "say.h"

TR_PROGRAM_ABOUT("starts all other programs, and does what the shell may not");

#define OWN_NAME "init"

void say(const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tr_log(text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

/* Starts this program again as a manager; returns the exit code of the driver. */
static int become_manager(void)
{
    uint64_t size;
    const void *argument = tr_argument(&size);
    const struct tr_boot_module *module = module_find(OWN_NAME);

    if (module == NULL) {
        say("there is no boot module %s", OWN_NAME);
        return 1;
    }
    struct tr_spawn spawn = {
        .image = (const void *)module->va,
        .image_size = module->size,
        .name = OWN_NAME,
        .process_class = TR_SERVER,
        .flags = TR_SPAWN_MANAGER,
        .argument = argument,
        .argument_size = size,
    };
    int64_t pid = tr_process_spawn(&spawn);
    if (pid < 0) {
        say("the manager cannot be started: %s", tr_error_text(pid));
        return 1;
    }
    return 0;
}

int main(void)
{
    struct tr_process_info self;
    struct tr_event event;

    tr_process_self(&self);
    modules_map();
    if (self.process_class == TR_DRIVER) {
        return become_manager();
    }
    list_start();
    while (tr_event_wait(&event, TR_FOREVER) == 1) {
        if (event.kind == TR_EVENT_MESSAGE) {
            request_serve(&event);
        } else if (event.kind == TR_EVENT_PROCESS_EXIT) {
            child_ended(&event);
        } else if (event.kind == TR_EVENT_DEVICE_ADDED) {
            detect_bus();
        } else if (event.kind == TR_EVENT_SAVE_STATE) {
            tr_system_saved();
        }
    }
    return 1;
}
