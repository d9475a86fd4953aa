"""The workbench in the browser. Empty so far; the floor is held for it."""
