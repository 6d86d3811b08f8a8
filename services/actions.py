"""Changes of the catalogue's dictionaries."""

from typing import Any, TypeVar

from django.db import transaction

from kpum.audit.actions import record, subject_of
from kpum.pages.enums import GoneReason
from kpum.pages.registry import projectors
from services.models import Grouping, ServiceCardPage

G = TypeVar("G", bound=Grouping)


@transaction.atomic
def save_grouping(*, model: type[G], values: dict[str, Any], actor: Any, authority: str) -> G:
    """Add or change a category or a life event, by its slug; the cards that name it follow.

    Raises:
        ValidationError: a value is not what its field wants.
    """
    row = model._default_manager.filter(slug=values["slug"]).first() or model()
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    record(
        action=f"{model._meta.model_name}.saved",
        actor=actor,
        subject=subject_of(row),
        label=row.name,
        authority=authority,
    )
    relation = "categories" if model._meta.model_name == "category" else "life_events"
    cards = ServiceCardPage.objects.live().filter(**{relation: row.pk})
    ids = list(cards.order_by("pk").values_list("pk", flat=True))
    for projector in projectors():
        projector.pages_changed(ids, GoneReason.WITHDRAWN)
    return row
