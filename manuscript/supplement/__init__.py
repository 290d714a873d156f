"""The supplement of the manuscript: the pages of docs/ as one PDF."""
