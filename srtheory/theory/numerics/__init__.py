"""Numbers with a proven error: balls, saddle points, integrals over arrival times."""
