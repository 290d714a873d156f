"""Style of figures and tables, and their output as SVG, PDF, PNG, LaTeX, Markdown and CSV."""
