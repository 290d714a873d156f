/* FFLAS-FFPACK: rank of a dense matrix modulo a prime, in the BLAS of this build.  Settings: float:P, double:P. */
#include <givaro/modular-balanced.h>
#include <fflas-ffpack/ffpack/ffpack.h>
#include <cstring>

#include "rows.h"

extern "C" char *openblas_get_corename(void) __attribute__((weak));

template <class T> static void eliminate(const rows &rows, long prime, int repeats)
{
    Givaro::ModularBalanced<T> field(prime);
    T *a = FFLAS::fflas_new<T>(rows.count * rows.columns);
    for (int k = 0; k < repeats; k++) {
        memset(a, 0, rows.count * rows.columns * sizeof(T));
        for (long i = 0; i < rows.count; i++)
            for (long e = rows.ends[i]; e < rows.ends[i + 1]; e++)
                a[i * rows.columns + rows.at[e]] = 1;
        double start = cpu_seconds();
        report(start, FFPACK::Rank(field, rows.count, rows.columns, a, rows.columns));
    }
    FFLAS::fflas_delete(a);
}

int main(int argc, char **argv)
{
    rows rows = read_rows();
    long prime = atol(strchr(argv[1], ':') + 1);
    printf("FFLAS-FFPACK " __FFLASFFPACK_VERSION ", BLAS kernel %s\n",
           openblas_get_corename ? openblas_get_corename() : "not OpenBLAS'");
    if (argv[1][0] == 'f')
        eliminate<float>(rows, prime, atoi(argv[2]));
    else
        eliminate<double>(rows, prime, atoi(argv[2]));
    return 0;
}
