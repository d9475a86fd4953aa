import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed import errors
from seedbed.errors import InputError, NoPlanError, PacsError, SeedbedError, UndecidedError, one_of

TREE = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SeedbedError)]
WORDS = st.text(min_size=1, max_size=30).filter(str.isprintable)


@given(WORDS, WORDS, WORDS)
def test_an_error_is_one_sentence_of_three_parts(came: str, expected: str, do: str) -> None:
    assert str(SeedbedError(came, expected, do)) == f"{came}; expected {expected}; {do}."


@given(st.text(max_size=30))
def test_whatever_a_damaged_file_holds_is_one_printable_line(came: str) -> None:
    said = str(SeedbedError(came, "a name", "export it again"))
    assert said.isprintable()
    assert len(said) == len(came) + len("; expected a name; export it again.")


@pytest.mark.parametrize("kind", TREE)
def test_every_error_survives_the_way_from_another_process(kind: type[SeedbedError]) -> None:
    sent = kind("KPS is 850", "0 to 100", "correct it")
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301
    assert type(received) is kind
    assert (str(received), received.came, received.expected, received.do) == (
        str(sent), "KPS is 850", "0 to 100", "correct it",
    )  # fmt: skip


@pytest.mark.parametrize("kind", TREE)
def test_every_error_stands_in_the_drawing_of_the_tree(kind: type[SeedbedError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    refuses_input = issubclass(kind, InputError)
    assert refuses_input or kind in (SeedbedError, UndecidedError, NoPlanError, PacsError)


def test_what_is_on_offer_is_listed_in_its_order() -> None:
    assert one_of(["GTV", "Cord", "Skin"]) == "one of 'GTV', 'Cord', 'Skin'"


def test_nothing_on_offer_is_said() -> None:
    assert str(SeedbedError("no 'GTV'", one_of([], "GTV"), "draw it")) == (
        "no 'GTV'; expected a name, but there is none to choose from; draw it."
    )


def test_a_wild_guess_gets_no_suggestion() -> None:
    assert "did you mean" not in one_of(["GTV", "Cord"], "xyzzy-1")


@pytest.mark.parametrize(("typed", "meant"), [("gtvp", "GTVp"), ("Trachae", "Trachea"), ("Cord ", "Cord")])
def test_a_slip_of_the_finger_gets_a_suggestion(typed: str, meant: str) -> None:
    assert f"did you mean '{meant}'?" in one_of(["GTVp", "Trachea", "Cord"], typed)
