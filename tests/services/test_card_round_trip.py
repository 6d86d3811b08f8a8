"""Export → import changes nothing, whatever a card holds; any one broken cell is found in its place."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.card_export import export_cards
from services.card_files import FileForm
from services.card_import import BadRows
from services.card_judge import Fate
from tests.factories.card_files import (
    FIRST_LINE,
    any_row,
    card,
    everything_held,
    full_row,
    prepare_references,
    take,
    undone,
)
from tests.factories.pages import edit

forms = st.sampled_from(list(FileForm))
#: Each example goes through a file of three cards, and a long proof through thousands of them.
few = 2000 if os.environ.get("KPUM_PROVE") else 8
#: Column → a value that no card may have.
BROKEN_CELLS = {
    "code": "kod", "unit": "SB", "title": "", "slug": "zły adres", "summary": "x" * 301,
    "description": "<p>x</p><script>y</script>", "audiences": "wszyscy", "no_documents": "może",
    "free_of_charge": "może", "processing_duration": "dwa dni", "outcome_kind": "obraz",
    "appeal.possible": "może", "appeal.authority": "x" * 256, "appeal.days": "14 dni",
    "contact.cell": "x" * 161, "contact.email": "sekretariat", "privacy_notice": "nieznana",
    "categories": "nieznana", "life_events": "nieznane", "business_events": "nieznane",
    "keywords": "x" * 401, "sign_language_video": "film", "valid_from": "1.03.2026",
    "valid_to": "2025-01-01", "review_months": "40", "bip_url": "bip", "epuap_url": "javascript:x",
    "govpl_url": "gov", "spatial": "x" * 121, "languages": "de", "sector": "84",
    "etr_text": "znak \N{REPLACEMENT CHARACTER}",
}  # fmt: skip
BROKEN_ENTRIES = {
    ("requirements", "text"): "x" * 501, ("body", "kind"): "obraz", ("body", "text"): "<img>",
    ("body", "title"): "Tytuł akapitu",
    ("documents", "name"): "", ("documents", "mandatory"): "może", ("documents", "form"): "skan",
    ("forms", "number"): "", ("forms", "file"): "Nieznany plik", ("fees", "amount"): "-1",
    ("fees", "kind"): "podatek", ("fees", "account"): "PL00", ("channels", "kind"): "faks",
    ("channels", "address"): "", ("channels", "valid_to"): "jutro", ("channels", "url"): "strona",
    ("channels", "ground"): "specific_rule", ("places", "hours"): "", ("places", "booking_url"): "x",
    ("legal_bases", "eli"): "DU/1900/1", ("relations", "card"): "XX-1",
    ("relations", "kind"): "brat",
}  # fmt: skip


@pytest.fixture
def stocked(city):
    """The city, with what rows refer to and one public card."""
    city.published_card()
    prepare_references()
    city.card_of_text = city.new_card("SA-29", "Karta")
    return city


@settings(max_examples=few)
@given(row=any_row, form=forms)
def test_what_was_imported_is_held_and_comes_back_unchanged(stocked, row, form):
    with undone():
        take([full_row("SA-30", **row)], form)
        draft = card("SA-30")
        export = export_cards(form=form, drafts=True)
        before = everything_held()

        report = take(export.data, form)

        assert (draft.title, draft.summary) == (row["title"], row["summary"])
        assert [fee.value["description"] for fee in draft.fees] == [
            fee["description"] for fee in row["fees"]
        ]
        assert draft.keywords == ", ".join(row["keywords"])
        assert {row.fate for row in report.rows} == {Fate.UNCHANGED}
        assert everything_held() == before


@settings(max_examples=few)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), form=forms)
def test_whatever_an_editor_wrote_comes_back_unchanged(stocked, text, form):
    with undone():
        edit(
            stocked.card_of_text,
            title=text[:200] or "–",
            summary=text[:300],
            description=f"<p>{text}</p>",
            steps_and_notes=[
                ("heading", text), ("paragraph", text), ("notice", {"title": text, "text": text}),
            ],
            requirements=[("requirement", text)],
            keywords=text[:400],
        )  # fmt: skip
        export = export_cards(form=form, drafts=True)
        before = everything_held()

        report = take(export.data, form)

        assert {row.fate for row in report.rows} == {Fate.UNCHANGED}
        assert everything_held() == before


def faults_of(rows, form):
    """Return the faults that an import of the rows finds, having written nothing."""
    before = everything_held()
    with undone(), pytest.raises(BadRows) as caught:
        take(rows, form)
    assert everything_held() == before
    return caught.value.faults


def broken_row(number, name, part=""):
    """Return a row of which one cell holds what it may not."""
    row = full_row(f"SA-{number}")
    if part:
        return row | {name: [row[name][0] | {part: BROKEN_ENTRIES[name, part]}]}
    return row | {name: BROKEN_CELLS[name]}


def column_of(form, name, part=""):
    if not part:
        return name
    return part if form is FileForm.XLSX else f"{name}[1].{part}"


@pytest.mark.parametrize("form", list(FileForm))
def test_every_row_with_a_broken_cell_is_told_by_its_own_line_and_column(stocked, form):
    places = [(name, "") for name in BROKEN_CELLS] + list(BROKEN_ENTRIES)
    rows = [broken_row(100 + order, *place) for order, place in enumerate(places)]

    found = faults_of(rows, form)

    wanted = [
        (FIRST_LINE[form] + order, column_of(form, *place)) for order, place in enumerate(places)
    ]
    assert sorted((fault.line, fault.column) for fault in found) == sorted(wanted)
    assert all(fault.message for fault in found)


@settings(max_examples=few)
@given(
    place=st.sampled_from([*((name, "") for name in BROKEN_CELLS), *BROKEN_ENTRIES]),
    at=st.integers(0, 2),
    form=forms,
)
def test_one_broken_cell_among_good_rows_is_told_by_its_place_and_nothing_is_written(
    stocked, place, at, form
):
    rows = [full_row(f"SA-{number}") for number in (30, 31, 32)]
    rows[at] = broken_row(30 + at, *place)

    (fault,) = faults_of(rows, form)

    assert (fault.line, fault.column) == (FIRST_LINE[form] + at, column_of(form, *place))
    assert fault.sheet in {"", "cards", place[0]}
