"""Slow, independent oracles that the engines are checked against, and the checker of certificates."""
