"""The tags and filters that every public page draws with."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from wagtail.blocks import ChoiceBlock, StructBlock

from kpum.design.templatetags import kpum_design as tags
from services.templatetags import kpum_services as service_tags


def drawn(source, **context):
    return Template("{% load kpum_design %}" + source).render(Context(context))


def test_an_icon_is_hidden_from_screen_readers_and_bears_no_style():
    svg = drawn('{% icon "home" %}')

    assert svg.startswith("<svg ")
    assert 'class="icon" aria-hidden="true"' in svg
    assert "style" not in svg


def test_an_icon_without_a_drawing_draws_nothing():
    assert drawn("{% icon name %}", name="../settings/base") == ""


def test_one_style_sheet_is_linked():
    assert drawn("{% kpum_styles %}").count("<link") == 1


def test_values_are_written_by_filters():
    written = drawn('{{ "17"|pln }} {{ "12 616 55 55"|tel }} {{ "https://www.gov.pl/x"|host }}')

    assert written.replace("\N{NO-BREAK SPACE}", " ") == "17,00 zł tel:+48126165555 gov.pl"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"summary": "W skrócie.", "search_description": "Dla wyszukiwarki."}, "W skrócie."),
        ({"lead": "O czym to jest.", "search_description": ""}, "O czym to jest."),
        ({"search_description": "Dla wyszukiwarki."}, "Dla wyszukiwarki."),
        ({}, ""),
    ],
)
def test_a_page_is_described_by_the_first_text_it_has(page, said):
    assert tags.description(SimpleNamespace(**page)) == said


def test_a_choice_is_shown_in_its_words():
    block = StructBlock([("kind", ChoiceBlock(choices=[("office", "w urzędzie")]))])

    assert tags.choice_label(block.to_python({"kind": "office"}), "kind") == "w urzędzie"
    assert tags.choice_label(block.to_python({"kind": "pigeon"}), "kind") == "pigeon"


def test_outside_a_request_the_frame_is_polish_and_has_no_address():
    assert drawn("{% frame_language %} {% canonical_url %}") == "pl "
    assert drawn("{% main_areas as areas %}{{ areas|length }}{% first_page_url %}") == "0/"


def test_a_reader_without_a_session_is_not_asked_who_he_is():
    request = RequestFactory().get("/")

    assert drawn("{% edit_url %}", request=request) == ""
    assert not hasattr(request, "user")


def test_an_act_of_the_journal_of_laws_has_an_address():
    assert service_tags.eli_url("DU/2010/1427") == "https://eli.gov.pl/eli/DU/2010/1427/ogl"
    assert service_tags.eli_url("uchwała 12") == ""


def test_an_unknown_audience_is_shown_as_it_is():
    known, unknown = service_tags.audience_labels(["ngos", "martians"])

    assert known != "ngos"
    assert unknown == "martians"


def test_every_way_to_apply_has_a_pictogram():
    assert service_tags.way_icon("phone") == "phone"
    assert service_tags.way_icon("something new") == "pin"
