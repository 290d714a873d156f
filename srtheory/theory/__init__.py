"""Formulas: exact laws, limits and bounds.  Nothing here draws a random number."""
