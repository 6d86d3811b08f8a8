"""The forms behind the dictionaries' screens. An entry's code is given once: cards name it by that."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services.models import BusinessEvent, Category, LegalAct, LifeEvent, PrivacyNotice


class _EntryForm(forms.ModelForm):
    """An entry; ``key`` is asked only of a new one."""

    key: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields[self.key]

    def values(self) -> dict[str, Any]:
        """Return the values as the actions take them, the key among them."""
        return {self.key: getattr(self.instance, self.key), **self.cleaned_data}


class ActForm(_EntryForm):
    key = "eli"

    class Meta:
        model = LegalAct
        fields = ("eli", "title", "journal")


class NoticeForm(_EntryForm):
    key = "slug"

    class Meta:
        model = PrivacyNotice
        fields = ("slug", "title", *PrivacyNotice.PARTS)
        widgets = {name: forms.Textarea({"rows": 3}) for name in PrivacyNotice.PARTS}


_GROUPING = ("slug", "name", "summary", "icon", "order")


class CategoryForm(_EntryForm):
    key = "slug"

    class Meta:
        model = Category
        fields = _GROUPING


class LifeEventForm(_EntryForm):
    key = "slug"

    class Meta:
        model = LifeEvent
        fields = _GROUPING


class BusinessEventForm(_EntryForm):
    key = "slug"

    class Meta:
        model = BusinessEvent
        fields = _GROUPING


class ActChangeForm(forms.Form):
    """Since when an act reads otherwise, and what has changed."""

    changed_on = forms.DateField(
        label=_("Changed on"), widget=forms.DateInput({"type": "date"}),
        help_text=_("The day since which the new text is in force."),
    )  # fmt: skip
    change = forms.CharField(
        label=_("What has changed"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=_("Those who check the cards read this, in a letter and beside each card."),
    )  # fmt: skip
