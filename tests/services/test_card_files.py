"""Files of cards in their three forms: what is understood, what is refused, and what is guarded."""

import io
import json
import zipfile
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kpum.core.errors import KpumError
from services import card_csv, card_files, card_json, card_xlsx
from services.card_columns import COLUMN, COLUMNS, LIST, LISTS, NAMES, struct_of
from services.card_export import export_cards
from services.card_files import BadFile, FileForm
from services.card_import import READERS, BadRows, read_file
from services.models import ServiceCardPage
from tests.factories.card_files import card, full_row, prepare_references, take, written
from tests.factories.pages import edit


@pytest.fixture(autouse=True)
def _messages_in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def stocked(city):
    city.published_card()
    prepare_references()
    return city


def refusal(data, form):
    """Return why a file is refused whole, as ``line: column: message``."""
    with pytest.raises(BadFile) as caught:
        read_file(data, form)
    return str(caught.value.faults[0])


def test_every_field_of_a_card_has_a_column():
    fields = [*ServiceCardPage._meta.local_fields, *ServiceCardPage._meta.local_many_to_many]
    columns = {column.field for column in (*COLUMNS, *LISTS)} - {"", "title", "slug", "relations"}

    # Channels are chosen in the portal, by those who may.
    assert {field.name for field in fields} - {"page_ptr", "targets"} == columns


def test_every_part_of_a_list_has_a_column():
    for column in LISTS:
        if column.block and column.name != "requirements":
            assert set(struct_of(column).child_blocks) == set(column.parts) - {"media", "sha256"}


HEADER = "code;unit;title"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_a_table_may_be_parted_as_the_office_program_likes(delimiter, mark):
    table = f'{mark}code{delimiter}unit{delimiter}title\r\nSA-1{delimiter}SA{delimiter}"Żółć; a, b"'

    (row,) = card_csv.read(table.encode()).cards

    assert row.cells == {"code": "SA-1", "unit": "SA", "title": "Żółć; a, b"}
    assert row.line == 2


def test_empty_rows_and_empty_cells_at_the_end_are_overlooked():
    rows = card_csv.read(f"{HEADER};;\n\nSA-1;SA;X;;;\n;;\n".encode()).cards

    assert [(row.line, row.faults) for row in rows] == [(3, [])]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("code;unit;title\nSA-1;SA;Żółć".encode("cp1250"), "Windows-1250 it would be “Ż”"),
        ("code;unit\n".encode("utf-16"), "CSV UTF-8"),
        (b"code;unit\nSA-1\x00;SA", "CSV UTF-8"),
        (b"code;title\nSA-1;X", "unit: The column is missing."),
        (b"", "code: The column is missing."),
        (b"code;unit;code\n", "code: The column stands more than once."),
        (b"code;unit;kolor\n", "kolor: There is no such column."),
        (b'code;unit\n"SA-1;SA', "2: The row cannot be read"),
    ],
)
def test_a_table_that_cannot_be_judged_is_refused_whole(table, words):
    assert words in refusal(table, FileForm.CSV)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("SA-1;SA", "The row has 2 cells, the header 3."),
        ("SA-1;SA;X;Y", "The row has 4 cells, the header 3."),
    ],
)
def test_a_row_of_another_width_is_bad(cells, words):
    (row,) = card_csv.read(f"{HEADER}\n{cells}".encode()).cards

    assert words in str(row.faults[0])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("[{", "fees: This is no JSON"),
        ("{}", "fees: Here a list is wanted"),
        ("[1]", "fees[1]: Here stands something that is no object"),
        ('[{""colour"": 1}]', "fees[1].colour: There is no such column."),
        ("[" * 100_000, "fees: This is no JSON: too many brackets"),
    ],
)
def test_a_cell_of_json_with_a_fault_is_told_by_its_place(cell, words):
    (row,) = card_csv.read(f'code;unit;fees\nSA-1;SA;"{cell}"'.encode()).cards

    assert words in str(row.faults[0])


@given(text=st.text(st.sampled_from("'=+-@＝a \t\n"), max_size=6))
def test_no_cell_of_a_table_is_a_formula_and_the_guard_comes_off(text):
    guarded = card_csv.guarded(text)

    assert guarded[:1] not in set("=+-@＝\t\n")
    assert card_csv.unguarded(guarded) == text


def test_a_table_opens_in_polish_excel():
    data = written([full_row()], FileForm.CSV)

    assert data.startswith(b'\xef\xbb\xbf"code";"unit";')
    assert data.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1: Expected “[”"),
        ("{}", "1: Expected “[”"),
        ("[1]", "1: Here stands something that is no object"),
        ('[\n{"code": "SA-1",}]', "2: This is no JSON"),
        ('[{"code": "a", "code": "b"}]', "one name stands twice in an object"),
        ('[{"code": NaN}]', "NaN is no number"),
        ("[]]", "the file goes on"),
        ("[" * 100_000, "too many brackets"),
        ('[{"code": ' + "9" * 5000 + "}]", "This is no JSON"),
    ],
)
def test_what_is_no_list_of_objects_is_refused_whole(text, words):
    assert words in refusal(text.encode(), FileForm.JSON)


def test_a_list_in_another_encoding_is_refused_by_its_line():
    assert refusal('[\n{"code": "Ż"}]'.encode("cp1250"), FileForm.JSON).startswith("2: ")


def test_an_unknown_name_in_an_object_is_told():
    (row,) = card_json.read(b'[{"code": "SA-1", "appeal": {"dni": 3}, "colour": 1}]').cards

    assert sorted(fault.column for fault in row.faults) == ["appeal.dni", "colour"]


def test_a_value_of_another_type_is_bad_and_no_error(stocked):
    item = json.loads(written([full_row("SA-30")]))[0]
    odd = [[], {}, True, "\ud800", "a\0b", ["a", 1.5, None]]
    rows = [item | {"code": value} for value in odd] + [item | {"title": value} for value in odd]

    with pytest.raises(BadRows) as caught:
        take(json.dumps(rows).encode())

    assert len({fault.line for fault in caught.value.faults}) == 1
    assert len(caught.value.faults) >= len(rows)
    assert all(str(fault).encode() for fault in caught.value.faults)


def workbook(**sheets):
    """Return a workbook of the rows of each sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CARDS = [["kod", "jednostka", "tytuł"], ["code", "unit", "title"], ["SA-1", "SA", "X"]]


def test_a_workbook_has_a_sheet_a_list_and_polish_words_above_the_ids():
    book = load_workbook(io.BytesIO(written([full_row()], FileForm.XLSX)))

    assert book.sheetnames == ["cards", *(column.name for column in LISTS)]
    assert [cell.value for cell in book["cards"][2]] == [
        name for name in NAMES if name not in book.sheetnames
    ]
    assert book["cards"]["A1"].value == "symbol"
    assert book["fees"]["A3"].value == "SA-30"


def test_text_that_begins_like_a_formula_stays_text_in_a_workbook():
    data = written([full_row(title="=1+1", summary="@x", outcome="_x0041_")], FileForm.XLSX)

    row = next(iter(load_workbook(io.BytesIO(data))["cards"].iter_rows(min_row=3)))
    (read,) = card_xlsx.read(data).cards

    assert {cell.data_type for cell in row} <= {"s", "n"}
    assert [row[2].value, row[2].quotePrefix] == ["=1+1", True]
    assert (read.cells["title"], read.cells["outcome"]) == ("=1+1", "_x0041_")


def test_a_formula_is_bad_whatever_it_comes_to():
    data = workbook(
        cards=[*CARDS[:2], ["SA-1", "SA", "=1+1"]], fees=[["code", "amount"], ["SA-1", "=2"]]
    )

    (row,) = card_xlsx.read(data).cards

    assert [(fault.sheet, fault.line, fault.column) for fault in row.faults] == [
        ("cards", 3, "title"),
        ("fees", 2, "amount"),
    ]


def test_numbers_and_days_of_a_workbook_are_understood(stocked):
    import datetime as dt

    header = ["code", "unit", "title", "valid_from", "appeal.days", "free_of_charge"]
    line = ["SA-30", "SA", 2026, dt.date(2026, 3, 1), 14.0, True]

    take(workbook(cards=[header, line], fees=[["code", "amount", "description"], ["SA-30", 17.5, "x"]]), FileForm.XLSX)  # fmt: skip

    draft = card("SA-30")
    assert (draft.title, str(draft.valid_from), draft.appeal_days) == ("2026", "2026-03-01", 14)
    assert (draft.free_of_charge, str(draft.fees[0].value["amount"])) == (True, "17.50")


def test_what_no_workbook_holds_comes_back_in_the_file_of_rejected_rows(stocked):
    row = full_row("SA-30", etr_text="a\x0b\r_x000B_\uffff")

    rejected = take([row], FileForm.XLSX, skip_bad=True).rejected

    (again,) = card_xlsx.read(rejected).cards
    assert again.cells["etr_text"] == row["etr_text"]


def test_words_of_dictionaries_are_understood_in_polish_too():
    kinds = LIST["fees"].parts["kind"]

    assert kinds.read("Opłata skarbowa") == kinds.read("STAMP_DUTY") == "stamp_duty"
    assert COLUMN["audiences"].kind.read("seniorzy, mieszkańcy") == ["residents", "seniors"]


def test_an_entry_of_no_card_is_told():
    *_cards, orphan = card_xlsx.read(
        workbook(cards=CARDS, fees=[["code", "amount"], ["SA-9", 1]])
    ).cards

    assert [str(fault) for fault in orphan.faults] == [
        "fees 2: code: The sheet “cards” has no card of this code."
    ]


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"Arkusz1": CARDS}, "cards 1: The sheet is missing."),
        ({"cards": CARDS, "opłaty": [["code"]]}, "There is no such sheet."),
        ({"cards": [["kod"]]}, "No row holds the names of the columns."),
        ({"cards": CARDS, "fees": [["code", "kwota"]]}, "fees 1: kwota: There is no such column."),
        ({"cards": CARDS, "fees": [["code", "amount", "amount"]]}, "more than once"),
    ],
)
def test_a_workbook_of_another_shape_is_refused_whole(sheets, words):
    assert words in refusal(workbook(**sheets), FileForm.XLSX)


def repacked(data, **changes):
    """Return a workbook with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:  # fmt: skip
        for part in old.infolist():
            if part.filename not in changes:
                new.writestr(part.filename, old.read(part))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


def test_macros_are_refused():
    data = repacked(workbook(cards=CARDS), **{"xl/vbaProject.bin": b"x"})

    assert "macros" in refusal(data, FileForm.XLSX)


def test_a_workbook_that_unpacks_to_very_much_is_refused(monkeypatch):
    monkeypatch.setattr(card_xlsx, "MAX_UNPACKED", 1_000_000)
    data = repacked(workbook(cards=CARDS), **{"xl/media/a.bin": b"\0" * 2_000_000})

    assert len(data) < 20_000
    assert "much larger than it seems" in refusal(data, FileForm.XLSX)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize(
    "content", [b"", b"<a", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"\xff\xfe<\0"]
)
def test_a_spoilt_workbook_is_refused_and_no_error(part, content):
    data = repacked(workbook(cards=CARDS), **{part: content})

    assert refusal(data, FileForm.XLSX)


@pytest.mark.parametrize("data", [b"", b"PK", b"code;unit", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_workbook_is_refused(data):
    assert "no workbook" in refusal(data, FileForm.XLSX)


@given(data=st.binary(max_size=200), form=st.sampled_from(list(FileForm)))
def test_no_bytes_whatever_make_an_error(data, form):
    # Anything but a refusal that names its faults fails the test by itself.
    with suppress(BadFile):
        READERS[form](data)


@pytest.mark.parametrize("form", list(FileForm))
def test_a_file_that_is_too_large_or_too_crowded_is_refused(form, monkeypatch):
    data = written([full_row("SA-30"), full_row("SA-31")], form)
    monkeypatch.setattr(card_files, "MAX_CARDS", 1)

    assert "more than 1 cards" in refusal(data, form)

    monkeypatch.setattr("services.card_import.MAX_BYTES", 1024 * 1024)
    assert "larger than 1 MB" in refusal(b" " * (1024 * 1024 + 1), form)


def test_a_text_that_fits_into_no_cell_is_told_with_its_place(stocked):
    edit(stocked.new_card("SA-20", "Długa"), etr_text="x" * 40_000)

    with pytest.raises(KpumError, match="SA-20, cards, etr_text"):
        export_cards(form=FileForm.XLSX, drafts=True)
    assert export_cards(form=FileForm.JSON, drafts=True).cards == 2
