"""Readers of the stored records in data/, and the commands that make them."""
