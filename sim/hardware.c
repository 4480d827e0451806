/* SPDX-License-Identifier: MIT */
/* Words for hardware. What happens at a time is written TIME=ACTION; hardware_event.c reads it. */

#include "hardware.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/hardware_event.h"
#include "sim/parse.h"
#include "sim/say.h"

static const char *const part_names[] = {"rtc",    "keyboard", "serial", "pci",
                                         "floppy", "ide",      "vga",    "sound"};
static const char *const display_names[] = {"none", "window", "blocks", NULL};

#define PART_COUNT (sizeof part_names / sizeof part_names[0])

void sim_hardware_init(struct sim_hardware *hardware)
{
    *hardware = (struct sim_hardware){.posix.parts = POSIX_PART_ALL};
}

void sim_hardware_free(struct sim_hardware *hardware)
{
    for (size_t i = 0; i < hardware->text_count; i++) {
        free(hardware->texts[i]);
    }
    free(hardware->texts);
    free(hardware->events);
    *hardware = (struct sim_hardware){.events = NULL};
}

const char *sim_hardware_keep(const struct sim_words *words, const char *text)
{
    struct sim_hardware *hardware = words->hardware;
    char **texts = realloc(hardware->texts, (hardware->text_count + 1) * sizeof *texts);
    if (texts == NULL) {
        return NULL;
    }
    hardware->texts = texts;
    bool is_whole = words->folder == NULL || text[0] == '/';
    if (asprintf(&texts[hardware->text_count], "%s%s%s", is_whole ? "" : words->folder,
                 is_whole ? "" : "/", text) < 0) {
        return NULL;
    }
    return texts[hardware->text_count++];
}

bool sim_hardware_wrong(const struct sim_words *words, const char *word, const char *right)
{
    snprintf(words->why, words->why_size, "\"%s\": %s", word, right);
    return false;
}

bool sim_hardware_file(const struct sim_words *words, const char *value, const char **path,
                       int access_mode)
{
    *path = sim_hardware_keep(words, value);
    if (*path == NULL) {
        return sim_hardware_wrong(words, value, strerror(ENOMEM));
    }
    struct stat status;
    if (access(*path, access_mode) == 0 && stat(*path, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
    } else if (access(*path, access_mode) == 0) {
        return true;
    }
    return sim_hardware_wrong(words, *path, strerror(errno));
}

/* Folders, terminals and the like hold no sectors. */
static bool is_image(const struct sim_words *words, const char *path)
{
    struct stat status;
    return (stat(path, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))) ||
           sim_hardware_wrong(words, path, "neither a file with a disk's sectors nor a disk");
}

bool sim_hardware_medium(const struct sim_words *words, const char *value,
                         struct posix_medium *medium)
{
    static const char *const modes[] = {"rw", "ro", "cow", NULL};
    uint64_t mode = POSIX_MEDIUM_WRITE;
    char file[4096];
    const char *comma = strrchr(value, ',');
    size_t length = comma != NULL ? (size_t)(comma - value) : strlen(value);
    *medium = (struct posix_medium){.path = NULL};
    if (strcmp(value, "none") == 0) {
        return true;
    }
    if (comma != NULL && !sim_parse_choice(comma + 1, modes, &mode)) {
        return sim_hardware_wrong(words, comma + 1,
                                  "behind the comma of a disk's file stands ro, cow or rw");
    }
    if (length == 0 || length >= sizeof file) {
        return sim_hardware_wrong(words, value, "not FILE, FILE,ro or FILE,cow");
    }
    memcpy(file, value, length);
    file[length] = '\0';
    medium->mode = (enum posix_medium_mode)mode;
    return sim_hardware_file(words, file, &medium->path,
                             mode == POSIX_MEDIUM_WRITE ? R_OK | W_OK : R_OK) &&
           is_image(words, medium->path);
}

static bool take_disk(struct sim_words *words, const char *value)
{
    struct sim_hardware *hardware = words->hardware;
    if (hardware->disk_count == POSIX_DRIVES) {
        return sim_hardware_wrong(words, value, "there is room for four drives");
    }
    if (strcmp(value, "none") == 0) {
        return sim_hardware_wrong(words, value,
                                  "a disk has a file; cdrom and floppy may have none");
    }
    return sim_hardware_medium(words, value, &hardware->disks[hardware->disk_count++]);
}

static bool take_cdrom(struct sim_words *words, const char *value)
{
    struct sim_hardware *hardware = words->hardware;
    char read_only[4200];
    if (hardware->cdrom_count == POSIX_DRIVES) {
        return sim_hardware_wrong(words, value, "there is room for four drives");
    }
    size_t length = strlen(value);
    if (length > 3 && strcmp(value + length - 3, ",rw") == 0) {
        return sim_hardware_wrong(words, value, "a CD-ROM is read only: FILE or none");
    }
    bool is_bare = strcmp(value, "none") != 0 && strchr(value, ',') == NULL;
    snprintf(read_only, sizeof read_only, "%s%s", value, is_bare ? ",ro" : "");
    return sim_hardware_medium(words, read_only, &hardware->cdroms[hardware->cdrom_count++]);
}

static bool take_floppy(struct sim_words *words, const char *value)
{
    struct posix_hardware *posix = &words->hardware->posix;
    if (posix->floppy_drives == POSIX_FLOPPIES) {
        return sim_hardware_wrong(words, value, "there is room for two floppy drives");
    }
    return sim_hardware_medium(words, value, &posix->floppies[posix->floppy_drives++]);
}

static bool take_display(struct sim_words *words, const char *value)
{
    uint64_t display = 0;
    if (!sim_parse_choice(value, display_names, &display)) {
        return sim_hardware_wrong(words, value, "the display is window, blocks or none");
    }
    words->hardware->posix.display = (enum posix_display)display;
    return true;
}

static bool take_sound(struct sim_words *words, const char *value)
{
    const char **sound = &words->hardware->posix.sound;
    struct sim_words bare = *words;
    if (strcmp(value, "sdl") == 0) {
        bare.folder = NULL;
    }
    *sound = sim_hardware_keep(&bare, value);
    return *sound != NULL;
}

static bool take_keyboard(struct sim_words *words, const char *value)
{
    struct posix_hardware *posix = &words->hardware->posix;
    posix->keyboard = NULL;
    posix->keyboard_is_terminal = strcmp(value, "terminal") == 0;
    if (posix->keyboard_is_terminal) {
        return true;
    }
    return sim_hardware_file(words, value, &words->hardware->posix.keyboard, R_OK);
}

static bool take_serial(struct sim_words *words, const char *value)
{
    struct sim_hardware *hardware = words->hardware;
    const char *comma = strchr(value, ',');
    struct sim_words bare = *words;
    hardware->serial_input = NULL;
    if (comma != NULL) {
        char input[4200];
        snprintf(input, sizeof input, "%.*s", (int)(comma - value), value);
        if (!sim_hardware_file(words, input, &hardware->serial_input, R_OK)) {
            return false;
        }
        value = comma + 1;
    }
    bare.folder = strcmp(value, "pty") == 0 ? NULL : words->folder;
    hardware->serial = sim_hardware_keep(&bare, value);
    return hardware->serial != NULL;
}

/* An empty file is a machine without a BIOS. */
static bool take_rom(struct sim_words *words, const char *value)
{
    const char **path = &words->hardware->posix.rom;
    unsigned char first[2] = {0};
    if (!sim_hardware_file(words, value, path, R_OK)) {
        return false;
    }
    FILE *file = fopen(*path, "re");
    size_t size = file != NULL ? fread(first, 1, sizeof first, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    return size == 0 || (first[0] == 0x55 && first[1] == 0xaa) ||
           sim_hardware_wrong(words, *path, "not an expansion ROM (it would begin with 55 aa)");
}

/* Numbers with the digits of a form: 0 stands for one, all else for itself. */
static bool has_form(const char *value, const char *form)
{
    for (; *form != '\0'; form++, value++) {
        bool is_digit = *value >= '0' && *value <= '9';
        if (*form == '0' ? !is_digit : *value != *form) {
            return false;
        }
    }
    return *value == '\0';
}

/* 2026-11-22 or 2026-11-22T20:51:34. False: there is no such moment. */
static bool read_date(const char *value, time_t *seconds)
{
    struct tm date = {.tm_mday = 1};
    bool has_time = has_form(value, "0000-00-00T00:00:00");
    if (!has_time && !has_form(value, "0000-00-00")) {
        return false;
    }
    date.tm_year = atoi(value) - 1900;
    date.tm_mon = atoi(value + 5) - 1;
    date.tm_mday = atoi(value + 8);
    date.tm_hour = has_time ? atoi(value + 11) : 0;
    date.tm_min = has_time ? atoi(value + 14) : 0;
    date.tm_sec = has_time ? atoi(value + 17) : 0;
    const struct tm wanted = date;
    *seconds = timegm(&date); /* which brings what is none to a date that is */
    return date.tm_year == wanted.tm_year && date.tm_mon == wanted.tm_mon &&
           date.tm_mday == wanted.tm_mday && date.tm_hour == wanted.tm_hour &&
           date.tm_min == wanted.tm_min && date.tm_sec == wanted.tm_sec;
}

/* A date (UTC), or host: now. */
static bool take_date(struct sim_words *words, const char *value)
{
    time_t seconds = 0;
    if (strcmp(value, "host") == 0) {
        seconds = time(NULL);
    } else if (!read_date(value, &seconds) || seconds <= 0) {
        return sim_hardware_wrong(words, value,
                                  "not a date after 1970-01-01 such as 2026-11-22, "
                                  "2026-11-22T20:51:34 (UTC), or host");
    }
    words->hardware->posix.date = (uint64_t)seconds;
    return true;
}

static bool part_of(const char *name, uint32_t *parts)
{
    if (strcmp(name, "all") == 0 || strcmp(name, "none") == 0) {
        *parts = name[0] == 'a' ? POSIX_PART_ALL : 0;
        return true;
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (strcmp(name, part_names[i]) == 0) {
            *parts = 1U << i;
            return true;
        }
    }
    return false;
}

/* A list such as all,-sound or rtc,keyboard. */
static bool take_parts(struct sim_words *words, const char *value)
{
    uint32_t parts = value[0] == '-' ? POSIX_PART_ALL : 0;
    while (*value != '\0') {
        char name[32];
        uint32_t part;
        size_t length = strcspn(value, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, value);
        bool minus = name[0] == '-';
        if (!part_of(name + minus, &part)) {
            return sim_hardware_wrong(words, name,
                                      "no such part; a list of rtc, keyboard, serial, pci, floppy, "
                                      "ide, vga, sound, all or none; -PART takes one out");
        }
        parts = minus ? parts & ~part : parts | part;
        value += length;
        if (*value == ',' && *++value == '\0') {
            return sim_hardware_wrong(words, ",", "a part is missing behind the last comma");
        }
    }
    words->hardware->posix.parts = parts;
    return true;
}

static bool take_screenshot(struct sim_words *words, const char *value)
{
    const char *equals = strchr(value, '=');
    char text[4200];
    if (equals == NULL) {
        return sim_hardware_wrong(words, value, "not TIME=FILE.png");
    }
    snprintf(text, sizeof text, "%.*s=screenshot %s", (int)(equals - value), value, equals + 1);
    return sim_hardware_event(words, text);
}

const char *const sim_hardware_words[] = {
    "disk", "cdrom", "floppy",   "display", "sound",         "keyboard", "serial",
    "rom",  "rtc",   "hardware", "at",      "screenshot-at", NULL};

static bool (*const takers[])(struct sim_words *words, const char *value) = {
    take_disk,   take_cdrom, take_floppy, take_display, take_sound,         take_keyboard,
    take_serial, take_rom,   take_date,   take_parts,   sim_hardware_event, take_screenshot};

bool sim_hardware_take(struct sim_hardware *hardware, const char *word, const char *value,
                       const char *folder, char *why, size_t why_size)
{
    struct sim_words words = {
        .hardware = hardware, .folder = folder, .why = why, .why_size = why_size};
    uint64_t which = 0;
    snprintf(why, why_size, "no memory");
    if (value[0] == '\0') {
        return sim_hardware_wrong(&words, value, "a value is missing");
    }
    return sim_parse_choice(word, sim_hardware_words, &which) && takers[which](&words, value);
}

static bool needs(const struct sim_hardware *hardware, bool is_given, enum posix_part part,
                  const char *what)
{
    if (is_given && (hardware->posix.parts & part) == 0) {
        sim_complain("%s, but the hardware list leaves that part out", what);
        return false;
    }
    return true;
}

static bool parts_agree(const struct sim_hardware *hardware)
{
    const struct posix_hardware *posix = &hardware->posix;
    return needs(hardware, hardware->disk_count + hardware->cdrom_count > 0, POSIX_PART_IDE,
                 "there are disks (part ide)") &&
           needs(hardware, posix->floppy_drives > 0, POSIX_PART_FLOPPY,
                 "there are floppies (part floppy)") &&
           needs(hardware, posix->display != POSIX_DISPLAY_NONE, POSIX_PART_VGA,
                 "there is a display (part vga)") &&
           needs(hardware, posix->sound != NULL, POSIX_PART_SOUND, "there is sound") &&
           needs(hardware, posix->keyboard != NULL || posix->keyboard_is_terminal,
                 POSIX_PART_KEYBOARD, "something types (part keyboard)") &&
           needs(hardware, hardware->serial != NULL, POSIX_PART_SERIAL,
                 "there is something at the second serial port (part serial)");
}

/* What happens to a drive at some time needs one. */
static bool event_agrees(const struct posix_hardware *posix, const struct posix_event *event)
{
    uint32_t unit = event->unit;
    bool is_floppy = event->kind == POSIX_EVENT_FLOPPY || event->kind == POSIX_EVENT_FLOPPY_BAD ||
                     event->kind == POSIX_EVENT_FLOPPY_GOOD;
    bool is_drive = event->kind == POSIX_EVENT_DRIVE || event->kind == POSIX_EVENT_DRIVE_BAD ||
                    event->kind == POSIX_EVENT_DRIVE_GOOD;
    if (is_floppy && unit >= posix->floppy_drives) {
        sim_complain("at: floppy%u: there is no such drive (floppy none makes an empty one)", unit);
        return false;
    }
    if (is_drive && posix->drives[unit].kind == POSIX_DRIVE_NONE) {
        sim_complain("at: drive%u: there is no such drive (cdrom none makes an empty one)", unit);
        return false;
    }
    if (event->kind == POSIX_EVENT_DRIVE && posix->drives[unit].kind == POSIX_DRIVE_DISK) {
        sim_complain("at: drive%u: it is a disk, which nobody can take out", unit);
        return false;
    }
    return true;
}

static bool events_agree(const struct sim_hardware *hardware)
{
    for (size_t i = 0; i < hardware->posix.event_count; i++) {
        if (!event_agrees(&hardware->posix, &hardware->events[i])) {
            return false;
        }
    }
    return true;
}

/* CD-ROM drives lie on the second channel, disks where there is room, the first channel first. */
bool sim_hardware_complete(struct sim_hardware *hardware)
{
    static const uint8_t cdrom_places[POSIX_DRIVES] = {2, 3, 1, 0};
    struct posix_drive *drives = hardware->posix.drives;
    size_t place = 0;
    if (hardware->disk_count + hardware->cdrom_count > POSIX_DRIVES) {
        sim_complain("%zu disks and %zu CD-ROM drives: there is room for four together",
                     hardware->disk_count, hardware->cdrom_count);
        return false;
    }
    for (size_t i = 0; i < hardware->cdrom_count; i++) {
        drives[cdrom_places[i]] =
            (struct posix_drive){.kind = POSIX_DRIVE_CDROM, .medium = hardware->cdroms[i]};
    }
    for (size_t i = 0; i < hardware->disk_count; i++) {
        while (drives[place].kind != POSIX_DRIVE_NONE) {
            place++;
        }
        drives[place] =
            (struct posix_drive){.kind = POSIX_DRIVE_DISK, .medium = hardware->disks[i]};
    }
    hardware->posix.events = hardware->events;
    return parts_agree(hardware) && events_agree(hardware);
}
