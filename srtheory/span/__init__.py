"""Does the row space contain the all-ones vector?  Engines, oracles, graphs and certificates."""
