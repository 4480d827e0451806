/* SPDX-License-Identifier: MIT */
/* Runs and prints rows. */

#include "row.h"

#define FEW   11
#define QUICK 7

static int samples_of(const struct row *row, int quick)
{
    if ((row->flags & ROW_ONCE) != 0) {
        return 1;
    }
    if (quick) {
        return QUICK;
    }
    return (row->flags & ROW_FEW) != 0 ? FEW : MEASURE_SAMPLES;
}

void row_run(struct row *row, int quick)
{
    int samples = samples_of(row, quick);
    void *ours = row->what->open(row->argument);
    void *theirs = row->host != NULL ? row->host->open(row->host_argument) : NULL;

    for (int i = 0; i < samples; i++) {
        measure_add(&row->ours, row->what->batch(ours));
        if (row->host != NULL) {
            measure_add(&row->theirs, row->host->batch(theirs));
        }
    }
    row->what->close(ours);
    if (row->host != NULL) {
        row->host->close(theirs);
    }
}

/* Three or four digits and a unit. */
static void print_figure(double figure, int is_bytes)
{
    static const struct {
        double most;
        const char *unit;
    } times[] = {{1e3, "ns"}, {1e6, "µs"}, {1e9, "ms"}, {1e300, "s "}},
      bytes[] = {{1024.0, "B "}, {1048576.0, "KB"}, {1073741824.0, "MB"}, {1e300, "GB"}}, *scale;
    double unit = 1;

    for (scale = is_bytes ? bytes : times; figure >= scale->most; scale++) {
        unit = scale->most;
    }
    figure /= unit;
    printf("%8.*f %s", figure < 100 ? 2 : 1, figure, scale->unit);
}

static void print_goal(const struct row *row)
{
    if (row->goal == 0) {
        printf("%11s", "");
    } else if (row->host == NULL) {
        print_figure(row->goal, (row->flags & ROW_BYTES) != 0);
    } else if (row->goal < 1) {
        printf("      1/%-3.0f", 1 / row->goal);
    } else {
        printf("%9.2f  ", row->goal);
    }
}

static void print_ratio(double ratio)
{
    if (ratio < 1) {
        printf("   1/%-6.1f", 1 / ratio);
    } else {
        printf("%9.2f  ", ratio);
    }
}

static double ratio_of(struct row *row)
{
    double host = measure_quantile(&row->theirs, 0.5);

    return host > 0 ? measure_quantile(&row->ours, 0.5) / host : 0;
}

void row_print_head(void)
{
    printf("%-40s %4s %11s %11s   %-15s %11s %-11s %10s\n", "name", "n", "median", "p99", "beside",
           "median", "   ratio", "goal");
}

void row_print(struct row *row)
{
    int is_bytes = (row->flags & ROW_BYTES) != 0;

    printf("%-40s %4d ", row->name, row->ours.count);
    print_figure(measure_quantile(&row->ours, 0.5), is_bytes);
    putchar(' ');
    print_figure(measure_quantile(&row->ours, 0.99), is_bytes);
    printf("   %-15s ", row->host != NULL ? row->host_name : "");
    if (row->host != NULL) {
        print_figure(measure_quantile(&row->theirs, 0.5), is_bytes);
        putchar(' ');
        print_ratio(ratio_of(row));
    } else {
        printf("%11s %11s", "", "");
    }
    print_goal(row);
    putchar('\n');
    (void)fflush(stdout);
}

void row_json(FILE *file, struct row *row)
{
    fprintf(file, "    {\"name\": \"%s\", \"samples\": %d, \"unit\": \"%s\", \"median\": %.2f, ",
            row->name, row->ours.count, (row->flags & ROW_BYTES) != 0 ? "bytes" : "ns",
            measure_quantile(&row->ours, 0.5));
    fprintf(file, "\"p99\": %.2f", measure_quantile(&row->ours, 0.99));
    if (row->host != NULL) {
        fprintf(file, ", \"beside\": \"%s\", \"beside_median\": %.2f, \"ratio\": %.6f",
                row->host_name, measure_quantile(&row->theirs, 0.5), ratio_of(row));
    }
    if (row->goal > 0) {
        fprintf(file, ", \"goal\": %.6f", row->goal);
    }
    fputc('}', file);
}
