"""Officialese proved by its own examples, and heavy constructions by their shape."""

import pytest

from services.plain_polish import Kind, examine, find_constructions
from services.plain_polish.officialese import entries, find_entry, find_officialese
from services.plain_polish.patterns import compile_pattern


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.find)
def test_an_entry_is_found_in_its_example_and_not_in_its_neighbours(entry):
    found = find_officialese(entry.example)

    assert entry.suggest in [finding.suggestion for finding in found]
    assert entry.never
    assert [text for text in entry.never if list(find_entry(entry, text))] == []


def test_there_are_many_entries_and_each_once():
    assert len(entries()) >= 150
    assert len({entry.find for entry in entries()}) == len(entries())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("UISZCZONO opłatę.", "UISZCZONO"),
        ("Z niniejszymi aktami", "niniejszymi"),
        ("W terminie\n14 dni", "W terminie\n14 dni"),
        ("Trzeba dokonać szybkiej zapłaty.", "dokonać szybkiej zapłaty"),
        ("Nie należy dokarmiać ptaków.", "Nie należy dokarmiać"),
        ("Działka nie należy do miasta, a wniosek jest celem.", None),
        ("Idź w przód. Przedmiocie nie pisz: w, przedmiocie.", None),
        ("Wniosek złóż u nas, a celem jest zgoda.", None),
    ],
)
def test_officialese_is_found_in_any_form_at_its_place(text, found):
    findings = find_officialese(text)

    assert [text[one.start : one.end] for one in findings] == ([found] if found else [])


@pytest.mark.parametrize("source", ["", "!jest", "(a) b", "now:nieznane"])
def test_a_pattern_written_wrongly_is_refused(source):
    with pytest.raises(ValueError, match="“"):
        compile_pattern(source, {})


def test_a_pattern_may_bar_its_neighbours():
    pattern = compile_pattern("!tak słowo _ !nie !..kres", {})
    sayings = ("słowo a", "tak słowo a", "słowo a nie", "słowo a, b kres", "słowo a. Kres")

    assert [bool(list(pattern.places(text))) for text in sayings] == [
        True,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Ustalono opłatę, a decyzję wydano.", Kind.IMPERSONAL, ["Ustalono", "wydano"]),
        ("Przyjęto wniosek i zużyto druk.", Kind.IMPERSONAL, ["Przyjęto", "zużyto"]),
        (
            "Rano warto wziąć auto. Święto i siano, kolano, jest często latem, to miasto.",
            Kind.IMPERSONAL,
            [],
        ),
        ("Zostanie wydana decyzja.", Kind.PASSIVE, ["Zostanie wydana"]),
        ("Wniosek został już przyjęty.", Kind.PASSIVE, ["został już przyjęty"]),
        ("Zostanie prezydentem, bo został w domu.", Kind.PASSIVE, []),
        ("Zostały trzy strony, a reszta została bez zmiany.", Kind.PASSIVE, []),
        (
            "Celowość przyspieszenia rozpatrzenia zgłoszenia.",
            Kind.NOUN_CHAIN,
            ["przyspieszenia rozpatrzenia zgłoszenia"],
        ),
        ("Odmowa wydania zaświadczenia.", Kind.NOUN_CHAIN, []),
        ("Nie można nie zapłacić.", Kind.DOUBLE_NEGATION, ["Nie można nie zapłacić"]),
        ("Nie jest niemożliwe, że zdąży.", Kind.DOUBLE_NEGATION, ["Nie jest niemożliwe"]),
        ("Nikt nigdy nie jest niezbędny.", Kind.DOUBLE_NEGATION, []),
    ],
)
def test_a_heavy_construction_is_found_by_its_shape(text, kind, found):
    assert [one.found for one in find_constructions(text) if one.kind is kind] == found


def test_a_sentence_of_twenty_six_words_is_too_long():
    long, short = "a " * 25 + "a.", "a " * 24 + "a."

    (finding,) = find_constructions(long)

    assert (finding.kind, finding.suggestion, finding.found) == (Kind.LONG_SENTENCE, "26", long)
    assert find_constructions(short) == ()


def test_a_message_names_what_was_found_and_what_to_say():
    (finding,) = examine("Trzeba uiścić 17 zł.")

    assert "uiścić" in finding.message
    assert "zapłacić" in finding.message
