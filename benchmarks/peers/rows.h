/* What every driver shares: the rows on stdin, CPU time, and the line that is printed for each elimination.

   A driver is called as `driver SETTING REPEATS`.  It prints a line about the library, then for each repetition the
   CPU seconds that the library's own work took, its matrix made beforehand, and the rank that it found. */
#ifndef ROWS_H
#define ROWS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct rows {
    long count, columns;
    long *ends; /* row i has the columns at[ends[i]] to at[ends[i + 1] - 1] */
    long *at;
};

static long a_number(void)
{
    long value;
    if (scanf("%ld", &value) != 1) {
        fputs("the rows on stdin end early\n", stderr);
        exit(2);
    }
    return value;
}

/* "rows columns", then count + 1 ends, then the columns. */
static struct rows read_rows(void)
{
    struct rows rows;
    rows.count = a_number();
    rows.columns = a_number();
    rows.ends = (long *)malloc((rows.count + 1) * sizeof(long));
    for (long i = 0; i <= rows.count; i++)
        rows.ends[i] = a_number();
    rows.at = (long *)malloc((rows.ends[rows.count] + 1) * sizeof(long));
    for (long e = 0; e < rows.ends[rows.count]; e++)
        rows.at[e] = a_number();
    return rows;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

static void report(double start, long rank)
{
    printf("%.9f %ld\n", cpu_seconds() - start, rank);
}

#endif
