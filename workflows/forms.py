"""What a reviewer is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ApprovalForm(forms.Form):
    """A comment is welcome."""

    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


class ReturnForm(forms.Form):
    """A comment is owed: the author must know what to change."""

    comment = forms.CharField(
        label=_("What must change"), max_length=4000, widget=forms.Textarea({"rows": 4})
    )


class ReassignForm(forms.Form):
    """Who is to decide, and what he should know."""

    to: Any = forms.ModelChoiceField(label=_("Who decides"), queryset=None)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class BranchPolicyForm(forms.Form):
    """Who publishes in a branch site, and on what basis."""

    unit_publishes = forms.BooleanField(
        label=_("The unit's approval publishes"),
        required=False,
        help_text=_("Service cards still pass the service portfolio manager."),
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=255,
        help_text=_("The decision or order that this stands on, with its number."),
    )
