"""What the engines are checked against, slow and independent, and the checker of certificates."""
