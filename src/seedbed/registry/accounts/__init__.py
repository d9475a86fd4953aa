"""Accounts, their sessions, the trail of who saw and did what, and jobs: tables of the workbench.

Plain functions over one connection; `opening` opens the register for them.
"""
