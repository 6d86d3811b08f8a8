"""Files of cards: rows that lack nothing, files of every form, and what the database holds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision

from kpum.audit.models import AuditEntry
from services.card_cells import composed
from services.card_columns import NAMES
from services.card_files import FileForm
from services.card_import import WRITERS, import_cards
from services.enums import (
    Audience,
    Completion,
    DocumentForm,
    EpuapGround,
    FeeKind,
    OutcomeKind,
    RelationKind,
    ServiceLanguage,
)
from services.models import ServiceCardPage
from tests.factories.media import new_document
from tests.factories.services import IBAN, population_act, privacy_notice

#: Where the first card stands in a file of each form.
FIRST_LINE = {FileForm.CSV: 2, FileForm.JSON: 2, FileForm.XLSX: 3}


def prepare_references() -> None:
    """Store what ``full_row`` names."""
    population_act()
    privacy_notice()
    new_document(title="SA-14/Z1 Wniosek", name="wniosek.odt", content=b"wniosek")


def full_row(code: str = "SA-30", **changes: Any) -> dict[str, Any]:
    """Return a row with every column filled in and every list of one entry."""
    row = {
        "code": code, "unit": "SA", "title": f"Sprawa {code}", "slug": "",
        "summary": "Co dostaniesz.", "description": "<p>Kiedy tego potrzebujesz.</p>",
        "applicants": "Każdy.", "audiences": ["residents", "seniors"], "no_documents": False,
        "free_of_charge": False, "processing_duration": "P14D", "processing_text": "Dwa tygodnie.",
        "outcome_kind": "decision", "outcome": "Decyzja.", "appeal.possible": True,
        "appeal.authority": "SKO", "appeal.days": 14, "appeal.text": "W ciągu 14 dni.",
        "contact.cell": "Referat", "contact.phone": "12 616 55 55",
        "contact.email": "sa@example.org", "privacy_notice": "ogolna", "categories": ["meldunek"],
        "life_events": ["przeprowadzka"], "business_events": [], "keywords": ["adres", "meldunek"],
        "sign_language_video": "https://example.org/pjm", "etr_text": "Jedno zdanie.",
        "valid_from": "2026-01-01", "valid_to": "2030-12-31", "review_months": 6,
        "bip_url": "https://example.org/bip", "epuap_url": "https://example.org/epuap",
        "govpl_url": "https://example.org/gov", "spatial": "Dzielnica I",
        "languages": ["pl", "uk"], "sector": "O84.11",
        "requirements": [{"text": "Masz 18 lat."}],
        "body": [{"kind": "paragraph", "title": "", "text": "<p>Przyjdź <b>do nas</b>.</p>"}],
        "documents": [
            {
                "name": "Wniosek", "mandatory": True, "form": "original", "note": "",
                "form_number": "SA-14/Z1",
            }
        ],
        "forms": [
            {
                "number": "SA-14/Z1", "title": "Wniosek", "version": "2", "note": "",
                "file": "SA-14/Z1 Wniosek", "media": "", "sha256": "",
            }
        ],
        "fees": [
            {
                "amount": "17.00", "kind": "stamp_duty", "description": "Zaświadczenie", "base": "",
                "exemption": "", "account": IBAN, "transfer_title": "", "cash_desk": "",
            }
        ],
        "channels": [
            {
                "kind": "office", "title": "W urzędzie", "url": "", "address": "Rynek 1",
                "note": "", "filing": "full", "result": "none", "ground": "", "ground_note": "",
                "valid_from": None, "valid_to": None, "demo": False,
            }
        ],
        "places": [
            {
                "name": "Urząd", "address": "Rynek 1", "hours": "7–15",
                "booking_url": "https://example.org/wizyta", "note": "",
            }
        ],
        "legal_bases": [{"eli": "DU/2010/1427", "article": "art. 24"}],
        "relations": [{"kind": "related", "card": "SA-14"}],
    }  # fmt: skip
    return row | changes


def written(rows: list[dict[str, Any]], form: FileForm = FileForm.JSON) -> bytes:
    """Return a file of the rows; each card of a list of objects stands on a line of its own."""
    if form is FileForm.JSON:
        cards = [json.loads(WRITERS[form]([row], NAMES))[0] for row in rows]
        return ("[\n" + ",\n".join(json.dumps(card) for card in cards) + "\n]").encode()
    return WRITERS[form](rows, NAMES)


def take(rows: Any, form: FileForm = FileForm.JSON, **options: Any) -> Any:
    """Import rows, or a file as it is; return the report."""
    data = rows if isinstance(rows, bytes) else written(rows, form)
    return import_cards(data=data, form=form, origin="karty", **options)


def card(code: str) -> ServiceCardPage:
    """Return the latest draft of a card."""
    return ServiceCardPage.objects.get(code=code).get_latest_revision_as_object()


@contextmanager
def undone() -> Iterator[None]:
    """Take back at the end whatever was written: the next example finds what this one found."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything_held() -> dict[str, Any]:
    """Return what an import could write to, as far as two equal values mean that it wrote nothing."""
    rows = Page.objects.order_by("pk").values_list(
        "pk", "title", "draft_title", "path", "numchild", "latest_revision", "live_revision"
    )
    return {
        "pages": list(rows),
        "cards": list(ServiceCardPage.objects.order_by("pk").values()),
        "revisions": list(Revision.objects.order_by("pk").values_list("pk", "content")),
        "trail": AuditEntry.objects.count(),
        "history": PageLogEntry.objects.count(),
        "references": ReferenceIndex.objects.count(),
    }


_LETTERS = "aąćęłńóśźżŻX 0159;,.\"'=+-@\n\t|<>&_x0041😀ŀ%\\/[]{}#"
#: What clerks type and spreadsheets stumble over.
texts = st.text(st.sampled_from(_LETTERS), max_size=25).map(composed)
named = texts.filter(bool)
_words = named.filter(lambda text: "," not in text)
_days = st.dates().map(lambda day: day.isoformat())
_amounts = st.decimals(0, 9_999_999, places=2).map(lambda amount: f"{amount:.2f}")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


running = st.one_of(
    st.just(""),
    named.map(lambda text: f"<p>{_escaped(text)}</p>"),
    named.map(lambda text: f"<ul><li><b>{_escaped(text)}</b></li></ul>"),
    named.map(lambda text: f'<p><a href="https://example.org/?a=1&amp;b">{_escaped(text)}</a></p>'),
)


def _one_of(enum: Any) -> Any:
    return st.sampled_from(enum.values)


def _some_of(enum: Any) -> Any:
    return st.sets(_one_of(enum)).map(lambda found: [v for v in enum.values if v in found])


def _lists(**parts: Any) -> Any:
    return st.lists(st.fixed_dictionaries(parts), max_size=3)


_body = st.lists(
    st.one_of(
        st.fixed_dictionaries({"kind": st.just("heading"), "title": named, "text": st.just("")}),
        st.fixed_dictionaries(
            {"kind": st.just("paragraph"), "title": st.just(""), "text": running.filter(bool)}
        ),
        st.fixed_dictionaries({"kind": st.just("notice"), "title": named, "text": named}),
        st.fixed_dictionaries({"kind": st.just("steps"), "title": named, "text": texts}),
    ),
    max_size=4,
)

#: Rows that an import takes, over all columns and lists.
any_row = st.fixed_dictionaries(
    {
        "title": named, "summary": texts, "description": running, "applicants": texts,
        "audiences": _some_of(Audience), "no_documents": st.booleans(),
        "free_of_charge": st.booleans(), "processing_duration": st.sampled_from(["", "P1D", "P2M"]),
        "processing_text": texts, "outcome_kind": st.sampled_from(["", *OutcomeKind.values]),
        "outcome": texts, "appeal.possible": st.booleans(), "appeal.authority": texts,
        "appeal.days": st.none() | st.integers(0, 32_767), "appeal.text": texts,
        "contact.cell": texts, "contact.phone": texts,
        "contact.email": st.sampled_from(["", "sa@example.org"]),
        "privacy_notice": st.sampled_from(["", "ogolna"]),
        "categories": st.sampled_from([[], ["meldunek"]]),
        "life_events": st.sampled_from([[], ["przeprowadzka"]]),
        "keywords": st.lists(_words, max_size=3, unique=True),
        "sign_language_video": st.sampled_from(["", "https://example.org/pjm"]),
        "etr_text": texts, "valid_from": st.none() | _days, "valid_to": st.none(),
        "review_months": st.integers(1, 36), "spatial": texts,
        "languages": _some_of(ServiceLanguage), "sector": st.sampled_from(["", "O84.11"]),
        "requirements": _lists(text=named), "body": _body,
        "documents": _lists(
            name=named, mandatory=st.booleans(), form=_one_of(DocumentForm), note=texts,
            form_number=texts,
        ),
        "forms": _lists(
            number=named, title=named, version=named, note=texts,
            file=st.just("SA-14/Z1 Wniosek"), media=st.just(""), sha256=st.just(""),
        ),
        "fees": _lists(
            amount=_amounts, kind=_one_of(FeeKind), description=named, base=texts, exemption=texts,
            account=st.sampled_from(["", IBAN]), transfer_title=texts, cash_desk=texts,
        ),
        "channels": _lists(
            kind=st.just("epuap"), title=named, url=st.just("https://example.org/"), address=texts,
            note=texts, filing=_one_of(Completion), result=_one_of(Completion),
            ground=_one_of(EpuapGround), ground_note=named, valid_from=st.none() | _days,
            valid_to=st.none(), demo=st.booleans(),
        ),
        "places": _lists(
            name=named, address=named, hours=named, booking_url=st.just(""), note=texts
        ),
        "legal_bases": _lists(eli=st.just("DU/2010/1427"), article=texts),
        "relations": _lists(kind=_one_of(RelationKind), card=st.just("SA-14")),
    }
)  # fmt: skip
