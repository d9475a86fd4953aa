import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from markupsafe import Markup

from seedbed.report import NOTICE, page, render_page


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch):
    """Serve templates written in the test through the page's own environment."""

    def serve(text: str) -> str:
        monkeypatch.setattr(page, "PackageLoader", lambda _: DictLoader({"made.html": text}))
        return "made.html"

    return serve


HOSTILE = "<script>alert('x')</script> & \"quoted\""


def test_text_is_escaped(template) -> None:
    found = render_page(template("<p title='{{ name }}'>{{ name }}</p>"), {"name": HOSTILE})
    assert "<script>" not in found
    assert "alert('x')" not in found
    assert "&lt;script&gt;" in found


def test_formatted_and_joined_text_is_escaped_too(template) -> None:
    text = "{{ '%s' | format(name) }} {{ [name, name] | join(', ') }} {{ name | capitalize }}"
    assert "<script>" not in render_page(template(text), {"name": HOSTILE}).lower()


def test_figures_marked_as_safe_stay(template) -> None:
    assert render_page(template("{{ figure }}"), {"figure": Markup("<svg></svg>")}) == "<svg></svg>"


@pytest.mark.parametrize(
    "text",
    ["{{ absent }}", "{{ case.absent }}", "{% if absent %}x{% endif %}", "{% for x in absent %}{% endfor %}"],
)
def test_a_missing_value_is_an_error_not_a_hole(template, text: str) -> None:
    with pytest.raises(UndefinedError):
        render_page(template(text), {"case": {}})


def test_every_page_can_say_that_this_is_research_software(template) -> None:
    assert render_page(template("{{ notice }}"), {}) == NOTICE
    assert "not a cleared medical device" in NOTICE


def test_the_demonstration_page_says_it_too() -> None:
    environment = Environment(autoescape=True)
    source, *_ = page.PackageLoader("seedbed.report").get_source(environment, "demo.html")
    assert "{{ notice }}" in source
    assert "http://" not in source
    assert "https://" not in source
    assert "<script" not in source
    assert "| safe" not in source
