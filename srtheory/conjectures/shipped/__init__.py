"""Conjectures that the package ships, by subject."""
