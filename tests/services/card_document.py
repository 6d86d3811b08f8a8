"""Makes ``docs/service-card.md``: for an editor and a client developer who ask where a field goes.

python -m tests.services.card_document
"""

import os
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[2] / "docs" / "service-card.md"
#: The parts of the card's page, as the citizen reads their headings.
PARTS = {
    "h1": "head of the card",
    "who": "Dla kogo",
    "steps": "Krok po kroku",
    "documents": "Dokumenty",
    "forms": "Formularze do pobrania",
    "fees": "Opłaty",
    "ways": "Jak i gdzie załatwić",
    "places": "Gdzie i kiedy",
    "time": "Termin i rezultat",
    "notes": "Warto wiedzieć",
    "appeal": "Jeśli się nie zgadzasz",
    "law": "Podstawa prawna",
    "privacy": "Twoje dane",
    "easy": "To samo prostymi słowami",
    "related-title": "Zobacz też",
    "unit": "Kto załatwia sprawę",
    "updated": "last lines of the card",
}
HEAD = """# The service card, field by field

Made from the model and `services/card_fields.py` by `python -m tests.services.card_document`; a test
holds it to the card's page and to the channels' documents. The fields are those of part D.2 of the
domain, in its order. Keys are those of the type `service_card` in the channels (`docs/api-reference.md`);
properties are those of CPSV-AP 3.2.0 and of schema.org's `GovernmentService`.

| # | field | editor's label | rule | where the citizen sees it | API key | CPSV-AP | schema.org |
|---|---|---|---|---|---|---|---|
"""


def label(name: str) -> str:
    """Return what the editor reads above a field, in Polish."""
    from django.apps import apps
    from django.utils import translation

    from services.models import ServiceCardPage

    model: Any = ServiceCardPage
    if "." in name:
        path, name = name.rsplit(".", 1)
        model = apps.get_model(path)
    with translation.override("pl"):
        return str(model._meta.get_field(name).verbose_name)


def code(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "–"


def render() -> str:
    """Return the document."""
    from services.card_fields import CARD_FIELDS

    rows = [
        f"| {field.number} | {field.heading}: {code(field.fields)}"
        f" | {', '.join(dict.fromkeys(label(name) for name in field.fields))} | {field.rule}"
        f" | {', '.join(PARTS[place] for place in field.places) or 'not on the page'}"
        f" | {code(field.api)} | {code((field.cpsv,) if field.cpsv else ())}"
        f" | {code((field.schema_org,) if field.schema_org else ())} |"
        for field in CARD_FIELDS
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpum.settings.test")
    import django

    django.setup()
    DOCUMENT.write_text(render(), encoding="utf-8")
