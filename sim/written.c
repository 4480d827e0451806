/* SPDX-License-Identifier: MIT */
/* Every file is compared with every other; there are a few dozen. */

#include "written.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/place.h"
#include "sim/say.h"

struct named {
    const char *what, *path; /* path NULL: standard input, already open */
    bool is_written;
    bool is_there, is_regular;
    struct stat status;
};

struct names {
    struct named *rows;
    size_t count, room;
    bool failed;
};

static void add(struct names *names, const char *what, const char *path, bool is_written)
{
    if (names->count == names->room) {
        size_t room = names->room * 2 + 32;
        struct named *rows = realloc(names->rows, room * sizeof(*rows));
        if (rows == NULL) {
            names->failed = true;
            return;
        }
        names->rows = rows;
        names->room = room;
    }
    struct named *row = &names->rows[names->count++];
    *row = (struct named){.what = what, .path = path, .is_written = is_written};
    row->is_there =
        (path != NULL ? stat(path, &row->status) : fstat(STDIN_FILENO, &row->status)) == 0;
    row->is_regular = !row->is_there || S_ISREG(row->status.st_mode);
}

static void add_medium(struct names *names, const char *what, const struct posix_medium *medium)
{
    if (medium->path != NULL) {
        add(names, what, medium->path, medium->mode == POSIX_MEDIUM_WRITE);
    }
}

static void add_text(struct names *names, const char *what, const char *path, bool is_written)
{
    if (path != NULL) {
        add(names, what, path, is_written);
    }
}

static void add_hardware(struct names *names, const struct sim_hardware *hardware)
{
    const struct posix_hardware *posix = &hardware->posix;
    for (size_t i = 0; i < POSIX_DRIVES; i++) {
        add_medium(names, posix->drives[i].kind == POSIX_DRIVE_CDROM ? "cdrom" : "disk",
                   &posix->drives[i].medium);
    }
    for (size_t i = 0; i < POSIX_FLOPPIES; i++) {
        add_medium(names, "floppy", &posix->floppies[i]);
    }
    for (size_t i = 0; i < posix->event_count; i++) {
        const struct posix_event *event = &posix->events[i];
        if (event->kind == POSIX_EVENT_SCREENSHOT) {
            add_text(names, "screenshot", event->medium.path, true);
        }
    }
    if (posix->sound != NULL && strcmp(posix->sound, "sdl") != 0) {
        add(names, "sound", posix->sound, true);
    }
    if (hardware->serial != NULL && strcmp(hardware->serial, "pty") != 0) {
        add(names, "serial", hardware->serial, true);
    }
    add_text(names, "serial", hardware->serial_input, false);
    add_text(names, "keyboard", posix->keyboard, false);
    add_text(names, "rom", posix->rom, false);
}

static bool same_file(const struct named *one, const struct named *other)
{
    if (one->is_there && other->is_there) {
        return one->status.st_dev == other->status.st_dev &&
               one->status.st_ino == other->status.st_ino;
    }
    return !one->is_there && !other->is_there && one->path != NULL && other->path != NULL &&
           strcmp(one->path, other->path) == 0;
}

/* Pictures may follow each other in one file. */
static bool may_be_one(const struct named *one, const struct named *other)
{
    return (!one->is_written && !other->is_written) || !one->is_regular ||
           (strcmp(one->what, "screenshot") == 0 && strcmp(other->what, "screenshot") == 0);
}

static void tell(const struct named *writer, const struct named *other)
{
    if (strcmp(writer->what, other->what) == 0) {
        sim_complain("%s %s: it is named twice, and written to", writer->what, writer->path);
    } else {
        sim_complain("%s %s: the same file as the %s; a run would write over it", writer->what,
                     writer->path, other->what);
    }
}

static bool compare_all(const struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct named *row = &names->rows[i];
        if (row->is_written && row->is_regular && sim_is_own(row->path)) {
            sim_complain("%s %s: that file belongs to Terrarium", row->what, row->path);
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            const struct named *one = &names->rows[k], *other = &names->rows[i];
            if (same_file(one, other) && !may_be_one(one, other)) {
                tell(other->is_written ? other : one, other->is_written ? one : other);
                return false;
            }
        }
    }
    return true;
}

bool sim_written_apart(const struct sim_run *run, const struct sim_boot *boot)
{
    struct names names = {0};
    if (run->input != SIM_INPUT_NONE) {
        add(&names, "standard input", NULL, false);
    }
    add_text(&names, "boot file", run->boot_file, false);
    for (uint64_t i = 0; i < boot->count; i++) {
        add_text(&names, "program", boot->modules[i].path, false);
    }
    add_hardware(&names, &boot->hardware);
    add_text(&names, "trace", run->trace, true);
    if (run->dot != NULL && strcmp(run->dot, "-") != 0) {
        add(&names, "dot", run->dot, true);
    }
    bool good = !names.failed && compare_all(&names);
    if (names.failed) {
        sim_complain("no memory for the list of files");
    }
    free(names.rows);
    return good;
}
