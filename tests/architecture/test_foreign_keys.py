"""Keys go down like imports: string references escape the import linter, so the models are walked."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from tests.architecture import house


def swappable() -> set[type[models.Model]]:
    """Models that a host may have put in the place of ours, and the page they all share."""
    return {get_user_model(), get_image_model(), get_document_model(), Page}


def goes_up(source: str | None, target: str | None) -> bool:
    """A key goes up when it leaves its room and does not reach a lower storey."""
    if source is None or target is None or source == target:
        return False
    return house.storeys()[target] >= house.storeys()[source]


def keys() -> list[tuple[Any, type[models.Model]]]:
    """Every key of our models, with the model that it names."""
    return [
        (field, field.related_model)
        for model in apps.get_models(include_auto_created=True)
        if house.room_of(model.__module__)
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many)
        and not field.auto_created
        and isinstance(field.related_model, type)
    ]


def test_no_key_goes_up():
    wrong = [
        f"{field} → {target.__module__}"
        for field, target in keys()
        if target not in swappable()
        and goes_up(house.room_of(field.model.__module__), house.room_of(target.__module__))
    ]

    assert wrong == []


def test_our_models_are_looked_at():
    assert {"kpum_org", "kpum_services"} <= {field.model._meta.app_label for field, _ in keys()}


@pytest.mark.parametrize(
    ("source", "target", "up"),
    [
        ("kpum.org", "workflows", True),
        ("kpum.audit", "kpum.outbox", True),
        ("workflows", "kpum.org", False),
        ("kpum.org", "kpum.org", False),
        ("kpum.org", None, False),
    ],
)
def test_up_is_above_or_beside(source, target, up):
    assert goes_up(source, target) is up
