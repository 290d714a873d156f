"""Black-box linear algebra: spans of a large core from its products with blocks of vectors (Wiedemann)."""
