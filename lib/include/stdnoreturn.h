/* SPDX-License-Identifier: MIT */
#pragma once

#define noreturn _Noreturn
