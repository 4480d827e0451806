/* SPDX-License-Identifier: MIT */
/* The host's smallest program: what posix_spawn starts. */

int main(void)
{
    return 0;
}
