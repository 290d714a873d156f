"""Numerical methods with a proved error: balls, saddle points, integrals over arrival times."""
