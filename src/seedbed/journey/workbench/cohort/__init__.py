"""Cohorts on the workbench: asked, analysed as a job, kept, and without identity for researchers."""
