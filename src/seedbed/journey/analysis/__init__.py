"""A cohort analysed from the register: the analysis set, the tables, the files."""
