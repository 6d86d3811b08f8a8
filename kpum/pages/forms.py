"""The form of every page: drafts are saved loosely, a submission is checked strictly."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm

from kpum.pages.conflicts import Conflict, conflict_of
from kpum.pages.enums import Channel, WithdrawalReason
from kpum.pages.formal import look_beyond_fields

#: The editor's buttons that send a text on its way to the public.
SUBMITTING = ("action-submit", "action-restart-workflow")


class PortalPageForm(WagtailAdminPageForm):
    """Names, at submission, every field that a citizen would miss."""

    targets = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Where the page goes when it is published."),
    )

    def _post_clean(self) -> None:
        super()._post_clean()
        if not any(self.data.get(name) for name in SUBMITTING):
            return
        # Relations reach the instance only when the form is saved; the check wants them now.
        for field in self.instance._meta.many_to_many:
            if isinstance(field, ParentalManyToManyField) and field.name in self.cleaned_data:
                setattr(self.instance, field.name, self.cleaned_data[field.name])
        problems = [*self.instance.missing_for_citizens().items()]
        problems += look_beyond_fields(self.instance).errors.items()
        for field, messages in problems:
            shown = field if field in self.fields else None
            for message in messages:
                if shown is None or message not in self.errors.get(shown, []):
                    self.add_error(shown, ValidationError(message))

    #: What somebody else saved meanwhile; the editor shows it above the form.
    conflict: Conflict | None = None

    def clean(self) -> Any:
        cleaned = super().clean()
        self.conflict = conflict_of(self.data, self.instance)
        if self.conflict is not None:
            raise ValidationError(self.conflict.message)
        return cleaned

    def clean_targets(self) -> list[Any]:
        return sorted(self.cleaned_data.get("targets") or [])


class WithdrawalForm(forms.Form):
    """Why a page is withdrawn: the kind, for machines, and a sentence, for people."""

    reason = forms.ChoiceField(label=_("Reason"), choices=WithdrawalReason.choices)
    explanation = forms.CharField(
        label=_("What citizens are told"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )
