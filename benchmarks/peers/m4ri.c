/* M4RI: rank over GF(2) of a dense matrix of bits.  Settings: ple, m4ri or echelonize, by its own choice of blocks. */
#include <m4ri/m4ri.h>
#include <string.h>

#include "rows.h"

static long rank_of(mzd_t *a, const char *setting)
{
    if (strcmp(setting, "ple") == 0) {
        mzp_t *p = mzp_init(a->nrows), *q = mzp_init(a->ncols);
        long rank = mzd_ple(a, p, q, 0);
        mzp_free(p);
        mzp_free(q);
        return rank;
    }
    if (strcmp(setting, "m4ri") == 0)
        return mzd_echelonize_m4ri(a, 0, 0);
    return mzd_echelonize(a, 0);
}

int main(int argc, char **argv)
{
    struct rows rows = read_rows();
    mzd_t *given = mzd_init(rows.count, rows.columns);
    for (long i = 0; i < rows.count; i++)
        for (long e = rows.ends[i]; e < rows.ends[i + 1]; e++)
            mzd_write_bit(given, i, rows.at[e], 1);
    printf("M4RI %s SSE2, for caches of %d, %d and %d KiB\n", __M4RI_HAVE_SSE2 ? "with" : "without",
           __M4RI_CPU_L1_CACHE >> 10, __M4RI_CPU_L2_CACHE >> 10, __M4RI_CPU_L3_CACHE >> 10);
    for (int k = 0; k < atoi(argv[argc - 1]); k++) {
        mzd_t *a = mzd_copy(NULL, given);
        double start = cpu_seconds();
        report(start, rank_of(a, argv[1]));
        mzd_free(a);
    }
    return 0;
}
