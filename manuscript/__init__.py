"""The manuscript: a paper on the results of docs/, whose numbers, tables and theorems are tied to their sources."""
