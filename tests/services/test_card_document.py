"""docs/service-card.md says of every field what is true of the model, the page and the channels."""

from kpum.channels.schemas import LiveChange, PageDocument, ServiceCardDocument
from services.card_fields import CARD_FIELDS
from services.models import ServiceCardPage
from tests.factories.media import new_document
from tests.factories.pages import publish
from tests.services import card_document
from tests.services.test_card_in_full import CARD, related, whole

#: Of the document, what every document has.
COMMON = {"id", "locale", "url", "media", "type"}


def test_the_document_is_what_the_table_makes_of_it():
    assert card_document.DOCUMENT.read_text(encoding="utf-8") == card_document.render(), (
        "run python -m tests.services.card_document"
    )


def test_the_29_fields_of_the_standard_each_have_a_row():
    assert [field.number for field in CARD_FIELDS] == list(range(1, 30))


def test_every_field_of_the_model_stands_in_a_row():
    own = {field.name for field in ServiceCardPage._meta.local_fields}
    own |= {field.name for field in ServiceCardPage._meta.local_many_to_many}
    told = {name for field in CARD_FIELDS for name in field.fields}

    assert own - told == {"page_ptr", "targets"}


def test_every_key_of_the_channels_stands_in_a_row():
    keys = set(ServiceCardDocument.model_fields) - COMMON
    told = {key for field in CARD_FIELDS for key in field.api}

    assert keys - told == set()
    assert told - keys == {"status"}
    assert "status" in LiveChange.model_fields
    assert "stewardship" in PageDocument.model_fields


def test_every_place_that_is_named_is_on_the_page_of_a_full_card(client, city):
    file = new_document("SA", title="Zgłoszenie", name="zgloszenie.txt", content=b"formularz")
    steps = [("steps", [{"title": "Przyjdź", "text": ""}]), ("heading", "Uwaga")]
    parts = whole(file) | {"steps_and_notes": steps}
    other = city.published_card("SA-15", "Wymeldowanie")
    publish(related(city.new_card("SA-14", "Zameldowanie", **parts), other))

    text = client.get(CARD).content.decode()

    for field in CARD_FIELDS:
        for place in field.places:
            assert place == "h1" or f'id="{place}"' in text, (field.number, place)
    for heading in card_document.PARTS.values():
        if heading[0].isupper():
            assert f">{heading}<" in text, heading
