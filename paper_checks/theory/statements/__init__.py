"""Statements of docs/ that no command needs; tests compare them with brute force and with simulation."""
