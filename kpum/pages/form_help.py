"""What the room of a page type adds to the type's form: checks at submission, and likely first values.

The form itself stays below: a type's rules may lean on everything that its room knows.
"""

from collections.abc import Callable, Iterator
from typing import Any

#: Takes the text as it was typed and the page it will lie under; yields (field, messages).
Check = Callable[[Any, Any], Iterator[tuple[str, list[str]]]]
#: Takes the page that a new one will lie under; returns values by field.
FirstValues = Callable[[Any], dict[str, Any]]

_checks: dict[type[Any], Check] = {}
_first_values: dict[type[Any], FirstValues] = {}


def register_form_help(model: type[Any], *, check: Check, first_values: FirstValues) -> None:
    """Have a type's form helped; a second registration is refused.

    Raises:
        ValueError: the type is registered already.
    """
    if model in _checks:
        raise ValueError(f"{model.__name__} is registered already")
    _checks[model], _first_values[model] = check, first_values


def problems_of(text: Any, parent: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield what the type's room would refuse further on: (field, messages)."""
    if check := _checks.get(type(text)):
        yield from check(text, parent)


def first_values_of(model: type[Any], parent: Any) -> dict[str, Any]:
    """Return what a new page's form holds before anybody has written a word."""
    likely = _first_values.get(model)
    return likely(parent) if likely else {}
