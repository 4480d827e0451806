/* SPDX-License-Identifier: MIT */
/* A driver that lets the disk controller write where it may and where it may not. Says in the log
 * what it found, and halts the machine: 0 if only its own page was ever reached. */

#include <stdbool.h>
#include <string.h>
#include <terrarium.h>

#define SECTOR 512
#define S      UINT64_C(1000000000)

enum { CONFIG_ADDRESS = 0xcf8, CONFIG_DATA = 0xcfc, DISK = 0x1f0, MASTER = 0xc000, LINE = 14 };
enum { READ_DMA = 0xc8, MASTER_STATUS = 2, MASTER_TABLE = 4, MASTER_FAILED = 2 };
enum { BUFFER = 2048, PAGE = 4096 };

static uint8_t *page;
static uint64_t physical;

static void finish(int code, const char *text)
{
    tr_log(text, strlen(text));
    tr_thread_sleep((uint64_t)tr_clock() + S / 10);
    tr_system_stop(TR_STOP_HALT, (uint32_t)code, 0);
    tr_thread_sleep(TR_FOREVER);
}

static void set_up(void)
{
    struct tr_dma dma;

    if (tr_port_claim(CONFIG_ADDRESS, 8) != 0 || tr_port_claim(DISK, 8) != 0 ||
        tr_port_claim(MASTER, 8) != 0 || tr_irq_listen(LINE, 0) != 0 ||
        tr_dma_allocate(1, UINT64_C(1) << 32, PAGE, &dma) != 0) {
        finish(2, "trespass: the disk controller is not to be had");
    }
    page = (uint8_t *)dma.va;
    physical = dma.physical;
    tr_port_out(CONFIG_ADDRESS, 4, 0x80000904); /* command register of the IDE function */
    tr_port_out(CONFIG_DATA, 2, 7);
}

/* Reads the first sector to a physical address. True: the controller did it. */
static bool read_to(uint64_t address)
{
    const uint32_t table[2] = {(uint32_t)address, SECTOR | 0x80000000};
    static const uint8_t registers[] = {0, 1, 0, 0, 0, 0xe0};
    struct tr_event event;

    memcpy(page, table, sizeof table);
    tr_port_out(MASTER, 1, 8);
    tr_port_out(MASTER + MASTER_STATUS, 1, 6);
    tr_port_out(MASTER + MASTER_TABLE, 4, (uint32_t)physical);
    for (uint32_t i = 0; i < sizeof registers; i++) {
        tr_port_out(DISK + 1 + i, 1, registers[i]);
    }
    tr_port_out(DISK + 7, 1, READ_DMA);
    tr_port_out(MASTER, 1, 9);
    bool came = tr_event_wait(&event, S) == 1;
    int64_t status = tr_port_in(DISK + 7, 1);
    int64_t master = tr_port_in(MASTER + MASTER_STATUS, 1);
    tr_port_out(MASTER, 1, 0);
    if (came) {
        tr_irq_acknowledge(LINE);
    }
    return came && (status & 1) == 0 && (master & MASTER_FAILED) == 0;
}

int main(void)
{
    set_up();
    if (!read_to(physical + BUFFER) || memcmp(page + BUFFER, "sector 0", 8) != 0) {
        finish(2, "trespass: a disk that can be read was expected");
    }
    memset(page + PAGE - 256, 'x', 256);
    if (read_to(physical + PAGE - 256) || page[PAGE - 256] != 'x') {
        finish(1, "trespass: a transfer over the end of the page went");
    }
    if (read_to(physical - PAGE) || read_to(physical + PAGE) || read_to(0x100000) ||
        read_to(0xfffffe00)) {
        finish(1, "trespass: a transfer to a strange page went");
    }
    if (!read_to(physical + BUFFER)) {
        finish(1, "trespass: after a refusal nothing goes");
    }
    tr_memory_release((uint64_t)(uintptr_t)page, 1);
    finish(0, "trespass: only its own page was reached");
    return 0;
}
