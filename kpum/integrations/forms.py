"""The forms behind the register's screens. They offer what a person may do; the actions decide."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kpum.core import clock
from kpum.integrations import clients, policies, powers, terms
from kpum.integrations.actions import NEEDS_REASON
from kpum.integrations.enums import InterfaceState, Side, Verb, Verdict
from kpum.integrations.models import ApiClient, DataInterface, OutsideSystem
from kpum.integrations.registry import channel_choices
from kpum.org import queries as org
from kpum.org.forms import UnitField
from kpum.org.models import Unit


def _channels_field(help_text: Any = "", *, required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Channels"),
        choices=channel_choices,
        required=required,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class InterfaceForm(forms.ModelForm):
    """The terms and facts of an interface; what is needed only later may stay empty in a proposal."""

    owner_unit = UnitField(label=_("Owner unit"), queryset=None)
    channels = _channels_field(_("For an interface that takes data from the portal: which ones."))
    may_lapse = forms.BooleanField(
        label=_("Yes, the agreements lapse and it goes back to consultation"), required=False
    )

    class Meta:
        model = DataInterface
        fields = (
            "code", "name", "system", "owner_unit", "direction", "data_scope", "channels",
            "protocol", "personal_data", "legal_ground", "service_level", "technical_contact",
            "business_contact", "notes",
        )  # fmt: skip
        help_texts = {
            "code": _(
                "Small letters, digits and hyphens, for example bip-export. It stays for good."
            ),
            "data_scope": _("Which data, of which pages or registers, and how often."),
            "protocol": _("For example: HTTPS, REST/JSON, a key. Needed for consultation."),
            "legal_ground": _("Needed when personal data are passed on."),
            "service_level": _(
                "How soon a fault is mended, when it may stand still. Needed for consultation."
            ),
            "technical_contact": _("An office or a person on duty. Needed for consultation."),
            "business_contact": _("Who answers for the data. Needed for consultation."),
        }
        widgets = {
            name: forms.Textarea({"rows": 3})
            for name in ("data_scope", "legal_ground", "service_level", "notes")
        }

    def __init__(self, *args: Any, writer: Any, asks_to_lapse: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        may_own = policies.units_to_propose_for(writer)
        if self.instance.pk:
            del fields["code"]
            may_own |= Q(pk=self.instance.owner_unit_id)
        fields["owner_unit"].queryset = Unit.objects.filter(may_own).open_on(clock.today())
        del fields["may_lapse"]
        if asks_to_lapse:
            self.ask_to_lapse()

    def ask_to_lapse(self) -> None:
        """Put the question whether the agreements may lapse before everything else."""
        self.fields["may_lapse"] = self.base_fields["may_lapse"]
        self.order_fields(["may_lapse"])

    def changes(self) -> dict[str, Any]:
        """Return what the action is given: fields of the terms and the facts."""
        names = (*terms.TERMS, *terms.FACTS)
        return {name: value for name, value in self.cleaned_data.items() if name in names}


class MoveForm(forms.Form):
    """Why an interface comes into another state."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, to: InterfaceState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = to in NEEDS_REASON
        if to in NEEDS_REASON:
            self.fields["reason"].help_text = _("Whoever looks at the interface reads it.")


class DecisionForm(forms.Form):
    """To agree or to refuse, on a side that is the person's; to exactly the terms he has read."""

    side = forms.ChoiceField(label=_("For whom you speak"), widget=forms.RadioSelect)
    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[(Verdict.AGREED, _("I agree")), (Verdict.REFUSED, _("I refuse"))],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Reasons"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Needed to refuse: the proposer must know what to change."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, sides: list[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = org.powers_in_request(person)
        choices = [
            (side.value, _in_name(side) if powers.is_in_name(held, side) else side.label)
            for side in sides
        ]
        fields: dict[str, Any] = self.fields
        fields["side"].choices = choices
        if choices:
            fields["side"].initial = choices[0][0]

    def clean_side(self) -> Side:
        """Return the side as itself."""
        return Side(self.cleaned_data["side"])


def _in_name(side: Side) -> str:
    text = _("in the name of: %(role)s (it is recorded so)")
    return str(text) % {"role": side.label}


class SystemForm(forms.ModelForm):
    """An outside system."""

    class Meta:
        model = OutsideSystem
        fields = ("code", "name", "relation", "described_in", "description")
        help_texts = {"described_in": _("The provision that names it.")}
        widgets = {"description": forms.Textarea({"rows": 3})}


class ClientForm(forms.ModelForm):
    """A client of an interface."""

    class Meta:
        model = ApiClient
        fields = ("name", "code", "contact", "requests_per_minute")
        help_texts = {
            "code": _("It stands in logs and figures, for example bip-import. It stays for good."),
            "contact": _("Whom to ask when the client misbehaves, or its key is about to end."),
            "requests_per_minute": _("Leave empty for the limit that holds for all clients."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]


def _days_field(label: Any, most: int, initial: int, least: int = 1) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, initial=initial)


class KeyForm(forms.Form):
    """What a new key is for, and how long it holds."""

    channels = _channels_field(required=True)
    verbs = forms.TypedMultipleChoiceField(
        label=_("What the key is for"),
        choices=Verb.choices,
        coerce=Verb,
        widget=forms.CheckboxSelectMultiple,
        initial=[Verb.FEED, Verb.DOCUMENTS, Verb.MEDIA, Verb.MANIFEST],
    )
    days = _days_field(_("Holds for so many days"), clients.MOST_DAYS, clients.DEFAULT_DAYS)

    def __init__(self, *args: Any, interface: DataInterface, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["channels"].choices = [
            choice for choice in channel_choices() if choice[0] in interface.channels
        ]
        fields["channels"].initial = interface.channels


class RotateForm(forms.Form):
    """How long both keys hold, and how long the new one does."""

    overlap_days = _days_field(
        _("The old key holds for so many days more"), clients.MOST_OVERLAP_DAYS, 14, least=0
    )
    days = _days_field(
        _("The new key holds for so many days"), clients.MOST_DAYS, clients.DEFAULT_DAYS
    )
