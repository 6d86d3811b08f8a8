"""The forms behind the room's screens. They offer what a person may do; the actions decide."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput
from wagtail.documents import get_document_model
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.permissions import policy_registry

from kpum.core import clock
from kpum.org import wording
from kpum.org.appointing import appointing_of, branches_of, units_of
from kpum.org.enums import Duty, Role, Standing
from kpum.org.models import InternalOrder, Mandate, Unit
from kpum.org.people import staff
from kpum.org.policies import seen_mandates
from kpum.org.standing import with_standing

#: How long a form may lie open before "now" has become the past.
_PATIENCE = timedelta(hours=1)
#: How many people one internal order may name.
MOST_DUTIES = 60


class PersonField(forms.ModelChoiceField):
    """One of the staff."""

    def label_from_instance(self, obj: Any) -> str:
        return wording.choice_of_person(obj)


class UnitField(forms.ModelChoiceField):
    """A unit by its code and name, indented as it stands in the tree."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{'  ' * (obj.depth - 1)}{wording.unit_in_words(obj)}"


class BranchField(forms.ModelChoiceField):
    """A branch site by its title."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


class MandateField(forms.ModelChoiceField):
    """A mandate by its holder, role and reach."""

    def label_from_instance(self, obj: Any) -> str:
        return wording.choice_of_mandate(obj)


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=255,
        help_text=_("It stays in the audit trail: name the act or the event."),
    )


class _FromNowForm(forms.Form):
    """A period that does not begin in the past: nobody writes himself a history."""

    valid_from = forms.DateTimeField(
        label=_("Valid from"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Leave empty for this very moment."),
    )

    def clean_valid_from(self) -> datetime | None:
        """Return the beginning, or None for now.

        Raises:
            ValidationError: it has passed long ago.
        """
        begin: datetime | None = self.cleaned_data["valid_from"]
        now = clock.now()
        if begin is None or begin >= now:
            return begin
        if now - begin > _PATIENCE:
            raise ValidationError(_("It begins now or later: what has passed is not rewritten."))
        return None


class MandateForm(_FromNowForm):
    """Who becomes what, for what, from when to when, and on what ground (M-20, K-20)."""

    user = PersonField(label=_("Person"), queryset=None)
    role = forms.ChoiceField(label=_("Role"))
    unit = UnitField(
        label=_("Unit"),
        queryset=None,
        required=False,
        help_text=_("For roles held for a unit: it covers the units below, too."),
    )
    branch = BranchField(
        label=_("Branch site"),
        queryset=None,
        required=False,
        help_text=_("For coordinators and operators of a branch site."),
    )
    basis = forms.CharField(
        label=_("Legal basis or authorisation number"),
        max_length=Mandate._meta.get_field("basis").max_length,
    )
    valid_to = forms.DateTimeField(
        label=_("Valid until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("The first moment without the mandate. Leave empty for no end."),
    )
    replacing = forms.BooleanField(
        label=_("Replaces the present holder"),
        required=False,
        help_text=_(
            "For roles that one person holds at a time: the present holder's mandate ends when"
            " this one begins."
        ),
    )
    field_order = (
        "user", "role", "unit", "branch", "basis", "valid_from", "valid_to", "replacing",
    )  # fmt: skip

    def __init__(self, *args: Any, giver: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        appointing = appointing_of(giver)
        self._choices("user").queryset = staff().exclude(pk=giver.pk)
        self._choices("unit").queryset = units_of(appointing)
        self._choices("branch").queryset = branches_of(appointing)
        self._choices("role").choices = [
            ("", "---------"),
            *(
                (role.value, f"{role.label} ({wording.scope_of_role(role)})")
                for role in appointing.roles
            ),
        ]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean_role(self) -> Role:
        """Return the role as itself."""
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        """Name the field that a mandate of this role lacks, or has too much."""
        given = super().clean() or self.cleaned_data
        if {"role", "unit", "branch", "valid_from", "valid_to"} <= given.keys():
            names = ("role", "unit", "branch", "valid_to")
            begin = given["valid_from"] or clock.now()
            Mandate(**{name: given[name] for name in names}, valid_from=begin).clean()
        return given


class SubstitutionForm(_FromNowForm):
    """Who acts for whom, in which mandate, when and why (K-14)."""

    mandate = MandateField(label=_("Mandate"), queryset=None)
    substitute = PersonField(label=_("Substitute"), queryset=None)
    reason = forms.CharField(
        label=_("Reason"), max_length=255, help_text=_("For instance: leave, illness, vacancy.")
    )
    valid_to = forms.DateTimeField(
        label=_("Valid until"),
        widget=AdminDateTimeInput,
        help_text=_("The first moment without the substitution."),
    )
    field_order = ("mandate", "substitute", "reason", "valid_from", "valid_to")

    def __init__(self, *args: Any, namer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = clock.now()
        mandates = with_standing(
            Mandate.objects.filter(seen_mandates(namer)), Standing.CURRENT, now
        ).select_related("user", "unit", "branch")
        appointing = appointing_of(namer)
        if not appointing.anything:
            own_or_appointed = [
                m.pk for m in mandates if m.user_id == namer.pk or appointing.covers(m)
            ]
            mandates = mandates.filter(pk__in=own_or_appointed)
        fields: dict[str, Any] = self.fields
        fields["mandate"].queryset = mandates.order_by("user__pk", "pk")
        fields["substitute"].queryset = staff().exclude(pk=namer.pk)


class OrderForm(forms.ModelForm):
    """The facts of a head's internal order (K-22)."""

    unit = UnitField(label=_("Unit"), queryset=None)

    class Meta:
        model = InternalOrder
        fields = ("unit", "number", "issued_on", "subject", "file", "valid_from", "valid_to")
        widgets = {
            "issued_on": AdminDateInput,
            "valid_from": AdminDateInput,
            "valid_to": AdminDateInput,
            "file": AdminDocumentChooser,
        }
        help_texts = {
            "valid_to": _("The last day in force. Leave empty for no end."),
            "file": _("The signed order."),
        }

    def __init__(self, *args: Any, issuer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = units_of(appointing_of(issuer))
        documents = policy_registry.get_by_type(get_document_model())
        may_choose = documents.instances_user_has_any_permission_for(issuer, ["choose"])
        present = Q(pk=self.instance.file_id)
        fields["file"].queryset = fields["file"].queryset.filter(
            Q(pk__in=may_choose.order_by().values("pk")) | present
        )


class DutyForm(forms.Form):
    """One person whom the order names, what he answers for, and of what."""

    person = forms.CharField(label=_("Person"), widget=forms.TextInput({"list": "staff"}))
    duty = forms.ChoiceField(label=_("Duty"), choices=[("", "---------"), *Duty.choices])
    extent = forms.CharField(label=_("Extent"), max_length=255, required=False)

    def __init__(self, *args: Any, people: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_person(self) -> Any:
        """Return the person with this login; all are known at once, so a row costs no query.

        Raises:
            ValidationError: nobody active has it.
        """
        login = self.cleaned_data["person"]
        if login not in self.people:
            raise ValidationError(_("Nobody active has the login “%(login)s”.") % {"login": login})
        return self.people[login]


DutyFormSet: Any = forms.formset_factory(
    DutyForm, extra=4, max_num=MOST_DUTIES, validate_max=True, absolute_max=2 * MOST_DUTIES,
    can_delete=True,
)  # fmt: skip


class ContactForm(forms.ModelForm):
    """How citizens reach a unit."""

    class Meta:
        model = Unit
        fields = ("address", "phone", "email", "ade_address", "opening_hours")
        help_texts = {
            "phone": _("As citizens dial it, for example 12 616 00 00."),
            "ade_address": _("For example AE:PL-12345-67890-ABCDE-12."),
            "opening_hours": _("In words, for example: Mon–Fri 7.40–15.30."),
        }
