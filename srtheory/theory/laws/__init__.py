"""Exact distributions of rows, coverage, latency and error, by time and by rows."""
