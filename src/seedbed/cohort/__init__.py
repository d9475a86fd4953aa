"""Many patients: published tables and what can be recomputed from them."""
