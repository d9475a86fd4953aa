"""Words of the printed sheets, in each language that they can be printed in: the table ``words.toml``."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from seedbed.errors import TableError
from seedbed.tables import read_toml

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Say = Callable[..., str]


@cache
def words(language: Language) -> Mapping[str, str]:
    """Return all words of a language by their keys.

    Raises
    ------
    TableError
        A key without a word in this language.

    Examples
    --------
    >>> words("en")["seeds"], words("zh")["seeds"]
    ('Seeds', '粒子')
    """
    table = read_toml(files("seedbed.report") / "words.toml")["words"]
    found = {key: str(each.get(language, "")) for key, each in table.items()}
    holes = [key for key, word in found.items() if not word]
    if holes:
        raise TableError(
            f"table 'words.toml' lacks {', '.join(holes)} in '{language}'", "a word", "fill the hole"
        )
    return found


def say_in(language: Language) -> Say:
    """Return the function that says things in a language.

    Parameters
    ----------
    language : {"en", "zh"}

    Returns
    -------
    callable
        Called with a key and the values of its text; an unknown key is a KeyError.

    Examples
    --------
    >>> say_in("en")("plan.seeds_of", count=19, mci=0.7, u=0.889)
    '19 of 0.70 mCi'
    """
    table = words(language)

    def say(key: str, /, **values: object) -> str:
        return table[key].format(**values)

    return say


def sheet_name(stem: str, language: Language, ending: str) -> str:
    """Name of a sheet's file: English has the plain name.

    Examples
    --------
    >>> sheet_name("needles", "en", "pdf"), sheet_name("needles", "zh", "html")
    ('needles.pdf', 'needles.zh.html')
    """
    return f"{stem}.{ending}" if language == "en" else f"{stem}.{language}.{ending}"
