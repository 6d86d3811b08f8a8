"""The forms behind the channels' screens. They offer what a rule may say; the action decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.org.wording import unit_in_words
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.channel_wording import needs_in_words, types_in_words

#: How many demands one channel may make.
MOST_DEMANDS = 40


class UnitsField(forms.ModelMultipleChoiceField):
    """Units by code and name, indented as they stand in the tree."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{'  ' * (obj.depth - 1)}{unit_in_words(obj)}"


class UnitField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{'  ' * (obj.depth - 1)}{unit_in_words(obj)}"


class ChannelForm(forms.ModelForm):
    """A channel's rules; its code only when it is new."""

    owner_unit = UnitField(
        queryset=Unit.objects.all(), required=False, label=_("Unit that runs it")
    )
    accepted_types = forms.MultipleChoiceField(
        required=False,
        label=_("What it takes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everything."),
    )
    accepted_units = UnitsField(
        queryset=Unit.objects.all(),
        required=False,
        label=_("Whose pages it takes"),
        help_text=_("With the units below them. None chosen: of all units."),
    )
    sending_roles = forms.MultipleChoiceField(
        required=False,
        label=_("Who may send to it"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everybody who writes."),
    )

    class Meta:
        model = PublicationChannel
        fields = (
            "code", "name", "description", "owner_unit", "contact", "is_active", "is_open",
            "accepted_types", "accepted_units", "sending_roles",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        if stored.pk:
            del self.fields["code"]
        types: Any = self.fields["accepted_types"]
        unknown = [
            (label, label) for label in stored.accepted_types if label not in types_in_words()
        ]
        types.choices = [*types_in_words().items(), *unknown]
        roles: Any = self.fields["sending_roles"]
        roles.choices = [
            (role.value, role.label) for role in Role if role.channel in {"", stored.code}
        ]


class DemandForm(forms.Form):
    """One thing that must be filled in before a page goes to the channel."""

    type = forms.ChoiceField(required=False, label=_("Of what"))
    needs = forms.ChoiceField(required=False, label=_("What must be there"))
    says = forms.CharField(
        required=False,
        max_length=300,
        label=pgettext_lazy("channel's demand", "What the editor is told"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.initial
        kinds = {"": _("of any page"), **types_in_words()}
        needs = {"": "–", **needs_in_words()}
        kinds.setdefault(stored.get("type", ""), stored.get("type", ""))
        needs.setdefault(stored.get("needs", ""), stored.get("needs", ""))
        kind_field: Any = self.fields["type"]
        needs_field: Any = self.fields["needs"]
        kind_field.choices, needs_field.choices = list(kinds.items()), list(needs.items())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("needs") and not cleaned.get("says"):
            self.add_error("says", _("Say what the editor is told when it is missing."))
        if cleaned.get("says") and not cleaned.get("needs"):
            self.add_error("needs", _("Choose what must be there."))
        return cleaned


DemandFormSet = forms.formset_factory(
    DemandForm, extra=2, can_delete=True, max_num=MOST_DEMANDS, validate_max=True
)
