/* SPDX-License-Identifier: MIT */
#pragma once

/* A line of the shell: commands joined by | into pipelines, pipelines by ; && || and &. Words are
 * split at blanks; '…' and "…" keep blanks; $? outside '…' is the last status; # begins a comment.
 * A backslash is a letter: it stands in the names of processes. < and > outside of quotes are
 * refused. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_MOST  64
#define STAGES_MOST 8

enum joint { JOINT_END, JOINT_NEXT, JOINT_AND, JOINT_OR, JOINT_BACKGROUND };

struct stage {
    bool is_program; /* though it may be named as a command of the shell is */
    bool is_trusted; /* it is to be a deputy of this shell */
    int count;
    char *words[WORDS_MOST + 1];
};

struct pipeline {
    int count;
    enum joint joint; /* what stands behind it */
    struct stage stages[STAGES_MOST];
    size_t text_used;
    char text[8192]; /* the words' bytes */
};

/* Takes the next pipeline from *line and moves *line behind it. 1 one, 0 the line is at its end.
 * NULL in *complaint, or with result -1 what is wrong with the line. */
int parse_pipeline(const char **line, int64_t status, struct pipeline *pipeline,
                   const char **complaint);
