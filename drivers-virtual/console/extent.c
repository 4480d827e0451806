/* SPDX-License-Identifier: MIT */
/* How wide and how high the terminal is. */

#include <string.h>

#include "extent.h"

#define ESCAPE    '\x1b'
#define PATIENCE  UINT64_C(1000000000) /* nanoseconds */
#define SIZE_MOST 9999

/* Save the cursor, down to the right, where is it?, restore the cursor. */
static const char question[] = "\x1b"
                               "7\x1b[999;999H\x1b[6n\x1b"
                               "8";

void extent_ask(struct extent *extent, struct output *output, uint64_t now)
{
    if (extent->count > 0) {
        return; /* in the middle of the last answer */
    }
    extent->is_asked = true;
    extent->until = now + PATIENCE;
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

static enum verdict report_read(const char *text, size_t count, size_t *rows, size_t *columns)
{
    const char *end = text + count;

    if (text[0] != ESCAPE || (count > 1 && text[1] != '[')) {
        return VERDICT_NONE;
    }
    text += 2;
    if (text >= end) {
        return VERDICT_PART;
    }
    if (!number_take(&text, end, rows)) {
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
    return *text == 'R' && *columns >= EXTENT_LEAST ? VERDICT_REPORT : VERDICT_NONE;
}

size_t extent_take(struct extent *extent, uint8_t byte, uint64_t now, uint8_t typed[EXTENT_REPORT])
{
    size_t rows = 0, columns = 0;

    extent->is_asked &= now < extent->until;
    extent->text[extent->count++] = (char)byte;
    enum verdict verdict =
        extent->is_asked ? report_read(extent->text, extent->count, &rows, &columns) : VERDICT_NONE;
    if (verdict == VERDICT_PART && extent->count < EXTENT_REPORT) {
        return 0;
    }
    size_t count = verdict == VERDICT_REPORT ? 0 : extent->count;
    if (verdict == VERDICT_REPORT) {
        extent->columns = columns < SIZE_MOST ? columns : SIZE_MOST;
        extent->rows = rows < SIZE_MOST ? rows : SIZE_MOST;
        extent->is_asked = false;
    }
    memcpy(typed, extent->text, count);
    extent->count = 0;
    return count;
}
