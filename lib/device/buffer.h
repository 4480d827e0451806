/* SPDX-License-Identifier: MIT */
#pragma once

/* Memory for messages. Large blocks are kept for the next message: the heap would give their pages
 * back to the kernel and ask for them again each time. Any thread may take and give. */

#include <stdint.h>

/* Memory of at least `size` bytes, with what the last user left in it. NULL: there is none. */
void *device_buffer_take(uint64_t size);

/* NULL is allowed. */
void device_buffer_give(void *buffer);
