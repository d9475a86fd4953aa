"""A self-contained HTML page: no script, no font and no picture from elsewhere."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

NOTICE = (
    "Research software, not a cleared medical device. A qualified medical physicist checks every plan "
    "before anything is done to a patient."
)


def render_page(template: str, content: Mapping[str, Any]) -> str:
    """Fill a template of this package; text is escaped, a missing value is an error.

    Parameters
    ----------
    template : str
        File name under ``templates``.
    content : mapping
        Values by name; figures are marked as safe by the template.
    """
    environment = Environment(
        loader=PackageLoader("seedbed.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(notice=NOTICE, **content)
