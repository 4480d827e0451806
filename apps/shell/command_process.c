/* SPDX-License-Identifier: MIT */
/* Commands that act on processes and jobs. An application may not end or stop another process:
 * kill, suspend and resume ask s\init, which knows this shell by the stamp of its message. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/service/init.h>

#include "command.h"
#include "job.h"
#include "shell.h"

bool number_read(const char *word, uint64_t *number)
{
    char *end;

    *number = strtoul(word, &end, 10);
    return word[0] >= '0' && word[0] <= '9' && *end == '\0';
}

/* The job that "%1" means; NULL after a complaint. */
static struct job *job_of(const char *command, const char *word)
{
    uint64_t number;
    struct job *job = number_read(word + (word[0] == '%'), &number) ? job_at(number) : NULL;

    if (job == NULL) {
        refuse("%s: %s: no such job (jobs lists them)", command, word);
    }
    return job;
}

/* Its first living process. */
static uint64_t job_process(const char *command, const char *word)
{
    struct job *job = job_of(command, word);

    for (int i = 0; job != NULL && i < job->count; i++) {
        if (job->pids[i] != 0) {
            return job->pids[i];
        }
    }
    return 0;
}

/* The first process of a name without its class. */
static int64_t process_find_short(const char *name)
{
    static const char classes[] = "asd";
    int64_t pid = TR_E_NOENT;

    for (size_t i = 0; pid < 0 && classes[i] != '\0'; i++) {
        char full[TR_NAME_MAX];
        snprintf(full, sizeof full, "%c\\%s", classes[i], name);
        pid = tr_process_find(full, 0);
    }
    return pid;
}

uint64_t process_of(const char *command, const char *word)
{
    struct tr_process_info info;
    uint64_t number;
    int64_t pid;

    if (word[0] == '%') {
        return job_process(command, word);
    }
    if (number_read(word, &number)) {
        pid = tr_process_info(number, &info) >= 0 ? (int64_t)number : TR_E_NOENT;
    } else {
        pid = strchr(word, '\\') != NULL ? tr_process_find(word, 0) : process_find_short(word);
    }
    if (pid < 0) {
        refuse("%s: %s: no such process (ps lists them)", command, word);
        return 0;
    }
    return (uint64_t)pid;
}

/* Does something to a process, or to all of a job. Returns a status. */
static int named_act(const char *command, const char *word, int64_t (*act)(uint64_t pid))
{
    struct job *job = word[0] == '%' ? job_of(command, word) : NULL;
    uint64_t pid = word[0] != '%' ? process_of(command, word) : 0;
    int64_t result = pid != 0 ? act(pid) : 0;

    for (int i = 0; job != NULL && i < job->count; i++) {
        int64_t one = job->pids[i] != 0 ? act(job->pids[i]) : 0;
        result = one < 0 ? one : result;
    }
    if (result < 0) {
        return complain(command, word, result);
    }
    return pid == 0 && job == NULL;
}

/* Does something to every process that is named. */
static int each_process(int argc, char **argv, int64_t (*act)(uint64_t pid))
{
    int status = 0;

    if (argc < 2) {
        return command_misused(argv[0]);
    }
    for (int i = 1; i < argc; i++) {
        status |= named_act(argv[0], argv[i], act);
    }
    return status;
}

static int64_t ask_kill(uint64_t pid)
{
    return init_ask(TR_INIT_KILL, pid);
}

static int64_t ask_suspend(uint64_t pid)
{
    return init_ask(TR_INIT_SUSPEND, pid);
}

static int64_t ask_resume(uint64_t pid)
{
    return init_ask(TR_INIT_RESUME, pid);
}

static int64_t kill_myself(uint64_t pid)
{
    return tr_process_terminate(pid, 1);
}

int command_kill(int argc, char **argv)
{
    return each_process(argc, argv, ask_kill);
}

int command_suspend(int argc, char **argv)
{
    return each_process(argc, argv, ask_suspend);
}

int command_resume(int argc, char **argv)
{
    return each_process(argc, argv, ask_resume);
}

int command_try_kill(int argc, char **argv)
{
    return each_process(argc, argv, kill_myself);
}

int command_send(int argc, char **argv)
{
    char text[1024];

    if (argc < 3) {
        return command_misused(argv[0]);
    }
    uint64_t pid = process_of(argv[0], argv[1]);
    if (pid == 0) {
        return 1;
    }
    text[0] = '\0';
    for (int i = 2; i < argc; i++) {
        strlcat(text, i > 2 ? " " : "", sizeof text);
        strlcat(text, argv[i], sizeof text);
    }
    int64_t message = tr_message_send(pid, text, strlen(text), 0);
    return message < 0 ? complain(argv[0], argv[1], message) : 0;
}

int command_jobs(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        return command_misused("jobs");
    }
    jobs_update();
    for (uint64_t number = 1; number <= JOBS_MOST; number++) {
        const struct job *job = job_at(number);
        if (job != NULL && job->state != JOB_DONE) {
            printf("[%" PRIu64 "] %-8s %s\n", number,
                   job->state == JOB_STOPPED ? "stopped" : "running", job->text);
        }
    }
    return 0;
}

/* The job that fg, bg and wait are about. */
static struct job *job_chosen(int argc, char **argv)
{
    if (argc > 1) {
        return job_of(argv[0], argv[1]);
    }
    struct job *job = job_latest();
    if (job == NULL) {
        refuse("%s: there is no job", argv[0]);
    }
    return job;
}

int command_fg(int argc, char **argv)
{
    struct job *job = argc > 2 ? NULL : job_chosen(argc, argv);

    if (job == NULL) {
        return argc > 2 ? command_misused("fg") : 1;
    }
    printf("%s\n", job->text);
    if (job->state == JOB_STOPPED) {
        job_resume(job);
    }
    job_foreground(job);
    return (int)shell.status;
}

int command_bg(int argc, char **argv)
{
    struct job *job = argc > 2 ? NULL : job_chosen(argc, argv);

    if (job == NULL) {
        return argc > 2 ? command_misused("bg") : 1;
    }
    printf("[%" PRIu64 "] %s\n", job_number(job), job->text);
    int64_t result = job_resume(job);
    return result < 0 ? complain("bg", job->text, result) : 0;
}

int command_wait(int argc, char **argv)
{
    if (argc > 2) {
        return command_misused("wait");
    }
    if (argc == 2) {
        struct job *job = job_of("wait", argv[1]);
        if (job == NULL) {
            return 1;
        }
        job_wait(job);
        return (int)shell.status;
    }
    bool goes_on = true;
    shell.status = 0;
    for (uint64_t number = 1; goes_on && number <= JOBS_MOST; number++) {
        struct job *job = job_at(number);
        if (job != NULL && job->state != JOB_STOPPED) {
            goes_on = job_wait(job);
        }
    }
    return (int)shell.status;
}
