"""Studies of papers: claims with their verdicts, figures, tables and numbers."""
