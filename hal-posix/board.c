/* SPDX-License-Identifier: MIT */
/* Opening what lies in the drives, and keeping it. */

#include "board.h"

#include <stdio.h>
#include <stdlib.h>

#include "devices/ata.h"
#include "devices/floppy_drive.h"
#include "machine.h"
#include "medium.h"

/* Who hears what is to be said of media. */
struct opening {
    void (*warn)(void *user, const char *text);
    void *user;
    char *refusal; /* NULL: what cannot be used is a warning */
    size_t refusal_size;
};

static void say(const struct opening *opening, const char *text)
{
    if (opening->warn != NULL && text[0] != '\0') {
        opening->warn(opening->user, text);
    }
}

/* False: the medium was refused, and that is the end. */
static bool opened(const struct opening *opening, const struct medium *medium, const char *text)
{
    if (medium == NULL && opening->refusal != NULL) {
        snprintf(opening->refusal, opening->refusal_size, "%s", text);
        return false;
    }
    say(opening, text);
    return true;
}

static bool open_all(struct posix_board *board, const struct posix_hardware *hardware,
                     const struct opening *opening)
{
    char text[MEDIUM_TEXT];
    bool has_floppies = (hardware->parts & POSIX_PART_FLOPPY) != 0;
    bool has_drives = (hardware->parts & POSIX_PART_IDE) != 0;
    for (uint32_t i = 0; i < POSIX_DRIVES && has_drives; i++) {
        const struct posix_drive *drive = &hardware->drives[i];
        if (drive->kind == POSIX_DRIVE_NONE || drive->medium.path == NULL) {
            continue;
        }
        bool is_disk = drive->kind == POSIX_DRIVE_DISK;
        board->drives[i].medium = medium_open(is_disk ? "disk" : "cdrom", &drive->medium,
                                              is_disk ? ATA_DISK_SECTOR : CDROM_SECTOR, text);
        if (!opened(opening, board->drives[i].medium, text)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < hardware->floppy_drives && has_floppies; i++) {
        if (hardware->floppies[i].path != NULL) {
            board->floppies[i].medium = floppy_medium_open(&hardware->floppies[i], text);
            if (!opened(opening, board->floppies[i].medium, text)) {
                return false;
            }
        }
    }
    return true;
}

struct posix_board *posix_board_create(const struct posix_config *config, char *error,
                                       size_t error_size)
{
    struct posix_board *board = calloc(1, sizeof *board);
    const struct opening opening = {config->warn, config->user, error, error_size};
    if (board == NULL) {
        snprintf(error, error_size, "no memory for what lies in the drives");
        return NULL;
    }
    if (config->hardware != NULL && !open_all(board, config->hardware, &opening)) {
        posix_board_destroy(board);
        return NULL;
    }
    return board;
}

void posix_board_destroy(struct posix_board *board)
{
    for (uint32_t i = 0; board != NULL && i < POSIX_DRIVES; i++) {
        medium_close(board->drives[i].medium);
    }
    for (uint32_t i = 0; board != NULL && i < POSIX_FLOPPIES; i++) {
        medium_close(board->floppies[i].medium);
    }
    free(board);
}

bool board_attach(struct machine *machine)
{
    const struct opening opening = {machine->config.warn, machine->config.user, NULL, 0};
    machine->board = machine->config.board;
    if (machine->board == NULL) {
        machine->board = calloc(1, sizeof *machine->board);
        if (machine->board == NULL || !open_all(machine->board, &machine->hardware, &opening)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < POSIX_DRIVES; i++) {
        medium_attach(machine->board->drives[i].medium, machine);
    }
    for (uint32_t i = 0; i < POSIX_FLOPPIES; i++) {
        medium_attach(machine->board->floppies[i].medium, machine);
    }
    return true;
}

void board_detach(struct machine *machine)
{
    if (machine->board != NULL) {
        machine->board->has_run = true;
    }
    if (machine->config.board == NULL) {
        posix_board_destroy(machine->board);
    }
    machine->board = NULL;
}
