"""Sourced text tables: CSV or TOML that says where each number comes from, or is refused."""

from seedbed.tables.reader import SourcedTable, read_table, read_toml, require_source

__all__ = ["SourcedTable", "read_table", "read_toml", "require_source"]
