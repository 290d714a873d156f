"""Monte Carlo experiments: tasks, trials, records and their summaries."""
