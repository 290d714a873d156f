/* LinBox: rank over Z by elimination modulo a random prime, and v with v·G = D·1 by Dixon's method on the transpose.
   Settings: rank:sparse, rank:dense, solve:sparse, solve:dense. */
#include <linbox/linbox-config.h>
#include <givaro/zring.h>
#include <givaro/modular.h>
#include <linbox/matrix/sparse-matrix.h>
#include <linbox/matrix/dense-matrix.h>
#include <linbox/solutions/rank.h>
#include <linbox/solutions/solve.h>
#include <cstring>

#include "rows.h"

using namespace LinBox;
using Integers = Givaro::ZRing<Integer>;

template <class Matrix> static void fill(Matrix &a, const rows &rows, bool transposed)
{
    for (long i = 0; i < rows.count; i++)
        for (long e = rows.ends[i]; e < rows.ends[i + 1]; e++)
            if (transposed)
                a.setEntry(rows.at[e], i, Integer(1));
            else
                a.setEntry(i, rows.at[e], Integer(1));
}

template <class Method, class Matrix> static void run(const rows &rows, bool solving, int repeats)
{
    Integers integers;
    Matrix a(integers, solving ? rows.columns : rows.count, solving ? rows.count : rows.columns);
    fill(a, rows, solving);
    for (int k = 0; k < repeats; k++) {
        double start = cpu_seconds();
        if (solving) {
            DenseVector<Integers> x(integers, a.coldim()), b(integers, a.rowdim());
            for (size_t i = 0; i < a.rowdim(); i++)
                b[i] = 1;
            Integer denominator;
            LinBox::solve(x, denominator, a, b, Method());
            report(start, a.rowdim());
        } else {
            size_t found;
            integral_rank(found, a, Method());
            report(start, found);
        }
    }
}

int main(int, char **argv)
{
    rows rows = read_rows();
    bool solving = argv[1][0] == 's';
    printf("LinBox " __LINBOX_VERSION "\n");
    if (strstr(argv[1], "sparse"))
        run<Method::SparseElimination, SparseMatrix<Integers>>(rows, solving, atoi(argv[2]));
    else
        run<Method::DenseElimination, DenseMatrix<Integers>>(rows, solving, atoi(argv[2]));
    return 0;
}
