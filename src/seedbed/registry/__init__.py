"""The register of patients: a store that loses nothing. Empty so far; the floor is held for it."""
