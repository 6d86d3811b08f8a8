"""The house measures that no linter takes: length of files, and names that say nothing."""

import re

import pytest

from tests.architecture import house

LONGEST = 500
NAMELESS = {"common.py", "helpers.py", "misc.py", "utils.py"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_no_file_is_longer_than_five_hundred_lines():
    long = {
        house.name(file): lines
        for file in house.files(".py", ".html", ".css", ".js")
        if (lines := file.read_text(encoding="utf-8").count("\n")) > LONGEST
    }

    assert long == {}


def test_every_file_is_named_for_what_it_holds():
    assert [house.name(file) for file in house.files(".py") if file.name in NAMELESS] == []


def test_nothing_unfinished_is_left_in_a_comment():
    wrong = [
        house.name(file)
        for file in house.files(".py", ".html", ".css", ".js", migrations=True)
        if UNFINISHED.search(file.read_text(encoding="utf-8"))
    ]

    assert wrong == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME"])
def test_an_unfinished_thing_is_recognised(word):
    assert UNFINISHED.search(f"# {word}: later")


def test_core_stays_small():
    """Wanted by two rooms is no reason to live in ``core`` (STYLE § 5.4)."""
    concepts = [file for file in (house.ROOT / "kpum/core").glob("*.py") if file.stem != "__init__"]

    assert len(concepts) < 10, sorted(file.name for file in concepts)
