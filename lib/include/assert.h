/* SPDX-License-Identifier: MIT */

/* assert: a condition that holds unless the program is wrong. No include guard, as ISO C wants:
 * it may be included again with another NDEBUG. */

/* Writes which assertion failed where, and aborts. */
_Noreturn void lib_assert_failed(const char *condition, const char *file, int line);

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : lib_assert_failed(#condition, __FILE__, __LINE__))
#endif

#undef static_assert
#define static_assert _Static_assert
