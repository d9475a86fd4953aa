"""The steps of a clinic with its register: import, screen, prescribe, follow, judge, export, check."""
