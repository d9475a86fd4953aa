"""Terms of CTCAE v5.0: what people write, and the term that is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response.toxicity import TERMS, find_term, one_term, search
from seedbed.response.toxicity.terms import fold

MARROW = [
    "Anemia",
    "White blood cell decreased",
    "Neutrophil count decreased",
    "Platelet count decreased",
]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("hypoproteinemia", "Hypoalbuminemia"),
        ("hypoproteinaemia", "Hypoalbuminemia"),
        ("低蛋白血症", "Hypoalbuminemia"),
        ("radiation pneumonitis", "Pneumonitis"),
        ("放射性肺炎", "Pneumonitis"),
        ("低钙血症", "Hypocalcemia"),
        ("hand-foot", "Palmar-plantar erythrodysesthesia syndrome"),
        ("hypocalcaemia", "Hypocalcemia"),
        ("Hand-Foot Skin Reaction", "Palmar-plantar erythrodysesthesia syndrome"),
        ("HFS", "Palmar-plantar erythrodysesthesia syndrome"),
        ("手足综合征", "Palmar-plantar erythrodysesthesia syndrome"),
        ("high blood pressure", "Hypertension"),
        ("高血压", "Hypertension"),
        ("proteinuria", "Proteinuria"),
        ("蛋白尿", "Proteinuria"),
        ("anaemia", "Anemia"),
        ("DIARRHOEA", "Diarrhea"),
        ("oesophagitis", "Esophagitis"),
        ("haematuria", "Hematuria"),
        ("dyspnoea", "Dyspnea"),
        ("leucopenia", "White blood cell decreased"),
        ("白细胞减少", "White blood cell decreased"),
        ("甲减", "Hypothyroidism"),
        ("thrombocytopenia", "Platelet count decreased"),
        ("neutropaenia", "Neutrophil count decreased"),
        ("haemoptysis", "Bronchopulmonary hemorrhage"),
        ("咯血", "Bronchopulmonary hemorrhage"),
        ("乏力", "Fatigue"),
        ("oral mucositis", "Mucositis oral"),
        ("radiodermatitis", "Dermatitis radiation"),
        ("贫血", "Anemia"),
        ("  hypertension ", "Hypertension"),
        ("ＨＹＰＥＲＴＥＮＳＩＯＮ", "Hypertension"),
        ("tumour pain", "Tumor pain"),
        ("palmar-plantar erythrodysaesthesia syndrome", "Palmar-plantar erythrodysesthesia syndrome"),
    ],
)
def test_a_name_or_synonym_finds_its_term(text: str, term: str) -> None:
    assert [match.term.name for match in search(text)] == [term]
    assert one_term(text).name == term


@pytest.mark.parametrize(
    "text", ["myelosuppression", "bone marrow suppression", "骨髓抑制", "Myelosuppression "]
)
def test_a_word_for_several_terms_names_them_all_and_is_no_term(text: str) -> None:
    assert [match.term.name for match in search(text)] == MARROW
    assert find_term(text) is None
    with pytest.raises(InputError, match="Neutrophil count decreased"):
        one_term(text)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("pneumonitus", "Pneumonitis"),
        ("hipertension", "Hypertension"),
        ("protinuria", "Proteinuria"),
        ("nausia", "Nausea"),
        ("dysphagea", "Dysphagia"),
        ("trombocytopenia", "Platelet count decreased"),
        ("hypoproteinmia", "Hypoalbuminemia"),
        ("alopesia", "Alopecia"),
        ("hypokaliemia", "Hypokalemia"),
    ],
)
def test_a_misspelling_is_found_and_is_not_taken_without_asking(text: str, term: str) -> None:
    found = search(text)
    assert found[0].term.name == term
    assert {match.how for match in found} == {"spelling"}
    assert find_term(text) is None


@pytest.mark.parametrize(
    "text", ["oedema", "fistula", "hemorrhage", "platelet", "bilirubin", "白细胞", "thyroid"]
)
def test_part_of_a_name_finds_the_terms_that_hold_it(text: str) -> None:
    found = search(text)
    assert found
    assert all(match.how in ("words", "synonym") for match in found)


def test_a_short_word_stands_alone() -> None:
    assert "Voice alteration" not in [match.term.name for match in search("ALT")]


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "?!", "的"])
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    assert search(text) == ()


@given(st.text(max_size=30))
def test_any_text_may_be_searched(text: str) -> None:
    assert all(match.term.name in TERMS for match in search(text))


def test_every_term_is_found_by_its_name() -> None:
    assert [name for name in TERMS if one_term(name).name != name] == []


def test_no_two_terms_are_folded_together() -> None:
    assert len({fold(name) for name in TERMS}) == len(TERMS) == 837


@pytest.mark.parametrize(
    ("term", "grade"),
    [("Alopecia", 3), ("Proteinuria", 4), ("Nausea", 4), ("Anemia", 0), ("Leukocytosis", 1)],
)
def test_a_grade_that_is_not_defined_is_refused(term: str, grade: int) -> None:
    with pytest.raises(InputError, match=r"which CTCAE v5\.0 defines"):
        one_term(term).check_grade(grade)


@pytest.mark.parametrize(("term", "grade"), [("Alopecia", 2), ("Anemia", 5), ("Leukocytosis", 3)])
def test_a_grade_that_is_defined_is_returned(term: str, grade: int) -> None:
    assert one_term(term).check_grade(grade) == grade


def test_an_unknown_event_is_refused_with_what_it_may_be() -> None:
    with pytest.raises(InputError, match="'Pneumonitis'"):
        one_term("pneumonitus")
