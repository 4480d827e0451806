/* SPDX-License-Identifier: MIT */
/* Calls of the video BIOS. */

#include <string.h>
#include <terrarium.h>

#include "bios.h"
#include "modes.h"
#include "real.h"

#define ROM         0xc0000
#define ROM_SEGMENT 0xc000
#define ROM_ENTRY   3
#define VIDEO       0x10 /* INT 10h */

#define INFORMATION_SIZE 512
#define MODE_SIZE        256
#define VBE_DONE         0x004f
#define VBE_LINEAR       0x4000
#define LIST_END         0xffff

/* Of the information (4F00h) and of a mode's (4F01h). */
enum { INFORMATION_MODES = 14 };
enum {
    MODE_ATTRIBUTES = 0,
    MODE_STRIDE = 16,
    MODE_WIDTH = 18,
    MODE_HEIGHT = 20,
    MODE_BITS = 25,
    MODE_MODEL = 27,
    MODE_GREEN_BITS = 33
};
enum { HAS_HARDWARE = 0x01, IS_GRAPHICS = 0x10, HAS_LINEAR = 0x80 };
enum { MODEL_PACKED = 4, MODEL_DIRECT = 6 };

static bool video_call(struct tr_vm86_registers *registers)
{
    return real_interrupt(VIDEO, registers);
}

/* A VBE function with a buffer; the buffer's bytes, or NULL. */
static const unsigned char *vbe_ask(uint32_t function, uint32_t mode, uint32_t size,
                                    const char *signature)
{
    unsigned char *buffer = real_buffer(size);
    struct tr_vm86_registers registers = {
        .eax = function, .ecx = mode, .es = REAL_BUFFER_SEGMENT, .edi = 0};

    memset(buffer, 0, size);
    memcpy(buffer, signature, strlen(signature));
    return video_call(&registers) && (registers.eax & 0xffff) == VBE_DONE ? buffer : NULL;
}

bool bios_open(unsigned char *low, uint32_t address, const char **why)
{
    struct tr_vm86_registers registers = {.eax = address};

    if (low[ROM] != 0x55 || low[ROM + 1] != 0xaa) {
        *why = "there is no video BIOS";
        return false;
    }
    real_open(low);
    if (!real_far_call(ROM_SEGMENT, ROM_ENTRY, &registers)) {
        *why = real_is_there() ? "the video BIOS does not start"
                               : "this machine does not run the video BIOS";
        return false;
    }
    if (vbe_ask(0x4f00, 0, INFORMATION_SIZE, "VBE2") == NULL) {
        *why = "the video BIOS knows nothing of VBE";
        return false;
    }
    return true;
}

/* ---- Modes ---------------------------------------------------------------------------------- */

/* Takes note of a mode if it can be used. */
static bool mode_read(uint32_t number, struct tr_video_mode *mode)
{
    const uint32_t needed = HAS_HARDWARE | IS_GRAPHICS | HAS_LINEAR;
    const unsigned char *at = vbe_ask(0x4f01, number, MODE_SIZE, "");

    if (at == NULL || (real_word(at + MODE_ATTRIBUTES) & needed) != needed ||
        (at[MODE_MODEL] != MODEL_PACKED && at[MODE_MODEL] != MODEL_DIRECT)) {
        return false;
    }
    *mode = (struct tr_video_mode){.number = number,
                                   .width = real_word(at + MODE_WIDTH),
                                   .height = real_word(at + MODE_HEIGHT),
                                   .bits = at[MODE_BITS],
                                   .stride = real_word(at + MODE_STRIDE)};
    if (mode->bits == 16 && at[MODE_GREEN_BITS] == 5) {
        mode->bits = 15;
    }
    return mode->bits >= 8;
}

uint32_t bios_modes(struct tr_video_mode *modes, uint32_t most)
{
    uint16_t numbers[MODES_MOST];
    uint32_t listed = 0, count = 0;
    const unsigned char *information = vbe_ask(0x4f00, 0, INFORMATION_SIZE, "VBE2");

    if (information == NULL) {
        return 0;
    }
    const unsigned char *list = real_at(real_word(information + INFORMATION_MODES + 2),
                                        real_word(information + INFORMATION_MODES));
    /* The list may lie in the buffer, which is used again. */
    while (listed < MODES_MOST && real_word(list + 2 * listed) != LIST_END) {
        numbers[listed] = (uint16_t)real_word(list + 2 * listed);
        listed++;
    }
    for (uint32_t i = 0; i < listed && count < most; i++) {
        count += mode_read(numbers[i], &modes[count]) ? 1 : 0;
    }
    return count;
}

bool bios_set(const struct tr_video_mode *mode)
{
    struct tr_vm86_registers registers = {.eax = MODE_TEXT};

    if (mode->bits == 0) {
        return video_call(&registers);
    }
    registers = (struct tr_vm86_registers){.eax = 0x4f02, .ebx = mode->number | VBE_LINEAR};
    if (!video_call(&registers) || (registers.eax & 0xffff) != VBE_DONE) {
        return false;
    }
    registers = (struct tr_vm86_registers){.eax = 0x4f03};
    return video_call(&registers) && (registers.eax & 0xffff) == VBE_DONE &&
           (registers.ebx & 0x3fff) == mode->number;
}
