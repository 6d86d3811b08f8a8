"""People of the staff as a list or a form needs them; the user model is the host's."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet


def name_fields() -> list[str]:
    """Return the fields that hold a person's names, the one to sort by first."""
    model = get_user_model()
    known = {field.name for field in model._meta.get_fields()}
    wanted = ("last_name", "first_name", model.USERNAME_FIELD)
    return [name for name in wanted if name in known]


def named(words: str, *relations: str) -> Q:
    """Return the condition that every word stands in some name of a related person."""
    condition = Q()
    for word in words.split():
        holds = Q()
        for relation in relations:
            for name in name_fields():
                holds |= Q(**{f"{relation}__{name}__icontains": word})
        condition &= holds
    return condition


def staff() -> QuerySet[Any]:
    """Return everybody who may log in, by name."""
    return get_user_model()._default_manager.filter(is_active=True).order_by(*name_fields())
