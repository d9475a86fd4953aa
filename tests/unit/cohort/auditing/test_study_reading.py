"""A bad file is refused in one sentence that names key and line."""

import pytest
from tests.unit.cohort.auditing.typed_studies import cells, counts, study_text, variable

from seedbed.cohort.auditing import read_study
from seedbed.errors import InputError

SIZES = {"A": 14, "B": 25}
ROWS = [{"level": "Yes", "A": "7 (50%)", "B": "8 (32%)"}, {"level": "No", "A": "7 (50%)", "B": "17 (68%)"}]
CLAIM = '[[claim]]\nid = "c"\nplace = "text"\nquote = "q"\n'
SURVIVAL = '[[survival]]\nid = "OS"\nlabel = "OS"\nplace = "text"\nstatistic = "mean"\nvalues = { A = "5" }\n'
GOOD = counts("gender", ROWS)


def refusal(folder, text):
    path = folder / "paper.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_study(path)
    said = str(caught.value)
    assert len(said.splitlines()) == 1
    return said


def test_a_good_file_is_read(tmp_path):
    path = tmp_path / "paper.toml"
    path.write_text(study_text(SIZES, GOOD), encoding="utf-8")
    study = read_study(path)
    assert [(c.group, c.level, c.statistic, c.text, c.size) for c in study.cells[:3]] == [
        ("A", "Yes", "count", "7", 14),
        ("A", "Yes", "percent", "50", 14),
        ("B", "Yes", "count", "8", 25),
    ]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (GOOD.replace("kind =", "knd ="), ("variable 1, knd", "line 16", "no key")),
        (GOOD.replace('"counts"', '"count"'), ("variable 1, kind", "line 16", "'count'", "counts")),
        (GOOD.replace('label = "gender"\n', ""), ("variable 1, label", "missing")),
        (GOOD.replace("7 (50%)", "7 (50%", 1), ("variable 1, rows", "line 17", "the cell '7 (50%'")),
        (GOOD.replace('B = "8', 'D = "8'), ("variable 1, rows", "names 'D'", "'A', 'B'")),
        (GOOD + GOOD, ("variable 2, id", "second time")),
        (GOOD.replace('level = "No"', 'level = "Yes"'), ("variable 1, rows", "twice")),
        (GOOD.replace('"Table 1"\n', '"Table 1"\np = "p<.05"\n'), ("variable 1, p", "'p<.05'")),
        (cells("age", "counts", {"A": "5"}), ("variable 1, rows", "missing")),
        (cells("age", "mean_sd", {"A": "5"}).replace('"5"', "5.50"), ("variable 1, cells, A", "in quotes")),
        (cells("age", "mean_sd", {"A": "5"}, 'step = "0"'), ("variable 1, step", "above 0")),
        (cells("age", "mean_sd", {"A": "5"}, 'min = "9"\nmax = "1"'), ("variable 1, min", "above 1")),
        (cells("age", "mean_sd", {"A": "5"}, 'n = { A = "0" }'), ("variable 1, n", "is 0")),
        (variable("x", 'kind = "p_only"\np = "0.1"'), ("variable 1, kind", "repeated or paired")),
        (
            counts("orr", [{"level": "ORR", "A": "3"}], 'rate_of = { variable = "no", levels = ["CR"] }'),
            ("variable 1, rate_of", "names 'no'"),
        ),
        (
            GOOD + CLAIM + 'kind = "p"\np = "<0.05"\nabout = ["sex"]\n',
            ("claim 1, about", "names 'sex'", "'gender'"),
        ),
        (
            GOOD + CLAIM + 'kind = "other"\n',
            ("claim 1, kind, line 24", "is 'other'", "'p'"),
        ),
        (
            SURVIVAL + 'events = { A = "15" }\n',
            ("survival 1, events", "15 of 14"),
        ),
    ],
)
def test_bad_files(tmp_path, bad, said):
    found = refusal(tmp_path, study_text(SIZES, bad))
    for part in said:
        assert part in found


def test_a_group_without_patients(tmp_path):
    assert "(group 1, n, line 8) is 0; expected 1 to a million" in refusal(tmp_path, study_text({"A": 0}))


def test_an_unknown_definition_of_quartiles(tmp_path):
    found = refusal(tmp_path, study_text(SIZES, study='quartiles = "spss"'))
    assert "(study, quartiles, line 5) names 'spss'" in found
    assert "'hf6'" in found


def test_no_source_no_toml_no_file(tmp_path):
    assert "does not say its source" in refusal(tmp_path, '[[group]]\nid = "A"\nn = "5"\n')
    assert "not valid TOML" in refusal(tmp_path, "[[group]\n")
    with pytest.raises(InputError, match="there is no file"):
        read_study(tmp_path / "none.toml")
