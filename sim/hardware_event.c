/* SPDX-License-Identifier: MIT */
/* What happens to the hardware at a time:
 *
 *   TIME=screenshot FILE.png
 *   TIME=insert floppyN|driveN FILE[,ro|,cow]     TIME=eject floppyN|driveN
 *   TIME=bad floppyN|driveN FIRST[+COUNT]         TIME=good floppyN|driveN FIRST[+COUNT]
 *   TIME=irq N    TIME=stuck N    TIME=free N     TIME=spurious N */

#include "hardware_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/parse.h"

enum form { FORM_FILE, FORM_INSERT, FORM_EJECT, FORM_SECTORS, FORM_LINE };

struct action {
    const char *name;
    enum form form;
    enum posix_event_kind kind; /* of a floppy, where there are two */
    enum posix_event_kind drive_kind;
};

static const struct action actions[] = {
    {"screenshot", FORM_FILE, POSIX_EVENT_SCREENSHOT, 0},
    {"insert", FORM_INSERT, POSIX_EVENT_FLOPPY, POSIX_EVENT_DRIVE},
    {"eject", FORM_EJECT, POSIX_EVENT_FLOPPY, POSIX_EVENT_DRIVE},
    {"bad", FORM_SECTORS, POSIX_EVENT_FLOPPY_BAD, POSIX_EVENT_DRIVE_BAD},
    {"good", FORM_SECTORS, POSIX_EVENT_FLOPPY_GOOD, POSIX_EVENT_DRIVE_GOOD},
    {"irq", FORM_LINE, POSIX_EVENT_IRQ, 0},
    {"stuck", FORM_LINE, POSIX_EVENT_STUCK, 0},
    {"free", FORM_LINE, POSIX_EVENT_FREE, 0},
    {"spurious", FORM_LINE, POSIX_EVENT_SPURIOUS, 0},
};

/* Takes the first word of a text; *rest is what follows it. */
static void first_word(const char *text, char *word, size_t size, const char **rest)
{
    text += strspn(text, " ");
    size_t length = strcspn(text, " ");
    snprintf(word, size, "%.*s", (int)length, text);
    *rest = text + length + strspn(text + length, " ");
}

static const struct action *find_action(const char *name)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, name) == 0) {
            return &actions[i];
        }
    }
    return NULL;
}

/* floppyN or driveN at the beginning of *text. */
static bool take_unit(const struct sim_words *words, const struct action *action, const char **text,
                      struct posix_event *event)
{
    char word[32];
    uint64_t number;
    first_word(*text, word, sizeof word, text);
    bool is_floppy = strncmp(word, "floppy", 6) == 0;
    size_t length = is_floppy ? 6 : 5;
    if ((!is_floppy && strncmp(word, "drive", 5) != 0) ||
        !sim_parse_number(word + length, &number) ||
        number >= (is_floppy ? POSIX_FLOPPIES : POSIX_DRIVES)) {
        return sim_hardware_wrong(words, word, "not floppy0, floppy1 or drive0 to drive3");
    }
    event->unit = (uint32_t)number;
    event->kind = is_floppy ? action->kind : action->drive_kind;
    return true;
}

static bool take_sectors(const struct sim_words *words, const char *text, struct posix_event *event)
{
    char first[32];
    const char *plus = strchr(text, '+');
    size_t length = plus != NULL ? (size_t)(plus - text) : strlen(text);
    snprintf(first, sizeof first, "%.*s", (int)length, text);
    event->count = 1;
    return (sim_parse_number(first, &event->first) &&
            (plus == NULL || sim_parse_number(plus + 1, &event->count)) && event->count > 0) ||
           sim_hardware_wrong(words, text, "sectors are written FIRST or FIRST+COUNT");
}

static bool take_line(const struct sim_words *words, const char *text, struct posix_event *event)
{
    uint64_t line;
    if (!sim_parse_number(text, &line) || line >= HAL_IRQ_LINES) {
        return sim_hardware_wrong(words, text, "an interrupt line is 0 to 15");
    }
    event->unit = (uint32_t)line;
    return true;
}

static bool take_action(const struct sim_words *words, const struct action *action,
                        const char *text, struct posix_event *event)
{
    event->kind = action->kind;
    switch (action->form) {
    case FORM_FILE:
        event->medium.path = sim_hardware_keep(words, text);
        return (text[0] != '\0' && event->medium.path != NULL) ||
               sim_hardware_wrong(words, text, "a file is missing");
    case FORM_INSERT:
        return take_unit(words, action, &text, event) &&
               sim_hardware_medium(words, text, &event->medium);
    case FORM_EJECT:
        return take_unit(words, action, &text, event) &&
               (text[0] == '\0' || sim_hardware_wrong(words, text, "too much"));
    case FORM_SECTORS:
        return take_unit(words, action, &text, event) && take_sectors(words, text, event);
    case FORM_LINE:
        return take_line(words, text, event);
    }
    return false;
}

static bool add_event(struct sim_hardware *hardware, const struct posix_event *event)
{
    size_t count = hardware->posix.event_count;
    struct posix_event *events = realloc(hardware->events, (count + 1) * sizeof *events);
    if (events == NULL) {
        return false;
    }
    events[count] = *event;
    hardware->events = events;
    hardware->posix.event_count = count + 1;
    return true;
}

bool sim_hardware_event(struct sim_words *words, const char *value)
{
    struct posix_event event = {.unit = 0};
    char word[32];
    const char *equals = strchr(value, '=');
    size_t length = equals != NULL ? (size_t)(equals - value) : strlen(value);
    snprintf(word, sizeof word, "%.*s", (int)length, value);
    if (equals == NULL || !sim_parse_time(word, &event.time)) {
        return sim_hardware_wrong(words, value, "not TIME=ACTION; a time is 500ns, 20ms or 1.5s");
    }
    first_word(equals + 1, word, sizeof word, &value);
    const struct action *action = find_action(word);
    if (action == NULL) {
        return sim_hardware_wrong(words, word,
                                  "no such action; screenshot, insert, eject, bad, good, irq, "
                                  "stuck, free or spurious");
    }
    return take_action(words, action, value, &event) && add_event(words->hardware, &event);
}
