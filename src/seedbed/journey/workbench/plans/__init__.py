"""A plan in the browser: opened, edited by hand, planned by the planner, signed."""
