/* SPDX-License-Identifier: MIT */
/* A quarter of the wave in a table; between its places a straight line. */

#include "sine.h"

#define PLACES 64

/* 32767 sin(n pi / 128). */
static const int16_t quarter[PLACES + 1] = {
    0,     804,   1608,  2410,  3212,  4011,  4808,  5602,  6393,  7179,  7962,  8739,  9512,
    10278, 11039, 11793, 12539, 13279, 14010, 14732, 15446, 16151, 16846, 17530, 18204, 18868,
    19519, 20159, 20787, 21403, 22005, 22594, 23170, 23731, 24279, 24811, 25329, 25832, 26319,
    26790, 27245, 27683, 28105, 28510, 28898, 29268, 29621, 29956, 30273, 30571, 30852, 31113,
    31356, 31580, 31785, 31971, 32137, 32285, 32412, 32521, 32609, 32678, 32728, 32757, 32767};

int32_t sine(uint32_t phase)
{
    uint32_t at = phase & 0x3fffffff;

    at = (phase & 0x40000000) != 0 ? 0x40000000 - at : at;
    uint32_t place = at >> 24;
    int32_t value = quarter[place];
    if (place < PLACES) {
        int32_t rise = quarter[place + 1] - value;
        value += (int32_t)((int64_t)rise * (at & 0xffffff) >> 24);
    }
    return (phase & 0x80000000) != 0 ? -value : value;
}
