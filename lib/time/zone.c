/* SPDX-License-Identifier: MIT */
/* The one time zone, for musl's members, and those of its functions that ask its thread block for
 * the locale. */

#include <time.h>
#include <wchar.h>

struct __locale_struct;
extern const struct __locale_struct __c_locale;
size_t __strftime_l(char *restrict text, size_t size, const char *restrict format,
                    const struct tm *restrict date, const struct __locale_struct *locale);
size_t __wcsftime_l(wchar_t *restrict text, size_t size, const wchar_t *restrict format,
                    const struct tm *restrict date, const struct __locale_struct *locale);

extern const char __utc[];
const char __utc[] = "UTC";
const char *__tm_to_tzname(const struct tm *date);
void __secs_to_zone(long long seconds, int is_local, int *is_summer, long *offset,
                    long *other_offset, const char **name);

/* A program may have left the member as it was: its name may be no address. */
const char *__tm_to_tzname(const struct tm *date)
{
    return date->__tm_zone == __utc ? __utc : "";
}

void __secs_to_zone(long long seconds, int is_local, int *is_summer, long *offset,
                    long *other_offset, const char **name)
{
    (void)seconds;
    (void)is_local;
    *is_summer = 0;
    *offset = 0;
    if (other_offset != NULL) {
        *other_offset = 0;
    }
    *name = __utc;
}

size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict date)
{
    return __strftime_l(text, size, format, date, &__c_locale);
}

size_t wcsftime(wchar_t *restrict text, size_t size, const wchar_t *restrict format,
                const struct tm *restrict date)
{
    return __wcsftime_l(text, size, format, date, &__c_locale);
}
