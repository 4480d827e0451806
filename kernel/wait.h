/* SPDX-License-Identifier: MIT */
#pragma once

/* What a thread waits for. */

struct thread;
struct tr_thread_info;

/* Fills wait, peer, object and until (interface.md 4.6). Changes nothing. */
void wait_describe(const struct thread *thread, struct tr_thread_info *info);
