/* SPDX-License-Identifier: MIT */
/* Opening and closing. */

#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "sim/say.h"

static bool complain(const char *what)
{
    sim_complain("--serial: %s: %s", what, strerror(errno));
    return false;
}

/* The other side of the terminal is raw. */
static bool open_terminal(struct posix_serial *files)
{
    struct termios mode;
    int file = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || grantpt(file) != 0 || unlockpt(file) != 0) {
        if (file >= 0) {
            close(file);
        }
        return complain("a terminal");
    }
    if (tcgetattr(file, &mode) == 0) {
        cfmakeraw(&mode);
        tcsetattr(file, TCSANOW, &mode);
    }
    files->input = files->output = file;
    files->is_live = true;
    sim_complain("the second serial port is %s", ptsname(file));
    return true;
}

/* True: bytes come when they come. */
static bool is_live(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static bool is_pipe(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* A named pipe is held open from both sides: it has no end while its writers come and go. */
static int input_flags(const char *path, bool live)
{
    return (is_pipe(path) ? O_RDWR : O_RDONLY) | O_CLOEXEC | (live ? O_NONBLOCK : 0);
}

static bool open_output(struct posix_serial *files, const char *path, bool both)
{
    /* A named pipe would be waited for until somebody reads it, unless it is open for both. */
    int how = both || is_pipe(path) ? O_RDWR : O_WRONLY | O_CREAT | O_TRUNC;
    files->output = open(path, how | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0666);
    if (both) {
        files->input = files->output;
        files->is_live = true;
    }
    return files->output >= 0 || complain(path);
}

bool sim_serial_open(struct sim_hardware *hardware)
{
    struct posix_serial *files = &hardware->serial_files;
    const char *input = hardware->serial_input, *output = hardware->serial;
    *files = (struct posix_serial){.input = -1, .output = -1};
    if (output == NULL) {
        return true;
    }
    hardware->posix.serial = files;
    if (strcmp(output, "pty") == 0) {
        return open_terminal(files);
    }
    if (input != NULL) {
        files->is_live = is_live(input);
        files->input = open(input, input_flags(input, files->is_live));
        if (files->input < 0) {
            return complain(input);
        }
    }
    return open_output(files, output, input == NULL && is_live(output));
}

void sim_serial_close(struct sim_hardware *hardware)
{
    struct posix_serial *files = &hardware->serial_files;
    if (hardware->serial == NULL) {
        return;
    }
    if (files->input >= 0 && files->input != files->output) {
        close(files->input);
    }
    if (files->output >= 0) {
        close(files->output);
    }
}
