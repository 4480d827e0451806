/* SPDX-License-Identifier: MIT */
/* How wide the terminal is. */

#include <string.h>

#include "width.h"

#define ESCAPE    '\x1b'
#define PATIENCE  UINT64_C(1000000000) /* nanoseconds */
#define WIDE_MOST 9999

/* Save the cursor, 999 to the right, where is it?, restore the cursor. */
static const char question[] = "\x1b"
                               "7\x1b[999C\x1b[6n\x1b"
                               "8";

void width_ask(struct width *width, struct output *output, uint64_t now)
{
    if (width->count > 0) {
        return; /* in the middle of the last answer */
    }
    width->is_asked = true;
    width->until = now + PATIENCE;
    output_echo(output, question, sizeof question - 1);
}

/* Reads digits from *text on; false if there are none. */
static bool number_take(const char **text, const char *end, size_t *number)
{
    const char *start = *text;

    for (*number = 0; *text < end && **text >= '0' && **text <= '9'; (*text)++) {
        *number = *number * 10 + (size_t)(**text - '0');
    }
    return *text > start;
}

/* What the bytes so far are. */
enum verdict { VERDICT_NONE, VERDICT_PART, VERDICT_REPORT };

static enum verdict report_read(const char *text, size_t count, size_t *columns)
{
    const char *end = text + count;
    size_t row;

    if (text[0] != ESCAPE || (count > 1 && text[1] != '[')) {
        return VERDICT_NONE;
    }
    text += 2;
    if (text >= end) {
        return VERDICT_PART;
    }
    if (!number_take(&text, end, &row)) {
        return VERDICT_NONE;
    }
    if (text == end) {
        return VERDICT_PART;
    }
    if (*text++ != ';') {
        return VERDICT_NONE;
    }
    if (!number_take(&text, end, columns)) {
        return text == end ? VERDICT_PART : VERDICT_NONE;
    }
    if (text == end) {
        return VERDICT_PART;
    }
    return *text == 'R' && *columns >= WIDTH_LEAST ? VERDICT_REPORT : VERDICT_NONE;
}

size_t width_take(struct width *width, uint8_t byte, uint64_t now, uint8_t typed[WIDTH_REPORT])
{
    size_t columns = 0;

    width->is_asked &= now < width->until;
    width->text[width->count++] = (char)byte;
    enum verdict verdict =
        width->is_asked ? report_read(width->text, width->count, &columns) : VERDICT_NONE;
    if (verdict == VERDICT_PART && width->count < WIDTH_REPORT) {
        return 0;
    }
    size_t count = verdict == VERDICT_REPORT ? 0 : width->count;
    if (verdict == VERDICT_REPORT) {
        width->columns = columns < WIDE_MOST ? columns : WIDE_MOST;
        width->is_asked = false;
    }
    memcpy(typed, width->text, count);
    width->count = 0;
    return count;
}
