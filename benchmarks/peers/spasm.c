/* SpaSM: rank of a sparse matrix modulo a prime.  Settings: rows:P, columns:P (the transpose), and greedy:P, which is its
   own default, with the greedy search for pivots; the others search for none and have the dense part in one block. */
#include <string.h>

#include "spasm.h"

#include "rows.h"

extern char *openblas_get_corename(void) __attribute__((weak));

int main(int argc, char **argv)
{
    struct rows rows = read_rows();
    (void)argc;
    bool greedy = argv[1][0] == 'g', columns = argv[1][0] == 'c';
    long prime = atol(strchr(argv[1], ':') + 1);
    static char said[1 << 20];
    setvbuf(stderr, said, _IOFBF, sizeof said); /* its progress must not cost a system call a line */
    struct spasm_triplet *t = spasm_triplet_alloc(rows.count, rows.columns, rows.ends[rows.count] + 1, prime, true);
    for (long i = 0; i < rows.count; i++)
        for (long e = rows.ends[i]; e < rows.ends[i + 1]; e++)
            spasm_add_entry(t, i, rows.at[e], 1);
    if (columns)
        spasm_triplet_transpose(t);
    struct spasm_csr *a = spasm_compress(t);
    printf("SpaSM " SPASM_VERSION ", BLAS kernel %s\n",
           openblas_get_corename ? openblas_get_corename() : "not OpenBLAS'");
    for (int k = 0; k < atoi(argv[2]); k++) {
        struct echelonize_opts options;
        spasm_echelonize_init_opts(&options);
        if (!greedy) {
            options.enable_greedy_pivot_search = false;
            options.enable_tall_and_skinny = false;
            options.dense_block_size = a->n;
        }
        double start = cpu_seconds();
        struct spasm_lu *form = spasm_echelonize(a, &options);
        report(start, form->U->n);
        spasm_lu_free(form);
    }
    return 0;
}
