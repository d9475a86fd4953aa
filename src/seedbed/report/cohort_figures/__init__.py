"""Figures of a cohort for a journal: flow, survival, response, courses, forest."""
