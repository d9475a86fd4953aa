"""Spreadsheets that open in Excel."""
