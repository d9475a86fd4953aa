"""Where needles and seeds should go."""
