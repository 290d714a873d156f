"""Checks of the claims, one file for each section of the paper or subject."""
