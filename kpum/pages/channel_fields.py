"""The editor's choice of channels: what the person may send where, and what others chose already (K-28)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpum.org import queries as org
from kpum.org.powers import Place
from kpum.pages.channel_demands import unit_path_of
from kpum.pages.channel_rules import Rule, kept_rules


class ChannelBoxes(forms.CheckboxSelectMultiple):
    """Boxes, of which those that somebody else decides on are ticked and cannot be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.fixed:
            option["selected"] = True
            option["attrs"] |= {"checked": True, "disabled": True}
        return option


class ChannelsField(forms.MultipleChoiceField):
    """The channels that a page is to go to; ``offer`` says which of them the person decides on."""

    widget = ChannelBoxes

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": gettext_lazy("Channels"),
            "required": False,
            "help_text": gettext_lazy("Where the page goes when it is published."),
        }
        super().__init__(**(defaults | kwargs))
        self.fixed: frozenset[str] = frozenset()

    def offer(self, user: Any, text: Any, parent: Any) -> None:
        """Offer what takes the text and the person may send to; keep what others chose, unchangeable."""
        chosen = set(text.targets or [])
        path = unit_path_of(text, parent)
        place = Place(path or "", text.path or getattr(parent, "path", "") or "")
        powers = org.powers_in_request(user)
        choices, fixed = [], set()
        for rule in kept_rules().values():
            taken = rule.takes(text._meta.label_lower, path)
            if rule.may_send(powers, place) and (taken or rule.code in chosen):
                choices.append((rule.code, _label(rule, taken=taken)))
            elif rule.code in chosen:
                choices.append((rule.code, _label(rule, taken=taken)))
                fixed.add(rule.code)
        self.choices = choices
        self.fixed = self.widget.fixed = frozenset(fixed)

    def clean(self, value: Any) -> list[str]:
        """Return the choice in order, with what the person may not take away."""
        return sorted({*super().clean(value), *self.fixed})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial, self._with_fixed(data))

    def _with_fixed(self, data: Iterable[str] | None) -> list[str]:
        return sorted({*(data or []), *self.fixed})


def _label(rule: Rule, *, taken: bool) -> str:
    if taken:
        return rule.name
    return _("%(channel)s (does not take this page now)") % {"channel": rule.name}
