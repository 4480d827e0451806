/* SPDX-License-Identifier: MIT */
/* Finding services and asking them. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/message.h>

#define LOOK_FIRST_NS UINT64_C(1000000)  /* between two looks; doubles … */
#define LOOK_LAST_NS  UINT64_C(64000000) /* … up to this */

int64_t tru_service_find(const char *name, uint64_t timeout)
{
    uint64_t now = (uint64_t)tr_clock();
    uint64_t deadline = timeout > TR_FOREVER - now ? TR_FOREVER : now + timeout;
    uint64_t pause = LOOK_FIRST_NS;
    int64_t pid;

    /* There is no event for a name: names are not unique, and a look is cheap. */
    while ((pid = tr_process_find(name, 0)) == TR_E_NOENT && now < deadline) {
        uint64_t until = deadline - now < pause ? deadline : now + pause;
        tr_thread_sleep(until);
        pause = pause < LOOK_LAST_NS ? pause * 2 : pause;
        now = (uint64_t)tr_clock();
    }
    return pid;
}

int64_t tru_request(const struct tru_request *request)
{
    struct {
        struct tr_service_request head;
        unsigned char bytes[TRU_REQUEST_MAX - sizeof(struct tr_service_request)];
    } question;
    struct {
        struct tr_service_reply head;
        unsigned char bytes[TRU_ANSWER_MAX];
    } answer;
    uint64_t capacity = request->capacity < TRU_ANSWER_MAX ? request->capacity : TRU_ANSWER_MAX;

    if (request->size > sizeof question.bytes) {
        return TR_E_TOOBIG;
    }
    question.head = request->request;
    if (request->size > 0) {
        memcpy(question.bytes, request->bytes, request->size);
    }
    int64_t size = tr_message_call(request->pid, &question, sizeof question.head + request->size,
                                   &answer, sizeof answer.head + capacity, TR_FOREVER);
    if (size < 0) {
        return size;
    }
    if (size < (int64_t)sizeof answer.head) {
        return TR_E_PEER;
    }
    uint64_t length = (uint64_t)size - sizeof answer.head;
    if (length > 0) {
        memcpy(request->answer, answer.bytes, length);
    }
    if (request->answer_size != NULL) {
        *request->answer_size = length;
    }
    return answer.head.result;
}

int64_t tru_ask(uint64_t pid, uint32_t operation, uint64_t argument)
{
    struct tr_service_request request = {.operation = operation, .argument = argument};
    struct tr_service_reply reply;
    int64_t size = tr_message_call(pid, &request, sizeof request, &reply, sizeof reply, TR_FOREVER);

    if (size < 0) {
        return size;
    }
    return size < (int64_t)sizeof reply ? TR_E_PEER : reply.result;
}
