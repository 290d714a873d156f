"""srtheory: when can a sum be recovered from partial sums computed by slow and unreliable workers?

The subject is "Rateless Sum-Recovery Codes for Distributed Non-Linear Computations" (Mallick and Joshi, 2022).
Sub-packages are imported on demand, so that ``import srtheory`` costs milliseconds.
"""

__version__ = "0.1.0"
