"""Reports for people: figures and self-contained HTML."""

from seedbed.report.page import NOTICE, render_page

__all__ = ["NOTICE", "render_page"]
