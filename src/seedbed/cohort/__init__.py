"""Many patients: published tables and what can be recomputed from them."""

from seedbed.cohort.printed import PrintedP
from seedbed.cohort.published import Cell, Comparison, PublishedPaper, read_published
from seedbed.cohort.reproduction import Audit, AuditRow, audit, count_table

__all__ = [
    "Audit",
    "AuditRow",
    "Cell",
    "Comparison",
    "PrintedP",
    "PublishedPaper",
    "audit",
    "count_table",
    "read_published",
]
