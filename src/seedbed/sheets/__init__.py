"""Spreadsheets: tables that open in Excel, and the register's records in and out.

Writers that load a library of their own are in their modules: `workbook_writing`, `spss`, `parquet`.
"""

from seedbed.sheets.addresses import BadCell, CellAddress, Placed, SheetContent
from seedbed.sheets.csv_files import write_csv
from seedbed.sheets.csv_folder import write_csv_folder
from seedbed.sheets.reader import read_records
from seedbed.sheets.redcap import write_redcap

__all__ = [
    "BadCell",
    "CellAddress",
    "Placed",
    "SheetContent",
    "read_records",
    "write_csv",
    "write_csv_folder",
    "write_redcap",
]
