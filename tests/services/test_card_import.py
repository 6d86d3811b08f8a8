"""Importing cards: what rows become, and that nothing public changes by it."""

import json

import pytest

from services.card_export import export_cards
from services.card_files import FileForm
from services.card_import import import_cards
from services.card_judge import Fate
from services.models import ServiceCardPage

FORMS = list(FileForm)


def take(data, form=FileForm.JSON, **options):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return import_cards(data=data, form=form, origin="karty", **options)


def fates(report):
    return [row.fate for row in report.rows]


@pytest.mark.parametrize("form", FORMS)
def test_what_was_exported_changes_nothing_when_it_comes_back(city, form):
    city.published_card()
    city.new_card("SA-15", "Wymeldowanie")

    export = export_cards(form=form, drafts=True)
    report = take(export.data, form)

    assert export.cards == 2
    assert fates(report) == [Fate.UNCHANGED] * 2


def test_a_new_row_becomes_a_draft(city):
    city.published_card()
    rows = json.loads(export_cards(form=FileForm.JSON).data)

    report = take([rows[0] | {"code": "SA-15", "title": "Wymeldowanie", "slug": ""}])

    card = ServiceCardPage.objects.get(code="SA-15")
    assert fates(report) == [Fate.NEW]
    assert not card.live
    assert card.slug == "wymeldowanie"
