"""The dense core: elimination in floating point, on bytes and on bits, and p-adic lifting based on it."""
