/* SPDX-License-Identifier: MIT */
/* ISO C alone, for test_plain.sh: built for Terrarium and for the host, which must say the same.
 *
 *   plain          reads words and numbers of standard input, and writes what it made of them
 *   plain wide     the same in wide characters
 *   plain ask      asks for a line without ending its own, and says on stderr that it has it */

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

static uint64_t state = 1;

static uint64_t draw(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state ^ state >> 31;
}

static void print_numbers(void)
{
    static const char *const formats[] = {"%Lg|", "%.12Le|", "%+.3Lf|", "%-30.18Lg|"};
    int count = 0;

    for (int i = 0; i < 2000; i++) {
        long double value = ldexpl((long double)draw(), (int)(draw() % 300) - 200);
        char text[200];
        snprintf(text, sizeof(text), "%.25Le", value);
        float single = strtof(text, NULL);
        printf("%d %a ", strtold(text, NULL) == value, (double)single);
        printf(formats[i % 4], value);
        printf("%" PRIx64 "%n", draw(), &count);
        printf(" %d\n", count);
    }
    printf("%ls %lc %5.3ls|%s\n", L"\u00e4\u20ac", (wint_t)0x1f40c, L"\u00e4b", "caf\u00e9");
    printf("%s %s %s\n", strerror(EDOM) != NULL ? "yes" : "no", "%", "100%");
}

static void print_pieces(const char *format, ...)
{
    char text[64];
    va_list arguments;

    va_start(arguments, format);
    vsprintf(text, format, arguments);
    va_end(arguments);
    printf("<%s>\n", text);
}

/* What a scan leaves alone keeps its mark. */
static void scan_texts(void)
{
    static const char *const texts[] = {"inf", "-nan", "0x1.8p3", "infinity", "  7.5e2x",
                                        "abc", "12 ",  "-0",      "+.5",      "1e400"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double real = -1;
        float single = -1;
        long double wide = -1;
        int place = -1, integer = -1;
        char word[8] = "mark";
        int a = sscanf(texts[i], "%lf%n", &real, &place);
        int b = sscanf(texts[i], "%f", &single);
        int c = sscanf(texts[i], "%Lf", &wide);
        int d = sscanf(texts[i], "%i", &integer);
        int e = sscanf(texts[i], "%3[a-f]", word);
        printf("%d %d %d %d %d: %g %g %Lg %d %d %s\n", a, b, c, d, e, fabs(real),
               (double)fabsf(single), fabsl(wide), place, integer, word);
    }
    errno = 0;
    printf("%ld ", strtol("12", NULL, 37));
    printf("%d\n", errno == EINVAL);
    errno = 0;
    printf("%ld ", strtol("99999999999999999999", NULL, 10));
    printf("%d\n", errno == ERANGE);
}

static void read_input(void)
{
    char word[32], line[64];
    wchar_t wide[32];
    int number = 0, c = getchar();

    ungetc(c, stdin);
    printf("%d\n", scanf("%31s %d", word, &number));
    printf("%s %d %d\n", word, number, getchar() == '\n');
    printf("%d\n", scanf("%31ls", wide));
    printf("%ls %zu\n", wide, wcslen(wide));
    printf("%d\n", scanf("%*[ \n]%[^,],%n", word, &number));
    printf("%s %d\n", word, number);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        printf("[%s]", line);
    }
    printf("%d %d %d\n", feof(stdin) != 0, ferror(stdin) != 0, getchar());
    clearerr(stdin);
    printf("%d\n", feof(stdin) != 0);
}

static void convert_characters(void)
{
    static const char text[] = "a\u00e4\u20ac\U0001f40c";
    wchar_t wide[8];
    char back[20];
    const char *next = text;
    mbstate_t begun = {0};

    printf("%zu ", mbstowcs(wide, text, 8));
    printf("%zu %s\n", wcstombs(back, wide, sizeof(back)), back);
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        wchar_t c = 0;
        printf("%d:%d ", (int)mbrtowc(&c, text + i, 1, &begun), (int)c);
    }
    printf("%zu ", mbsrtowcs(NULL, &next, 0, &begun));
    errno = 0;
    printf("%d ", mbtowc(wide, "\xc0\x80", 2));
    printf("%d ", errno == EILSEQ);
    printf("%d %d\n", mbtowc(wide, "\xed\xa0\x80", 3), mblen("\xe2\x82", 2));
    for (wint_t c = 0x20; c < 0x600; c += 7) {
        if (c >= 0x300 && c < 0x370) {
            continue; /* combining marks: letters in one version of Unicode and none in another */
        }
        printf("%d%d%d%d ", iswalpha(c) != 0, iswdigit(c) != 0, iswspace(c) != 0, iswcntrl(c) != 0);
    }
    printf("%d %d\n", (int)towupper(0xe4), (int)towlower(0x410));
}

static void speak_wide(void)
{
    wchar_t line[64], word[32];
    int number = 0;
    wint_t c = getwchar();

    ungetwc(c, stdin);
    wprintf(L"%d %d\n", fwide(stdin, 0) > 0, fwide(stdout, 0) > 0);
    wprintf(L"%d ", wscanf(L"%31ls %d", word, &number));
    wprintf(L"%ls %d\n", word, number);
    while (fgetws(line, 64, stdin) != NULL) {
        fputws(line, stdout);
    }
    putwchar(0x20ac);
    fputwc(L'\n', stdout);
    swprintf(line, 64, L"%5.2f|%-6ls|%s", 2.5, L"\u00e4", "\u20ac");
    wprintf(L"%ls\n", line);
    wprintf(L"%d ", swscanf(L"17 \u00e4b 0x1p3", L"%d %31ls", &number, word));
    wprintf(L"%d %ls %g\n", number, word, wcstod(L"0x1p3", NULL));
}

static void ask(void)
{
    char line[16];

    fputs("name? ", stdout);
    if (fgets(line, sizeof(line), stdin) != NULL) {
        errno = EDOM;
        perror("heard");
    }
    fputs("half", stdout);
    fprintf(stderr, "%s\n", line);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "wide") == 0) {
        speak_wide();
        return 4;
    }
    if (argc > 1 && strcmp(argv[1], "ask") == 0) {
        ask();
        return 0;
    }
    setvbuf(stdout, NULL, _IOFBF, 512);
    print_numbers();
    print_pieces("%d %s %c %5.1f", 7, "seven", '7', 7.0);
    scan_texts();
    read_input();
    convert_characters();
    return 3;
}
