"""Estimators and tests, one published formula each."""
