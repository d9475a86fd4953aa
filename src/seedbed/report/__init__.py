"""Reports for people: figures and self-contained HTML."""
