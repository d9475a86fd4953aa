"""Spreadsheets that open in Excel."""

from seedbed.sheets.csv_files import write_csv

__all__ = ["write_csv"]
