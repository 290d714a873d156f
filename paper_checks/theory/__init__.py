"""Laws and statements that serve the study of the paper alone."""
