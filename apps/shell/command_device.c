/* SPDX-License-Identifier: MIT */
/* `devices`: the devices there are. An application sees those that are exposed to it; of those for
 * servers the shell hears from s\\init, which acts for the session. Who has a device open the
 * kernel tells its driver alone. */

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device/device.h>
#include <terrarium/message.h>
#include <terrarium/service/init.h>

#include "command.h"
#include "page.h"
#include "shell.h"

#define NAME_TEXT 16

/* The first device after this one, as init sees it or as an application does. */
static int64_t device_next(uint64_t after, struct tr_device_info *info)
{
    struct tru_request request = {
        .pid = shell.init,
        .request = {.operation = TR_INIT_DEVICE, .argument = after},
        .answer = info,
        .capacity = sizeof *info,
    };
    int64_t result = shell.init != 0 ? tru_request(&request) : TR_E_PERM;

    return result == TR_E_PERM || result == TR_E_INVAL ? tr_device_next(after, info) : result;
}

static const char *type_name(uint32_t type, char text[NAME_TEXT])
{
    static const char *const names[] = {
#define TR_DEVICE_TYPE(name, number, meaning) [number] = #name,
#include <terrarium/device/types.def>
#undef TR_DEVICE_TYPE
    };

    if (type >= sizeof names / sizeof names[0] || names[type] == NULL) {
        snprintf(text, NAME_TEXT, "%" PRIu32, type);
        return text;
    }
    strlcpy(text, names[type], NAME_TEXT);
    for (char *c = text; *c != '\0'; c++) {
        *c = (char)tolower(*c);
    }
    return text;
}

static const char *class_name(uint32_t exposure)
{
    static const char *const names[] = {"driver", "server", "all"};

    return exposure < sizeof names / sizeof names[0] ? names[exposure] : "?";
}

static void device_print(const struct tr_device_info *info, bool narrow)
{
    struct tr_process_info driver = {.name = "?"};
    char type[NAME_TEXT];

    tr_process_info(info->driver, &driver);
    tell("%4" PRIu64 " %-8s ", info->id, type_name(info->type, type));
    if (!narrow) {
        tell("%-7s ", class_name(info->exposure));
    }
    tell("%-14s %s\n", info->name, driver.name);
}

int command_devices(int argc, char **argv)
{
    struct tr_device_info info = {0};
    bool narrow = is_narrow();
    int64_t result;
    int count = 0;

    (void)argv;
    if (argc > 1) {
        return command_misused("devices");
    }
    for (uint64_t id = 0; (result = device_next(id, &info)) > 0; id = info.id) {
        if (count++ == 0) {
            tell(narrow ? "  ID TYPE     NAME           DRIVER\n"
                        : "  ID TYPE     SEEN BY NAME           DRIVER\n");
        }
        device_print(&info, narrow);
    }
    if (result < 0 && result != TR_E_NOENT) {
        return complain("devices", NULL, result);
    }
    if (count == 0) {
        tell_sentence("There is no device: no driver has made one.");
    }
    return 0;
}
