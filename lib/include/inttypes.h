/* SPDX-License-Identifier: MIT */
#pragma once

/* Formats of the integers of stdint.h for printf, and their conversions from text. */

#include <stdint.h>

intmax_t strtoimax(const char *text, char **end, int base);
uintmax_t strtoumax(const char *text, char **end, int base);
intmax_t imaxabs(intmax_t value);

#define PRId8       "hhd"
#define PRId16      "hd"
#define PRId32      "d"
#define PRId64      "ld"
#define PRIdLEAST32 "d"
#define PRIdLEAST64 "ld"
#define PRIdMAX     "jd"
#define PRIdPTR     "ld"

#define PRIi8       "hhi"
#define PRIi16      "hi"
#define PRIi32      "i"
#define PRIi64      "li"
#define PRIiLEAST32 "i"
#define PRIiLEAST64 "li"
#define PRIiMAX     "ji"
#define PRIiPTR     "li"

#define PRIu8       "hhu"
#define PRIu16      "hu"
#define PRIu32      "u"
#define PRIu64      "lu"
#define PRIuLEAST32 "u"
#define PRIuLEAST64 "lu"
#define PRIuMAX     "ju"
#define PRIuPTR     "lu"

#define PRIx8       "hhx"
#define PRIx16      "hx"
#define PRIx32      "x"
#define PRIx64      "lx"
#define PRIxLEAST32 "x"
#define PRIxLEAST64 "lx"
#define PRIxMAX     "jx"
#define PRIxPTR     "lx"

#define PRIX8       "hhX"
#define PRIX16      "hX"
#define PRIX32      "X"
#define PRIX64      "lX"
#define PRIXLEAST32 "X"
#define PRIXLEAST64 "lX"
#define PRIXMAX     "jX"
#define PRIXPTR     "lX"

#define PRIo8       "hho"
#define PRIo16      "ho"
#define PRIo32      "o"
#define PRIo64      "lo"
#define PRIoLEAST32 "o"
#define PRIoLEAST64 "lo"
#define PRIoMAX     "jo"
#define PRIoPTR     "lo"
