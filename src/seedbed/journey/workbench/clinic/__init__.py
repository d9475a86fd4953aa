"""The clinic's pages of the workbench: the list of patients, one patient, and records entered by hand."""
