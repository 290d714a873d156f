"""The conjectures that the package ships, by subject."""
