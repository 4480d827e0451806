/* SPDX-License-Identifier: MIT */
/* Input, for its clients. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

static int64_t input_ask(struct tru_device *input, uint32_t operation, uint64_t first,
                         uint64_t second)
{
    struct tru_device_request request = {
        .operation = operation, .arguments = {first, second}, .is_repeatable = true};

    return tru_device_request(input, &request);
}

int64_t tru_input_subscribe(struct tru_device *input, uint64_t cookie)
{
    return input_ask(input, TR_INPUT_SUBSCRIBE, cookie, 0);
}

int64_t tru_input_unsubscribe(struct tru_device *input)
{
    return input_ask(input, TR_INPUT_UNSUBSCRIBE, 0, 0);
}

int64_t tru_input_take(const struct tr_event *event, struct tr_input_event *events, uint64_t most)
{
    int64_t size = tr_message_read(event->object, events, most * sizeof *events);

    return size < 0 ? size : size / (int64_t)sizeof *events;
}

int64_t tru_input_lights(struct tru_device *input, uint64_t lights)
{
    return input_ask(input, TR_INPUT_LIGHTS, lights, 0);
}

int64_t tru_input_repeat(struct tru_device *input, uint64_t delay_ns, uint64_t period_ns)
{
    return input_ask(input, TR_INPUT_REPEAT, delay_ns, period_ns);
}

int64_t tru_input_layout(struct tru_device *input, const char *name)
{
    struct tru_device_request request = {
        .operation = TR_INPUT_LAYOUT, .bytes = name, .size = strlen(name), .is_repeatable = true};

    return tru_device_request(input, &request);
}

int64_t tru_input_state(struct tru_device *input)
{
    return input_ask(input, TR_INPUT_STATE, 0, 0);
}
