import pytest

from seedbed.dicom.deidentification.structure_names import is_safe, safe_words


@pytest.mark.parametrize(
    "name",
    ["GTV", "ctv_n", "PTV1", "Carotid artery L", "Lung_R", "BrachialPlexus", "左侧颈动脉", "GTV 靶区"],
)  # fmt: skip
def test_organs_and_targets_stay(name: str) -> None:
    assert is_safe(name)


@pytest.mark.parametrize(
    "name",
    ["Zhang", "GTV Zhang", "GTVZhang", "GTV 123", "GTV 0301", "王小明", "气管王", "", "1", "GTV May"],
)  # fmt: skip
def test_everything_else_goes(name: str) -> None:
    assert not is_safe(name)


def test_words_are_folded_and_stand_once() -> None:
    assert all(word == word.casefold() and word.isalpha() for word in safe_words())
