"""Rules of care as data, and what they decide."""
