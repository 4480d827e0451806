/* SPDX-License-Identifier: MIT */
/* The script is read as a whole when the machine is made: its mistakes are told before anything
 * runs, and the run depends on the file's bytes alone. */

#include "input_script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/keyboard.h"
#include "devices/mouse.h"
#include "devices/scancode.h"
#include "lines.h"

#define HELD_NS      UINT64_C(20000000)
#define CHARACTER_NS UINT64_C(30000000)
#define CHORD_MAX    8

enum kind { KEY_DOWN, KEY_UP, MOVE, WHEEL, BUTTON_DOWN, BUTTON_UP };

struct step {
    uint64_t time;
    enum kind kind;
    int32_t a, b;
};

struct input_script {
    struct timed timed; /* first: fire gets it */
    struct step *steps;
    size_t count, room, next;
    uint32_t buttons;
    uint64_t pressed_until; /* where the last of input_script_press ends */
};

struct reader {
    struct input_script *script;
    const char *path;
    unsigned line;
    uint64_t time; /* where the line before ended */
    char *error;
    size_t error_size;
};

static bool complain(struct reader *reader, const char *word, const char *right)
{
    snprintf(reader->error, reader->error_size, "%s:%u: \"%s\": %s", reader->path, reader->line,
             word, right);
    return false;
}

/* Steps stay in order of time. */
static bool add(struct reader *reader, uint64_t time, enum kind kind, int32_t a, int32_t b)
{
    struct input_script *script = reader->script;
    if (script->count == script->room) {
        size_t room = script->room == 0 ? 64 : 2 * script->room;
        struct step *steps = realloc(script->steps, room * sizeof *steps);
        if (steps == NULL) {
            return complain(reader, reader->path, strerror(errno));
        }
        script->steps = steps;
        script->room = room;
    }
    size_t at = script->count++;
    while (at > 0 && script->steps[at - 1].time > time) {
        script->steps[at] = script->steps[at - 1];
        at--;
    }
    script->steps[at] = (struct step){time, kind, a, b};
    return true;
}

void input_script_press(struct machine *machine, const uint32_t *keys, uint32_t count)
{
    struct input_script *script = machine->input_script;
    char error[64];
    uint64_t now = timeline_now(machine);
    struct reader reader = {
        .script = script, .path = "keys", .error = error, .error_size = sizeof error};
    if (script->next == script->count) {
        script->next = script->count = 0;
    }
    reader.time = script->pressed_until > now ? script->pressed_until : now;
    script->pressed_until = reader.time + CHARACTER_NS;
    for (uint32_t i = 0; i < count; i++) {
        add(&reader, reader.time, KEY_DOWN, (int32_t)keys[i], 0);
    }
    for (uint32_t i = count; i > 0; i--) {
        add(&reader, reader.time + HELD_NS, KEY_UP, (int32_t)keys[i - 1], 0);
    }
    if (script->timed.place == 0 && script->next < script->count) {
        timeline_set(machine, &script->timed, script->steps[script->next].time);
    }
}

bool input_script_is_idle(const struct machine *machine)
{
    return machine->input_script->next == machine->input_script->count;
}

static char *next_word(char **text)
{
    char *word = *text + strspn(*text, " \t");
    char *end = word + strcspn(word, " \t");
    *text = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static bool read_number(struct reader *reader, char **text, int32_t *number)
{
    char *word = next_word(text), *end;
    long value = strtol(word, &end, 10);
    if (*word == '\0' || *end != '\0' || value < -10000 || value > 10000) {
        return complain(reader, word, "not a number from -10000 to 10000");
    }
    *number = (int32_t)value;
    return true;
}

static bool read_time(struct reader *reader, const char *word)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    char *end;
    double value = strtod(word[0] == '+' ? word + 1 : word, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].name) == 0 && end != word && value >= 0 &&
            value * units[i].ns < 1e18) {
            uint64_t time = (uint64_t)(value * units[i].ns + 0.5);
            reader->time = word[0] == '+' ? reader->time + time : time;
            return true;
        }
    }
    return complain(reader, word, "a line begins with a time such as 1.5s, 200ms or +20ms");
}

static bool read_key(struct reader *reader, const char *word, int32_t *key)
{
    *key = (int32_t)scancode_of_name(word);
    return *key != 0 || complain(reader, word, "no such key; as enter, a, f1, shift-left");
}

static bool take_down(struct reader *reader, char *text)
{
    int32_t key;
    return read_key(reader, next_word(&text), &key) && add(reader, reader->time, KEY_DOWN, key, 0);
}

static bool take_up(struct reader *reader, char *text)
{
    int32_t key;
    return read_key(reader, next_word(&text), &key) && add(reader, reader->time, KEY_UP, key, 0);
}

static bool take_key(struct reader *reader, char *text)
{
    int32_t keys[CHORD_MAX];
    size_t count = 0;
    for (char *word = next_word(&text); *word != '\0'; word = next_word(&text)) {
        if (count == CHORD_MAX) {
            return complain(reader, word, "more than eight keys together");
        }
        if (!read_key(reader, word, &keys[count]) ||
            !add(reader, reader->time, KEY_DOWN, keys[count], 0)) {
            return false;
        }
        count++;
    }
    reader->time += HELD_NS;
    while (count > 0) {
        if (!add(reader, reader->time, KEY_UP, keys[--count], 0)) {
            return false;
        }
    }
    return true;
}

static bool type_character(struct reader *reader, char character)
{
    const char word[] = {character, '\0'};
    bool shifted = false;
    int32_t key = (int32_t)scancode_of_character(character, &shifted);
    uint64_t down = reader->time, up = down + HELD_NS;
    reader->time += CHARACTER_NS;
    if (key == 0) {
        return complain(reader, word, "no key of this keyboard writes that");
    }
    return (!shifted || add(reader, down, KEY_DOWN, SCANCODE_SHIFT, 0)) &&
           add(reader, down, KEY_DOWN, key, 0) && add(reader, up, KEY_UP, key, 0) &&
           (!shifted || add(reader, up, KEY_UP, SCANCODE_SHIFT, 0));
}

static bool take_type(struct reader *reader, char *text)
{
    for (; *text != '\0'; text++) {
        char character = *text;
        if (character == '\\' && text[1] != '\0') {
            text++;
            character = *text == 'n' ? '\n' : *text == 't' ? '\t' : *text;
        }
        if (!type_character(reader, character)) {
            return false;
        }
    }
    return true;
}

static bool take_move(struct reader *reader, char *text)
{
    int32_t right, down;
    return read_number(reader, &text, &right) && read_number(reader, &text, &down) &&
           add(reader, reader->time, MOVE, right, down);
}

static bool take_wheel(struct reader *reader, char *text)
{
    int32_t steps;
    return read_number(reader, &text, &steps) && add(reader, reader->time, WHEEL, steps, 0);
}

static bool read_button(struct reader *reader, char *text, int32_t *button)
{
    const char *word = next_word(&text);
    *button = strcmp(word, "left") == 0     ? MOUSE_LEFT
              : strcmp(word, "right") == 0  ? MOUSE_RIGHT
              : strcmp(word, "middle") == 0 ? MOUSE_MIDDLE
                                            : 0;
    return *button != 0 || complain(reader, word, "a button is left, right or middle");
}

static bool take_press(struct reader *reader, char *text)
{
    int32_t button;
    return read_button(reader, text, &button) && add(reader, reader->time, BUTTON_DOWN, button, 0);
}

static bool take_release(struct reader *reader, char *text)
{
    int32_t button;
    return read_button(reader, text, &button) && add(reader, reader->time, BUTTON_UP, button, 0);
}

static bool take_click(struct reader *reader, char *text)
{
    int32_t button;
    uint64_t down = reader->time;
    reader->time += HELD_NS;
    return read_button(reader, text, &button) && add(reader, down, BUTTON_DOWN, button, 0) &&
           add(reader, reader->time, BUTTON_UP, button, 0);
}

static const struct {
    const char *name;
    bool (*take)(struct reader *reader, char *text);
} verbs[] = {{"key", take_key},     {"type", take_type},       {"down", take_down},
             {"up", take_up},       {"move", take_move},       {"wheel", take_wheel},
             {"press", take_press}, {"release", take_release}, {"click", take_click}};

static bool read_line(struct reader *reader, char *line)
{
    char *word = next_word(&line);
    if (*word == '\0' || *word == '#') {
        return true;
    }
    if (!read_time(reader, word)) {
        return false;
    }
    word = next_word(&line);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, word) == 0) {
            return verbs[i].take(reader, line);
        }
    }
    return complain(reader, word,
                    "key, type, down, up, move, wheel, press, release or click was expected");
}

static bool read_file(struct reader *reader)
{
    FILE *file = fopen(reader->path, "re");
    struct posix_lines lines;
    bool good = true;
    if (file == NULL) {
        snprintf(reader->error, reader->error_size, "%s: %s", reader->path, strerror(errno));
        return false;
    }
    posix_lines_begin(&lines, file);
    for (char *line; good && (line = posix_lines_next(&lines)) != NULL;) {
        reader->line = lines.number;
        good = read_line(reader, line);
    }
    if (good && lines.why != NULL) {
        snprintf(reader->error, reader->error_size, "%s:%u: %s", reader->path, lines.number,
                 lines.why);
        good = false;
    }
    posix_lines_end(&lines);
    fclose(file);
    return good;
}

static void play(struct machine *machine, struct input_script *script, const struct step *step)
{
    switch (step->kind) {
    case KEY_DOWN:
    case KEY_UP:
        keyboard_key(machine, (uint32_t)step->a, step->kind == KEY_DOWN);
        break;
    case MOVE:
        mouse_move(machine, step->a, step->b, 0);
        break;
    case WHEEL:
        mouse_move(machine, 0, 0, step->a);
        break;
    case BUTTON_DOWN:
        script->buttons |= (uint32_t)step->a;
        mouse_buttons(machine, script->buttons);
        break;
    case BUTTON_UP:
        script->buttons &= ~(uint32_t)step->a;
        mouse_buttons(machine, script->buttons);
        break;
    }
}

static void script_fire(struct machine *machine, struct timed *timed)
{
    struct input_script *script = (struct input_script *)timed;
    play(machine, script, &script->steps[script->next++]);
    if (script->next < script->count) {
        timeline_set(machine, timed, script->steps[script->next].time);
    }
}

bool input_script_create(struct machine *machine, char *error, size_t error_size)
{
    struct input_script *script = calloc(1, sizeof *script);
    struct reader reader = {.script = script,
                            .path = machine->hardware.keyboard,
                            .error = error,
                            .error_size = error_size};
    machine->input_script = script;
    if (script == NULL || (reader.path != NULL && !read_file(&reader))) {
        return false;
    }
    script->timed.fire = script_fire;
    while (script->next < script->count &&
           script->steps[script->next].time < machine->hardware.elapsed) {
        script->next++;
    }
    for (size_t i = script->next; i < script->count; i++) {
        script->steps[i].time -= machine->hardware.elapsed;
    }
    if (script->next < script->count) {
        timeline_set(machine, &script->timed, script->steps[script->next].time);
    }
    return true;
}

void input_script_destroy(struct input_script *script)
{
    if (script != NULL) {
        free(script->steps);
        free(script);
    }
}
