"""The audit: a published study, typed in as it is printed, against its own arithmetic."""

from seedbed.cohort.auditing.findings import AuditReport, Finding, Fine, NoPower, Where
from seedbed.cohort.auditing.reading import read_study
from seedbed.cohort.auditing.run import audit_study
from seedbed.cohort.auditing.study import Study

__all__ = [
    "AuditReport",
    "Finding",
    "Fine",
    "NoPower",
    "Study",
    "Where",
    "audit_study",
    "read_study",
]
