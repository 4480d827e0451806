/* SPDX-License-Identifier: MIT */
/* The PCI bus and the DMA controllers, for drivers that use them. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

int64_t tru_pci_list(struct tru_device *pci, uint64_t first, struct tr_pci_function *functions,
                     uint64_t most)
{
    struct tr_pci_function answer[16];
    struct tru_device_request request = {.operation = TR_PCI_LIST,
                                         .arguments = {first, 16},
                                         .answer = answer,
                                         .capacity = sizeof answer,
                                         .is_repeatable = true};
    int64_t result = tru_device_request(pci, &request);

    if (result < 0) {
        return result;
    }
    uint64_t known = request.answer_size / sizeof answer[0];
    known = known < most ? known : most;
    memcpy(functions, answer, known * sizeof answer[0]);
    return (int64_t)known;
}

int64_t tru_pci_read(struct tru_device *pci, uint32_t address, uint32_t at, uint32_t width)
{
    struct tru_device_request request = {
        .operation = TR_PCI_READ, .arguments = {address, at, width}, .is_repeatable = true};

    return tru_device_request(pci, &request);
}

int64_t tru_pci_write(struct tru_device *pci, uint32_t address, uint32_t at, uint32_t width,
                      uint32_t value)
{
    struct tru_device_request request = {.operation = TR_PCI_WRITE,
                                         .arguments = {address, at, width, value}};

    return tru_device_request(pci, &request);
}

static int64_t dma_ask(struct tru_device *dma, uint32_t operation, uint32_t channel)
{
    struct tru_device_request request = {.operation = operation, .arguments = {channel}};

    return tru_device_request(dma, &request);
}

int64_t tru_dma_claim(struct tru_device *dma, uint32_t channel)
{
    return dma_ask(dma, TR_DMA_CLAIM, channel);
}

int64_t tru_dma_release(struct tru_device *dma, uint32_t channel)
{
    return dma_ask(dma, TR_DMA_RELEASE, channel);
}

int64_t tru_dma_start(struct tru_device *dma, uint32_t channel, uint64_t physical, uint64_t size,
                      uint64_t mode)
{
    struct tru_device_request request = {.operation = TR_DMA_START,
                                         .arguments = {channel, physical, size, mode}};

    return tru_device_request(dma, &request);
}

int64_t tru_dma_stop(struct tru_device *dma, uint32_t channel)
{
    return dma_ask(dma, TR_DMA_STOP, channel);
}

int64_t tru_dma_left(struct tru_device *dma, uint32_t channel)
{
    return dma_ask(dma, TR_DMA_LEFT, channel);
}
