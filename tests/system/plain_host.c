/* SPDX-License-Identifier: MIT */
/* The host's library speaks UTF-8 only when it is told to. */

#include <locale.h>

__attribute__((constructor)) static void speak_utf8(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
}
