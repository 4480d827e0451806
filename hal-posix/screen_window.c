/* SPDX-License-Identifier: MIT */
/* The display as a window of SDL2, loaded when it is asked for. All of SDL's calls are the screen
 * thread's. Keys go by their place on the keyboard, the mouse by its moves over the window. */

#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"

#define LIBRARY "libSDL2-2.0.so.0"

static struct {
    __typeof__(SDL_SetHint) *hint;
    __typeof__(SDL_InitSubSystem) *start;
    __typeof__(SDL_QuitSubSystem) *stop;
    __typeof__(SDL_GetError) *why;
    __typeof__(SDL_GetCurrentVideoDriver) *driver;
    __typeof__(SDL_CreateWindow) *window;
    __typeof__(SDL_SetWindowSize) *resize;
    __typeof__(SDL_DestroyWindow) *window_end;
    __typeof__(SDL_CreateRenderer) *renderer;
    __typeof__(SDL_RenderSetLogicalSize) *logical_size;
    __typeof__(SDL_DestroyRenderer) *renderer_end;
    __typeof__(SDL_CreateTexture) *texture;
    __typeof__(SDL_UpdateTexture) *update;
    __typeof__(SDL_DestroyTexture) *texture_end;
    __typeof__(SDL_RenderClear) *clear;
    __typeof__(SDL_RenderCopy) *copy;
    __typeof__(SDL_RenderPresent) *present;
    __typeof__(SDL_PollEvent) *poll;
} sdl;

struct window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    uint32_t width, height; /* of the texture */
    uint32_t buttons;
    uint32_t pressed, to_release; /* in this look; in the next one */
    bool is_exposed;              /* to be drawn again though nothing has changed */
};

static bool library_load(void)
{
    const struct {
        void **to;
        const char *name;
    } functions[] = {
        {(void **)&sdl.hint, "SDL_SetHint"},
        {(void **)&sdl.start, "SDL_InitSubSystem"},
        {(void **)&sdl.stop, "SDL_QuitSubSystem"},
        {(void **)&sdl.why, "SDL_GetError"},
        {(void **)&sdl.driver, "SDL_GetCurrentVideoDriver"},
        {(void **)&sdl.window, "SDL_CreateWindow"},
        {(void **)&sdl.resize, "SDL_SetWindowSize"},
        {(void **)&sdl.window_end, "SDL_DestroyWindow"},
        {(void **)&sdl.renderer, "SDL_CreateRenderer"},
        {(void **)&sdl.logical_size, "SDL_RenderSetLogicalSize"},
        {(void **)&sdl.renderer_end, "SDL_DestroyRenderer"},
        {(void **)&sdl.texture, "SDL_CreateTexture"},
        {(void **)&sdl.update, "SDL_UpdateTexture"},
        {(void **)&sdl.texture_end, "SDL_DestroyTexture"},
        {(void **)&sdl.clear, "SDL_RenderClear"},
        {(void **)&sdl.copy, "SDL_RenderCopy"},
        {(void **)&sdl.present, "SDL_RenderPresent"},
        {(void **)&sdl.poll, "SDL_PollEvent"},
    };
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        *functions[i].to = dlsym(handle, functions[i].name);
        if (*functions[i].to == NULL) {
            return false;
        }
    }
    return true;
}

/* ---- Input ---------------------------------------------------------------------------------- */

struct key {
    SDL_Scancode code;
    const char *name;
};

static const struct key keys[] = {
    {SDL_SCANCODE_GRAVE, "backquote"},
    {SDL_SCANCODE_MINUS, "minus"},
    {SDL_SCANCODE_EQUALS, "equals"},
    {SDL_SCANCODE_LEFTBRACKET, "left-bracket"},
    {SDL_SCANCODE_RIGHTBRACKET, "right-bracket"},
    {SDL_SCANCODE_BACKSLASH, "backslash"},
    {SDL_SCANCODE_SEMICOLON, "semicolon"},
    {SDL_SCANCODE_APOSTROPHE, "quote"},
    {SDL_SCANCODE_COMMA, "comma"},
    {SDL_SCANCODE_PERIOD, "period"},
    {SDL_SCANCODE_SLASH, "slash"},
    {SDL_SCANCODE_SPACE, "space"},
    {SDL_SCANCODE_RETURN, "enter"},
    {SDL_SCANCODE_TAB, "tab"},
    {SDL_SCANCODE_BACKSPACE, "backspace"},
    {SDL_SCANCODE_ESCAPE, "escape"},
    {SDL_SCANCODE_CAPSLOCK, "caps-lock"},
    {SDL_SCANCODE_LSHIFT, "shift-left"},
    {SDL_SCANCODE_RSHIFT, "shift-right"},
    {SDL_SCANCODE_LCTRL, "control-left"},
    {SDL_SCANCODE_RCTRL, "control-right"},
    {SDL_SCANCODE_LALT, "alt-left"},
    {SDL_SCANCODE_RALT, "alt-right"},
    {SDL_SCANCODE_LGUI, "meta-left"},
    {SDL_SCANCODE_RGUI, "meta-right"},
    {SDL_SCANCODE_APPLICATION, "menu"},
    {SDL_SCANCODE_INSERT, "insert"},
    {SDL_SCANCODE_DELETE, "delete"},
    {SDL_SCANCODE_HOME, "home"},
    {SDL_SCANCODE_END, "end"},
    {SDL_SCANCODE_PAGEUP, "page-up"},
    {SDL_SCANCODE_PAGEDOWN, "page-down"},
    {SDL_SCANCODE_UP, "up"},
    {SDL_SCANCODE_DOWN, "down"},
    {SDL_SCANCODE_LEFT, "left"},
    {SDL_SCANCODE_RIGHT, "right"},
    {SDL_SCANCODE_NUMLOCKCLEAR, "number-lock"},
    {SDL_SCANCODE_SCROLLLOCK, "scroll-lock"},
    {SDL_SCANCODE_KP_0, "keypad-0"},
};

static void key_event(const SDL_KeyboardEvent *event, struct screen *screen)
{
    SDL_Scancode code = event->keysym.scancode;
    char name[16] = "";
    if (code >= SDL_SCANCODE_A && code <= SDL_SCANCODE_Z) {
        snprintf(name, sizeof name, "%c", 'a' + (int)(code - SDL_SCANCODE_A));
    } else if (code >= SDL_SCANCODE_1 && code <= SDL_SCANCODE_0) {
        snprintf(name, sizeof name, "%u", (unsigned)(code - SDL_SCANCODE_1 + 1) % 10);
    } else if (code >= SDL_SCANCODE_F1 && code <= SDL_SCANCODE_F12) {
        snprintf(name, sizeof name, "f%u", (unsigned)(code - SDL_SCANCODE_F1) + 1);
    } else if (code >= SDL_SCANCODE_KP_1 && code <= SDL_SCANCODE_KP_9) {
        snprintf(name, sizeof name, "keypad-%u", (unsigned)(code - SDL_SCANCODE_KP_1) + 1);
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].code == code) {
            snprintf(name, sizeof name, "%s", keys[i].name);
        }
    }
    if (name[0] != '\0' && event->repeat == 0) { /* the keyboard repeats by itself */
        screen_key(screen, name, event->type == SDL_KEYDOWN);
    }
}

/* SDL counts left, middle, right; a PS/2 mouse left, right, middle. */
static void button_event(struct window *window, const SDL_MouseButtonEvent *event,
                         struct screen *screen)
{
    uint32_t bit = event->button == SDL_BUTTON_LEFT     ? 1U
                   : event->button == SDL_BUTTON_RIGHT  ? 2U
                   : event->button == SDL_BUTTON_MIDDLE ? 4U
                                                        : 0U;
    if (event->type == SDL_MOUSEBUTTONDOWN) {
        window->buttons |= bit;
        window->pressed |= bit;
    } else if ((window->pressed & bit) != 0) {
        window->to_release |= bit; /* a mouse tells its buttons a hundred times a second */
        return;
    } else {
        window->buttons &= ~bit;
    }
    screen_mouse(screen, 0, 0, 0, window->buttons);
}

static void window_look(void *state, struct screen *screen)
{
    struct window *window = state;
    SDL_Event event;
    if (window->to_release != 0) {
        window->buttons &= ~window->to_release;
        screen_mouse(screen, 0, 0, 0, window->buttons);
    }
    window->pressed = window->to_release = 0;
    while (sdl.poll(&event) != 0) {
        switch (event.type) {
        case SDL_KEYDOWN:
        case SDL_KEYUP:
            key_event(&event.key, screen);
            break;
        case SDL_MOUSEMOTION:
            screen_mouse(screen, event.motion.xrel, event.motion.yrel, 0, window->buttons);
            break;
        case SDL_MOUSEBUTTONDOWN:
        case SDL_MOUSEBUTTONUP:
            button_event(window, &event.button, screen);
            break;
        case SDL_MOUSEWHEEL:
            screen_mouse(screen, 0, 0, -event.wheel.y, window->buttons);
            break;
        case SDL_WINDOWEVENT:
            window->is_exposed = true;
            break;
        case SDL_QUIT:
            screen_closed(screen);
            break;
        default:
            break;
        }
    }
}

/* ---- Output --------------------------------------------------------------------------------- */

/* A texture of the picture's size, and the window with it. */
static bool texture_fit(struct window *window, uint32_t width, uint32_t height)
{
    if (window->texture != NULL && window->width == width && window->height == height) {
        return true;
    }
    if (window->texture != NULL) {
        sdl.texture_end(window->texture);
    }
    window->texture = sdl.texture(window->renderer, SDL_PIXELFORMAT_RGB888,
                                  SDL_TEXTUREACCESS_STREAMING, (int)width, (int)height);
    window->width = width;
    window->height = height;
    sdl.resize(window->window, (int)width, (int)height);
    sdl.logical_size(window->renderer, (int)width, (int)height);
    return window->texture != NULL;
}

static void window_show(void *state, const uint32_t *pixels, uint32_t width, uint32_t height,
                        bool is_new)
{
    struct window *window = state;
    if ((!is_new && !window->is_exposed) || !texture_fit(window, width, height)) {
        return;
    }
    window->is_exposed = false;
    sdl.update(window->texture, NULL, pixels, (int)(width * sizeof *pixels));
    sdl.clear(window->renderer);
    sdl.copy(window->renderer, window->texture, NULL, NULL);
    sdl.present(window->renderer);
}

/* ---- Life ----------------------------------------------------------------------------------- */

static void window_close(void *state)
{
    struct window *window = state;
    if (window->texture != NULL) {
        sdl.texture_end(window->texture);
    }
    if (window->renderer != NULL) {
        sdl.renderer_end(window->renderer);
    }
    if (window->window != NULL) {
        sdl.window_end(window->window);
    }
    sdl.stop(SDL_INIT_VIDEO);
    free(window);
}

static bool window_make(struct window *window)
{
    window->window = sdl.window("Terrarium", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, 720,
                                400, SDL_WINDOW_RESIZABLE);
    if (window->window != NULL) {
        window->renderer = sdl.renderer(window->window, -1, 0);
    }
    return window->renderer != NULL;
}

/* Without a display SDL draws where nobody looks; only who asks for that wants it. */
static bool is_seen(void)
{
    const char *driver = sdl.driver();
    return getenv("SDL_VIDEODRIVER") != NULL || driver == NULL || strcmp(driver, "offscreen") != 0;
}

static void *window_open(struct machine *machine, char *error, size_t error_size)
{
    (void)machine;
    if (!library_load()) {
        snprintf(error, error_size, "%s cannot be loaded: install libsdl2-2.0-0", LIBRARY);
        return NULL;
    }
    sdl.hint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* the machine has its own */
    if (sdl.start(SDL_INIT_VIDEO) != 0) {
        snprintf(error, error_size, "%s; --display blocks needs only a terminal", sdl.why());
        return NULL;
    }
    if (!is_seen()) {
        snprintf(
            error, error_size,
            "this host has no display (DISPLAY or WAYLAND_DISPLAY); --display blocks needs only "
            "a terminal");
        sdl.stop(SDL_INIT_VIDEO);
        return NULL;
    }
    struct window *window = calloc(1, sizeof *window);
    if (window == NULL || !window_make(window)) {
        snprintf(error, error_size, "%s", sdl.why());
        if (window != NULL) {
            window_close(window);
        }
        return NULL;
    }
    window->is_exposed = true;
    return window;
}

const struct screen_end screen_window = {
    .name = "window",
    .has_input = true,
    .open = window_open,
    .show = window_show,
    .look = window_look,
    .close = window_close,
    .is_there = true,
    .choice = "SDL2",
    .detail = "--display window shows the screen and takes keys and the mouse.",
};
