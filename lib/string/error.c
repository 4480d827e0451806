/* SPDX-License-Identifier: MIT */
/* What values of errno mean: musl's sentences, without a translation. */

#include <string.h>
#include <terrarium/error.h>

/* Musl's, which asks a locale for translations: one catalogue for each of its categories, here
 * none. */
char *__strerror_l(int error, const void *locale);
const char *__lctrans(const char *text, const void *catalogue);

const char *__lctrans(const char *text, const void *catalogue)
{
    (void)catalogue;
    return text;
}

char *strerror(int error)
{
    static const void *const locale[6];

    return error < 0 ? (char *)tr_error_text(error) : __strerror_l(error, locale);
}
