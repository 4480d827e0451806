/* SPDX-License-Identifier: MIT */
/* `keys`: shows what the keyboard and the mouse tell, until escape is pressed or nothing happens
 * for a while.
 *
 *     keys [SECONDS]    ends after so long without an event; 10 unless given
 *
 * The drivers refuse applications unless the boot file says otherwise (init.drivers: `probe
 * keyboard expose=application`). */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <terrarium.h>
#include <terrarium/device.h>

TR_PROGRAM_ABOUT("shows what keyboard and mouse tell");

#define KEYBOARD 1
#define MOUSE    2
#define MOST     16

static int64_t input_open(const char *name, uint64_t tag, struct tru_device *input)
{
    int64_t result = tru_device_open(name, 0, input);

    if (result == 0) {
        result = tru_input_subscribe(input, tag);
    }
    if (result < 0) {
        printf("keys: %s: %s\n", name, tr_error_text(result));
    }
    return result;
}

static void modifiers_print(uint32_t modifiers)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } rows[] = {{TR_INPUT_SHIFT, "shift"},
                {TR_INPUT_CONTROL, "control"},
                {TR_INPUT_ALT, "alt"},
                {TR_INPUT_ALT_GRAPH, "altgr"},
                {TR_INPUT_META, "meta"},
                {TR_INPUT_LOCK_CAPS, "caps"},
                {TR_INPUT_LOCK_NUMBER, "number"},
                {TR_INPUT_LOCK_SCROLL, "scroll"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((modifiers & rows[i].bit) != 0) {
            printf(" %s", rows[i].name);
        }
    }
}

static void key_print(const struct tr_input_event *event)
{
    const char *what = (event->flags & TR_INPUT_REPEATED) != 0  ? "repeated"
                       : (event->flags & TR_INPUT_PRESSED) != 0 ? "pressed"
                                                                : "released";

    printf("key %02" PRIx32 " %s", event->code, what);
    if (event->text > ' ' && event->text < 0x7f) {
        printf(" '%c'", (char)event->text);
    } else if (event->text != 0) {
        printf(" U+%04" PRIX32, event->text);
    }
    modifiers_print(event->modifiers);
    printf("\n");
}

static void event_print(const struct tr_input_event *event)
{
    if (event->lost != 0) {
        printf("%" PRIu64 " events lost\n", event->lost);
    }
    if (event->kind == TR_INPUT_KEY) {
        key_print(event);
    } else if (event->kind == TR_INPUT_MOVE) {
        printf("mouse %" PRId32 " %" PRId32 " wheel %" PRId32 "\n", event->x, event->y,
               event->wheel);
    } else {
        printf("button %" PRIu32 " %s\n", event->code,
               (event->flags & TR_INPUT_PRESSED) != 0 ? "pressed" : "released");
    }
}

/* Prints what a message tells. True: escape was pressed. */
static bool message_show(const struct tr_event *event)
{
    struct tr_input_event events[MOST];
    int64_t count = tru_input_take(event, events, MOST);
    bool is_escape = false;

    for (int64_t i = 0; i < count; i++) {
        event_print(&events[i]);
        is_escape |= events[i].kind == TR_INPUT_KEY && events[i].code == TR_KEY_ESCAPE;
    }
    return is_escape;
}

int main(int argc, char **argv)
{
    struct tru_device keyboard, mouse;
    struct tr_event event;
    uint64_t seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 10;
    int64_t first = input_open(TR_INPUT_KEYBOARD_DEVICE, KEYBOARD, &keyboard);
    int64_t second = input_open(TR_INPUT_MOUSE_DEVICE, MOUSE, &mouse);

    if (first < 0 && second < 0) {
        return 1;
    }
    while (tr_event_wait(&event, seconds * UINT64_C(1000000000)) == 1) {
        if (event.kind == TR_EVENT_DEVICE_REMOVED) {
            printf("a driver has gone\n");
            return 1;
        }
        if (event.kind == TR_EVENT_MESSAGE && message_show(&event)) {
            return 0;
        }
    }
    return 0;
}
