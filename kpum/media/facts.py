"""What a file says of itself, which of it the public reads, and how a change reads in the trail."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

#: Whose folder a file lies in is the office's business; everything else is printed somewhere.
PRIVATE = frozenset({"collection"})

Facts = dict[str, Any]


def facts_of(file: models.Model, only: Iterable[str] | None = None) -> Facts:
    """Return the values a person may set: field name → value; a new upload differs from any other."""
    wanted = None if only is None else set(only)
    return {
        field.name: _value(file, field)
        for field in file._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and (wanted is None or {field.name, field.attname} & wanted)
    }


def _value(file: models.Model, field: models.Field) -> Any:
    value = field.value_from_object(file)
    if not isinstance(field, models.FileField):
        return value
    # Until it is stored, a new upload bears only the name its author gave it.
    return (value.name, getattr(value, "_committed", True))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Return the names of the fields that differ."""
    return {name for name, value in after.items() if before.get(name) != value}


def in_words(model: type[models.Model], facts: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return “Title: Plan; Author: …” for the trail."""
    wanted = set(names)
    return "; ".join(
        f"{capfirst(str(field.verbose_name))}: {_said(field, facts[field.name])}"
        for field in model._meta.concrete_fields
        if field.name in wanted and field.name in facts
    )


def _said(field: models.Field, value: Any) -> str:
    if isinstance(field, models.FileField):
        return PurePosixPath(value[0] or "").name
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, models.ForeignKey):
        return str(field.related_model._default_manager.filter(pk=value).first() or "–")
    return str(value) if value not in {None, ""} else "–"
