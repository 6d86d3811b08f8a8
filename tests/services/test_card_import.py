"""Importing cards: what rows become, what is refused, and that nothing public changes by it."""

import pytest
from django.db import connection, transaction
from django.utils import translation

from kpum.audit.models import AuditEntry
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from services.card_export import export_cards
from services.card_files import FileForm
from services.card_import import BadRows
from services.card_judge import Fate
from services.models import ServiceCardPage
from tests.factories.card_files import (
    card,
    everything_held,
    full_row,
    prepare_references,
    take,
    undone,
)
from tests.factories.media import new_document
from tests.factories.pages import edit
from tests.surface import differences, public_surface
from workflows import actions as path

FORMS = list(FileForm)


@pytest.fixture
def stocked(city):
    """The city, with what rows refer to and one public card."""
    city.published_card()
    prepare_references()
    return city


def fates(report):
    return [row.fate for row in report.rows]


def fault(rows, **options):
    """Return the only fault of an import, as ``column: message``."""
    with translation.override("en"), pytest.raises(BadRows) as caught:
        take(rows, **options)
    (found,) = caught.value.faults
    return f"{found.column}: {found.message}"


def test_new_rows_become_drafts_and_the_trail_says_on_whose_mandate(stocked):
    report = take([full_row("SA-30"), full_row("SA-31")])

    assert fates(report) == [Fate.NEW] * 2
    assert not ServiceCardPage.objects.filter(code__in=["SA-30", "SA-31"], live=True).exists()
    acts = AuditEntry.objects.filter(action="page.imported").order_by("pk")
    assert [act.data["code"] for act in acts] == ["SA-30", "SA-31"]
    assert {(act.authority, act.actor_name, act.data["file"]) for act in acts} == {
        ("system: import", "system", "karty")
    }
    assert acts[0].subject == f"page:{ServiceCardPage.objects.get(code='SA-30').pk}"


@pytest.mark.parametrize("form", FORMS)
def test_the_same_file_a_second_time_changes_nothing(stocked, form):
    rows = [full_row("SA-30"), full_row("SA-31", description="Zwykły tekst.\n\nA & B")]
    take(rows, form)
    before = everything_held()

    report = take(rows, form)

    assert fates(report) == [Fate.UNCHANGED] * 2
    assert everything_held() == before


def test_public_and_withdrawn_cards_get_drafts_and_the_public_sees_what_it_saw(stocked):
    page = stocked.published_card("SA-20", "Stara sprawa")
    door.withdraw(
        page_id=page.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Nieaktualna.",
        authority=Authority.of_mandate(),
        actor=stocked.chief,
    )
    before = public_surface()

    report = take(
        [
            {"code": "SA-14", "unit": "SA", "title": "Tajemnicza zmiana"},
            {"code": "SA-20", "unit": "SA", "title": "Nowa treść"},
            full_row("SA-30"),
        ]
    )

    assert fates(report) == [Fate.CHANGED, Fate.CHANGED, Fate.NEW]
    assert report.rows[0].changes == ("title",)
    assert (card("SA-14").title, card("SA-20").title) == ("Tajemnicza zmiana", "Nowa treść")
    assert ServiceCardPage.objects.get(code="SA-14").title == "Zameldowanie"
    assert differences(before, public_surface()) == []


def test_what_is_public_already_leaves_a_newer_draft_alone(stocked):
    public = export_cards(form=FileForm.JSON).data
    edit(ServiceCardPage.objects.get(code="SA-14"), title="Niedokończony szkic")
    before = everything_held()

    assert fates(take(public)) == [Fate.UNCHANGED]
    assert everything_held() == before


def test_what_a_file_has_no_column_for_stays(stocked):
    take([full_row("SA-30")])

    take([{"code": "SA-30", "unit": "SA", "fees": [], "free_of_charge": True}])

    draft = card("SA-30")
    assert (draft.title, len(draft.documents), len(draft.fees)) == ("Sprawa SA-30", 1, 0)


def test_blocks_that_stay_in_their_place_keep_their_ids(stocked):
    take([full_row("SA-30")])
    before = [block.id for block in card("SA-30").documents]

    row = full_row("SA-30")
    take([row | {"documents": [row["documents"][0] | {"note": "Podpisany."}]}])

    draft = card("SA-30")
    assert draft.documents[0].value["note"] == "Podpisany."
    assert [block.id for block in draft.documents] == before


def test_what_a_file_cannot_move_is_refused(stocked):
    row = {"code": "SA-14", "unit": "SA"}

    assert fault([row | {"unit": "ZZM"}]).startswith("unit: The card lies with SA.")
    assert fault([row | {"slug": "inny"}]).startswith("slug: The address of a card changes in")


def test_a_new_card_needs_a_folder_of_its_unit(stocked):
    assert "There is no unit SB." in fault([full_row("SA-30", unit="SB")])
    assert "has no folder in the catalogue" in fault([full_row("SA-30", unit="WON-OSI")])


def test_a_card_under_review_is_left_alone(stocked):
    page = stocked.new_card("SA-20", "Sprawa")
    path.submit(page=page, user=stocked.operator)
    row = {"code": "SA-20", "unit": "SA", "title": "Inna"}

    assert fault([row]).startswith("code: Under review since ")
    assert fates(take([row | {"title": "Sprawa"}])) == [Fate.UNCHANGED]


def test_a_locked_card_is_left_alone(stocked):
    page = stocked.new_card("SA-20", "Sprawa")
    ServiceCardPage.objects.filter(pk=page.pk).update(locked=True)

    assert fault([{"code": "SA-20", "unit": "SA", "title": "Inna"}]).startswith("code: Locked")


def test_a_card_that_waits_for_its_time_is_left_alone(stocked):
    page = stocked.new_card("SA-20", "Sprawa")
    page.revisions.update(approved_go_live_at="2099-01-01T00:00:00Z")

    found = fault([{"code": "SA-20", "unit": "SA", "title": "Inna"}])

    assert found.startswith("code: Goes live on 2099-01-01")


def test_a_code_that_stands_twice_is_bad_in_both_rows(stocked):
    with pytest.raises(BadRows) as caught:
        take([full_row("SA-30"), full_row("SA-30")])

    assert [(one.line, one.column) for one in caught.value.faults] == [(2, "code"), (3, "code")]


def test_a_code_that_two_cards_bear_is_bad(stocked):
    stocked.new_card("SA-20", "Pierwsza")
    stocked.new_card("SA-20", "Druga")

    assert "Several cards" in fault([{"code": "SA-20", "unit": "SA", "title": "Inna"}])


def test_addresses_come_from_titles_and_never_collide(stocked):
    rows = [full_row(f"SA-{number}", title="Łąka i żółw") for number in (30, 31, 32)]

    take([*rows[:2], rows[2] | {"slug": "wlasny-adres"}])

    slugs = ServiceCardPage.objects.filter(title="Łąka i żółw").order_by("code")
    assert list(slugs.values_list("slug", flat=True)) == [
        "laka-i-zolw", "laka-i-zolw-2", "wlasny-adres",
    ]  # fmt: skip
    assert "taken" in fault([full_row("SA-33", slug="wlasny-adres")])


def test_new_cards_of_one_file_may_name_each_other(stocked):
    def related(code):
        return [{"kind": "requires", "card": code}]

    take(
        [
            full_row("SA-30", relations=related("SA-31")),
            full_row("SA-31", relations=related("SA-30")),
        ]
    )

    assert card("SA-30").relations.get().card.code == "SA-31"
    assert card("SA-31").relations.get().card.code == "SA-30"


def test_a_row_falls_with_the_new_card_that_it_names(stocked):
    rows = [
        full_row("SA-30", relations=[{"kind": "related", "card": "SA-31"}]),
        full_row("SA-31", relations=[{"kind": "related", "card": "SA-32"}]),
        full_row("SA-32", outcome_kind="obraz"),
        full_row("SA-33"),
    ]

    report = take(rows, skip_bad=True)

    assert fates(report) == [Fate.BAD, Fate.BAD, Fate.BAD, Fate.NEW]


@pytest.mark.parametrize("form", FORMS)
def test_skipped_rows_come_back_when_they_are_mended(stocked, form):
    bad = full_row("SA-31", **{"appeal.days": "dwa"}, etr_text="=1+1")
    bad["fees"] = [bad["fees"][0] | {"amount": "17 zł"}]

    report = take([full_row("SA-30"), bad, full_row("SA-32")], form, skip_bad=True)

    assert fates(report) == [Fate.NEW, Fate.BAD, Fate.NEW]
    rejected = report.rejected
    assert fates(take(rejected, form, skip_bad=True, dry_run=True)) == [Fate.BAD]
    mended = _mended(rejected, form)
    assert fates(take(mended, form)) == [Fate.NEW]
    assert card("SA-31").appeal_days == 2
    assert card("SA-31").etr_text == "=1+1"


def _mended(data, form):
    """Correct the two cells as a clerk does, and leave the column of reasons in."""
    if form is not FileForm.XLSX:
        text = data.decode("utf-8-sig")
        assert "reason" in text
        assert "17 z" in text
        return text.replace("17 zł", "17,00").replace("dwa", "2").encode()
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    assert "reason" in [cell.value for cell in book["cards"][2]]
    for sheet in book:
        for row in sheet:
            for cell in row:
                if cell.value in {"17 zł", "dwa"}:
                    cell.value = {"17 zł": 17, "dwa": 2}[cell.value]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_dry_run_tells_everything_and_writes_nothing(stocked):
    before = everything_held()

    report = take([full_row("SA-30"), {"code": "SA-14", "unit": "SA", "title": "X"}], dry_run=True)

    assert fates(report) == [Fate.NEW, Fate.CHANGED]
    assert everything_held() == before


def test_a_form_finds_its_file_by_number_then_hash_then_title(stocked):
    first = new_document(title="Wzór", name="a.odt", content=b"a")
    second = new_document(title="Wzór", name="b.odt", content=b"b")
    row = full_row("SA-30")
    form = row["forms"][0] | {"file": "Wzór"}

    assert "Several files" in fault([row | {"forms": [form]}])
    by_hash = form | {"sha256": _stored(second).sha256}
    take([row | {"forms": [by_hash]}])
    assert card("SA-30").forms[0].value["file"] == second
    take([row | {"forms": [form | {"media": str(_stored(first).media_id)}]}])
    assert card("SA-30").forms[0].value["file"] == first
    assert "another one" in fault([row | {"forms": [form | {"file": "Wzór", "sha256": "0" * 64, "media": str(_stored(first).media_id)}]}])  # fmt: skip


def _stored(document):
    from kpum.media.models import StoredFile

    return StoredFile.objects.get(kind="document", object_id=str(document.pk))


def test_a_link_to_what_is_not_there_is_refused(stocked):
    for kind in ("page", "document"):
        text = f'<p><a linktype="{kind}" id="999999">x</a></p>'
        assert fault([full_row("SA-30", description=text)]).startswith("description: A link leads")


class Killed(BaseException):
    """The process was killed before a statement."""


def test_killed_before_any_statement_that_writes_an_import_has_written_nothing(stocked):
    rows = [full_row("SA-30"), {"code": "SA-14", "unit": "SA", "title": "X"}]
    before = everything_held()
    statements = _statements(rows, 0)

    assert statements > 10
    for killed_at in range(1, statements + 1):
        with pytest.raises(Killed):
            _statements(rows, killed_at)
        assert everything_held() == before


def _statements(rows, killed_at):
    """Import and take it back; return how many statements it took, or die before one of them."""
    taken = 0

    def count(execute, sql, params, many, context):
        nonlocal taken
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            taken += 1
            if taken == killed_at:
                raise Killed
        return execute(sql, params, many, context)

    with transaction.atomic() if killed_at else undone(), connection.execute_wrapper(count):
        take(rows)
    return taken
