"""One check per claim of the paper, one file per section; :func:`paper_checks.registry.claims` lists them."""
