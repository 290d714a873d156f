"""The other end of :mod:`benchmarks.peers.earlier`: asks the srtheory that Python finds for M', over and over.

A line on stdin has rows and a field, as JSON, the line on stdout CPU seconds, the median of three, and M'.
"""

import json
import sys
from statistics import median
from time import process_time

import numpy as np

from srtheory.span.engine import stopping_time

try:
    from srtheory.compiled import always_compile
except ImportError:  # it once always did
    pass
else:
    always_compile()

warm = False
for line in sys.stdin:
    given = json.loads(line)
    rows = np.array(given["indptr"]), np.array(given["indices"], np.int32), given["columns"]
    times = []
    for _ in range(3 + (not warm)):
        start = process_time()
        found = stopping_time(*rows, field=given["field"])
        times.append(process_time() - start)
    warm = True
    print(json.dumps([median(times[-3:]), found.stopping_time]), flush=True)
