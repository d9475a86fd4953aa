"""How the lesion answered."""
