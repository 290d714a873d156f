"""Exact laws of rows, coverage, latency and error, by time and by rows."""
