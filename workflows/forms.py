"""What a reviewer is asked for."""

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
