"""Verify an implant: read, find, compare, calculate, write."""
