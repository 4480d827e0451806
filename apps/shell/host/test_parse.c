/* SPDX-License-Identifier: MIT */
/* Tests of the shell's parser as host code: a line is printed back with every word in brackets. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/shell/parse.h"

/* "[a] [b] | [c] &&" and so on, or "! complaint". */
static const char *parsed(const char *line)
{
    static const char *const joints[] = {"", " ;", " &&", " ||", " &"};
    static char text[8192];
    static struct pipeline pipeline;
    const char *complaint;
    size_t used = 0;
    int result;

    text[0] = '\0';
    while ((result = parse_pipeline(&line, 42, &pipeline, &complaint)) > 0) {
        for (int i = 0; i < pipeline.count; i++) {
            used += (size_t)sprintf(text + used, i > 0 ? " |" : "");
            for (int k = 0; k < pipeline.stages[i].count; k++) {
                used += (size_t)sprintf(text + used, "%s[%s]", used > 0 ? " " : "",
                                        pipeline.stages[i].words[k]);
            }
            assert_null(pipeline.stages[i].words[pipeline.stages[i].count]);
        }
        used += (size_t)sprintf(text + used, "%s", joints[pipeline.joint]);
    }
    if (result < 0) {
        sprintf(text + used, "! %s", complaint);
    }
    return text;
}

static void words_are_split_at_blanks(void **state)
{
    (void)state;
    assert_string_equal(parsed("  run  a\tb "), "[run] [a] [b]");
    assert_string_equal(parsed(""), "");
    assert_string_equal(parsed("   # nothing"), "");
    assert_string_equal(parsed("echo a#b # c"), "[echo] [a#b]");
    assert_string_equal(parsed("kill a\\spin"), "[kill] [a\\spin]");
}

static void quotes_keep_words_together(void **state)
{
    (void)state;
    assert_string_equal(parsed("a 'b c'd \"e  f\" ''"), "[a] [b cd] [e  f] []");
    assert_string_equal(parsed("a ';|&#'"), "[a] [;|&#]");
    assert_string_equal(parsed("a \"b"), "! a quote is not closed");
}

static void the_status_is_put_in(void **state)
{
    (void)state;
    assert_string_equal(parsed("echo $? x$?y \"$?\" '$?' $"), "[echo] [42] [x42y] [42] [$?] [$]");
}

static void commands_are_joined(void **state)
{
    (void)state;
    assert_string_equal(parsed("a|b | c"), "[a] | [b] | [c]");
    assert_string_equal(parsed("a;b"), "[a] ; [b]");
    assert_string_equal(parsed("a && b || c;"), "[a] && [b] || [c] ;");
    assert_string_equal(parsed("a & b&"), "[a] & [b] &");
}

static void nonsense_is_named(void **state)
{
    (void)state;
    assert_string_equal(parsed("| a"), "! a command is missing");
    assert_string_equal(parsed("a |"), "! a command is missing");
    assert_string_equal(parsed("a ;; b"), "[a] ;! a command is missing");
    for (const char *const *line =
             (const char *const[]){"a > b", "a >b", "a>b", "a 2> b", "a 2>&1", "a >> b", "a < b",
                                   "a<b", "a | b > c", "a > 'b'", "a >", "> a", NULL};
         *line != NULL; line++) {
        if (strstr(parsed(*line), "! there is no redirection yet") == NULL) {
            fail_msg("\"%s\" is %s", *line, parsed(*line));
        }
    }
    assert_string_equal(parsed("a '>' \">>\" 'b < c'"), "[a] [>] [>>] [b < c]");
    assert_string_equal(parsed("a|a|a|a|a|a|a|a|a"), "! the pipeline is too long");
}

static void long_lines_end_in_a_complaint(void **state)
{
    char line[16384];

    (void)state;
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    assert_string_equal(parsed(line), "! the line is too long");
    for (size_t i = 0; i + 1 < sizeof line; i += 2) {
        memcpy(line + i, "x ", 2);
    }
    line[sizeof line - 1] = '\0';
    assert_string_equal(parsed(line), "! there are too many words");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_split_at_blanks),
        cmocka_unit_test(quotes_keep_words_together),
        cmocka_unit_test(the_status_is_put_in),
        cmocka_unit_test(commands_are_joined),
        cmocka_unit_test(nonsense_is_named),
        cmocka_unit_test(long_lines_end_in_a_complaint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
