"""The black box: spans of a large core by products of it with blocks of vectors, after Wiedemann."""
