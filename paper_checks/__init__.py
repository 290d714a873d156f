"""Checks of the paper's claims, one file per section; :func:`paper_checks.registry.claims` lists them."""
